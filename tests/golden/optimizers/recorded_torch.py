# SPDX-License-Identifier: MIT
"""Gradients recorded from PyTorch's optimizers and given to calando's: the largest difference of the parameters after 100 steps.

pip install torch;   python3 recorded_torch.py build/release/calando
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch

# torch.optim.Muon rounds its products to bfloat16, 8 bits; calando's are in double.
LINES = {"torch.optim.SGD(parameters, lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3)": 1e-14,
         "torch.optim.Adam(parameters, lr=1e-2, amsgrad=True)": 1e-14,
         "torch.optim.AdamW(parameters, lr=1e-2, betas=(0.9, 0.95), weight_decay=0.1)": 1e-14,
         "torch.optim.Adagrad(parameters, lr=0.05, lr_decay=1e-3)": 1e-14,
         "torch.optim.Adadelta(parameters, lr=1.0)": 1e-14,
         "torch.optim.Adamax(parameters, lr=1e-3)": 1e-14,
         "torch.optim.NAdam(parameters, lr=2e-3)": 1e-14,
         "torch.optim.RAdam(parameters, lr=1e-3)": 1e-14,
         "torch.optim.RMSprop(parameters, lr=1e-3, centered=True, momentum=0.9)": 1e-14,
         "torch.optim.Rprop(parameters, lr=1e-2)": 1e-14,
         "torch.optim.ASGD(parameters, lr=1e-2)": 1e-14,
         "torch.optim.Adafactor(parameters, lr=1e-2)": 1e-14,
         "torch.optim.Muon(parameters, lr=1e-2)": 2e-3}


def record(line):
    """The first weights, the gradients, the last weights."""
    weight = torch.nn.Parameter(torch.randn(5, 20))
    optimizer = eval(line, {"torch": torch, "parameters": [weight]})
    x, y = torch.randn(64, 20), torch.randn(64, 5)
    first, gradients = weight.detach().numpy().copy(), []
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(x @ weight.T, y).backward()
        gradients.append(weight.grad.numpy().copy())
        optimizer.step()
    return first, np.stack(gradients), weight.detach().numpy()


def difference(program, line):
    first, gradients, last = record(line)
    with tempfile.TemporaryDirectory() as folder:
        w, g, out = (os.path.join(folder, name) for name in ("W.npy", "G.npy", "W2.npy"))
        np.save(w, first)
        np.save(g, gradients)
        subprocess.run([program, "descend", "--recorded", g, "--from", w, "--optimizer", line, "--out", out], check=True)
        return abs(np.load(out) - last).max()


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    right = True
    for line, most in LINES.items():
        largest = difference(sys.argv[1], line)
        right = right and largest <= most
        print(f"{largest:.1e}  {line}")
    sys.exit(0 if right else 1)
