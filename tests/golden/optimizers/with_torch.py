# SPDX-License-Identifier: MIT
"""Runs an optimizer that is a torch.optim.Optimizer."""
import torch
from golden import STEPS, gradient, start


def run(make, rates, seed, evaluate=None, double=True):
    """make(parameters, first rate) -> optimizer; the rate is set before each step."""
    dtype = torch.float64 if double else torch.float32
    torch.set_default_dtype(dtype)
    p = torch.nn.Parameter(torch.tensor(start(seed), dtype=dtype))
    optimizer = make([p], rates[0])
    if hasattr(optimizer, "train"):
        optimizer.train()
    points = []
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = rates[step - 1]
        p.grad = torch.tensor(gradient(seed, step), dtype=dtype)
        optimizer.step()
        points.append(p.detach().double().tolist())
    return points, evaluate(optimizer, p) if evaluate else None
