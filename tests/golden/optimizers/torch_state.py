# SPDX-License-Identifier: MIT
"""A real state of torch.optim.AdamW in a safetensors file, with the keys of docs/optimizer-step.md, and what torch makes of one of ours.

pip install torch safetensors
python3 torch_state.py make torch_state.safetensors torch_state.json    10 steps in double; the file is the state after 5 of them
python3 torch_state.py check FILE torch_state.json                      continues from FILE, a state that calando wrote after 5 steps
"""
import json
import sys

import torch
from golden import gradient, start
from safetensors.torch import load_file, save_file

SEED, HALF = 11, 5
SHAPES = {"layer.weight": (3, 4), "layer.bias": (4,)}
OPTIONS = {"lr": 0.01, "betas": (0.9, 0.95), "weight_decay": 0.1, "amsgrad": True}


def parts(numbers):
    first = 0
    for name, shape in SHAPES.items():
        size = torch.Size(shape).numel()
        yield name, torch.tensor(numbers[first:first + size], dtype=torch.float64).reshape(shape)
        first += size


def make_optimizer(values):
    parameters = {name: torch.nn.Parameter(value) for name, value in values}
    return parameters, torch.optim.AdamW(parameters.values(), **OPTIONS)


def steps(parameters, optimizer, first, last):
    for step in range(first, last + 1):
        for name, value in parts(gradient(SEED, step)):
            parameters[name].grad = value
        optimizer.step()
    return [x for p in parameters.values() for x in p.detach().reshape(-1).tolist()]


def make(file, numbers):
    parameters, optimizer = make_optimizer(parts(start(SEED)))
    half = steps(parameters, optimizer, 1, HALF)
    names = list(parameters)
    state = optimizer.state_dict()["state"]
    save_file({f"{names[i]}.{key}": value.contiguous() for i, s in state.items() for key, value in s.items() if value is not None}, file)
    with open(numbers, "w") as out:
        json.dump({"torch": torch.__version__, "seed": SEED, "half": half, "whole": steps(parameters, optimizer, HALF + 1, 2 * HALF)}, out)


def check(file, numbers):
    with open(numbers) as text:
        expected = json.load(text)
    parameters, optimizer = make_optimizer(parts(expected["half"]))
    names = list(parameters)
    loaded = optimizer.state_dict()
    for full, value in load_file(file).items():
        name, key = full.rsplit(".", 1)
        loaded["state"].setdefault(names.index(name), {})[key] = value
    optimizer.load_state_dict(loaded)
    whole = steps(parameters, optimizer, HALF + 1, 2 * HALF)
    print("largest difference", max(abs(a - b) for a, b in zip(whole, expected["whole"])))


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](*sys.argv[2:])
