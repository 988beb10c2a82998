# SPDX-License-Identifier: MIT
"""A real state of torch.optim.AdamW in a safetensors file, with the keys of docs/optimizer-step.md; and torch going on from states that
calando wrote.

pip install torch safetensors
python3 torch_state.py make torch_state.safetensors torch_state.json    10 steps in double; the file is the state after 5 of them
python3 torch_state.py check build/release/src/calando_optimizer_test   10 steps; torch goes on from calando's state after 5 of its own
"""
import json
import os
import subprocess
import sys
import tempfile

import torch
from golden import gradient, start
from safetensors.torch import load_file, save_file

SEED, HALF = 11, 5
LARGEST = 4e-15    # a few units in the last place of parameters up to 2
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
        for parameter, (_, value) in zip(parameters.values(), parts(gradient(SEED, step))):
            parameter.grad = value
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


def check(program):
    torch.set_default_dtype(torch.float64)    # of nadam's product too
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "--gtest_filter=TorchState.OursGoesOnFromItsFile", "--gtest_brief=1"], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | {"CALANDO_TORCH_STATES": folder})
        with open(os.path.join(folder, "torch_lines.txt")) as lines:
            differences = {line.strip(): difference(line, os.path.join(folder, f"torch_state_{i}.safetensors")) for i, line in enumerate(lines)}
    for line, largest in differences.items():
        print(f"{largest:.1e}  {line}")
    return 0 if len(differences) == 10 and max(differences.values()) <= LARGEST else 1


def difference(line, file):
    """Of ten steps of torch's from ten of which calando's state stands in for the first five, in the line's parameters."""
    def optimizer_of(values):
        named = {f"p{i}": torch.nn.Parameter(value.clone()) for i, (_, value) in enumerate(values)}
        return named, eval(line, {"torch": torch, "parameters": list(named.values())})

    parameters, optimizer = optimizer_of(parts(start(SEED)))
    half = steps(parameters, optimizer, 1, HALF)
    whole = steps(parameters, optimizer, HALF + 1, 2 * HALF)
    parameters, optimizer = optimizer_of(parts(half))
    loaded = optimizer.state_dict()
    for full, value in load_file(file).items():
        name, key = full.rsplit(".", 1)
        loaded["state"].setdefault(int(name[1:]), {})[key] = value
    optimizer.load_state_dict(loaded)
    return max(abs(a - b) for a, b in zip(whole, steps(parameters, optimizer, HALF + 1, 2 * HALF)))


if __name__ == "__main__":
    sys.exit({"make": make, "check": check}[sys.argv[1]](*sys.argv[2:]))
