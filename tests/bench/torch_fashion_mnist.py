# SPDX-License-Identifier: MIT
"""PyTorch's column of the training benchmark: Fashion-MNIST, 10 epochs, batch 128, Adam 1e-3, cosine to 0.

    python3 torch_fashion_mnist.py mlp|softmax [--threads 2] [--seed 1]

Prints name<TAB>value lines. Only the training loop is timed: reading, importing and testing are not.
The data are standardised with one mean and deviation over all pixels and shuffled anew each epoch.
"""
import argparse
import gzip
import time

import numpy as np
import torch

FOLDER = "/usr/share/datasets/fashion-mnist/"


def read(name, header):
    with gzip.open(FOLDER + name) as f:
        return torch.from_numpy(np.frombuffer(f.read(), np.uint8, offset=header).copy())


def network(kind):
    nn = torch.nn
    if kind == "softmax":
        return nn.Linear(784, 10)
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("model", choices=["mlp", "softmax"])
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--epochs", type=int, default=10)
    options = options.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)

    images = read("train-images-idx3-ubyte.gz", 16).view(-1, 784).float()
    labels = read("train-labels-idx1-ubyte.gz", 8).long()
    mean, deviation = images.mean(), images.std()
    images = (images - mean) / deviation
    model = network(options.model)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    batches = (len(images) + 127) // 128
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=options.epochs * batches)

    start = time.perf_counter()
    for _ in range(options.epochs):
        for rows in torch.randperm(len(images)).split(128):
            loss = torch.nn.functional.cross_entropy(model(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    seconds = time.perf_counter() - start

    test = (read("t10k-images-idx3-ubyte.gz", 16).view(-1, 784).float() - mean) / deviation
    with torch.no_grad():
        right = model(test).argmax(1) == read("t10k-labels-idx1-ubyte.gz", 8)
    print(f"version\t{torch.__version__}\nseconds\t{seconds:.3f}\ntest_accuracy\t{right.float().mean().item():.4f}")


if __name__ == "__main__":
    main()
