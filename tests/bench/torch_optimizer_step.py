# SPDX-License-Identifier: MIT
"""PyTorch's Adam on a CPU, fused and default, on the shapes of src/optimizer/step_bench.cc: ns per parameter, medians, with the bandwidth
of a copy in the same run. Needs torch.

    python3 tests/bench/torch_optimizer_step.py [--threads 2] [--seconds 1]
"""
import argparse
import statistics
import time

import torch

SHAPES = {"32M": (1, 1 << 25), "1000x32K": (1000, 32768), "10000x100": (10000, 100), "1M": (1, 1000000), "4K": (1, 4096)}


def median_seconds(work, seconds):
    work()
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    source, target = torch.zeros(1 << 25), torch.zeros(1 << 25)
    copy = 2 * 4 * source.numel() / median_seconds(lambda: target.copy_(source), args.seconds)
    print(f"torch {torch.__version__}, {args.threads} threads, copy {copy * 1e-9:.1f} GB/s")
    for name, (tensors, size) in SHAPES.items():
        for kind, options in {"fused": {"fused": True}, "default": {}}.items():
            parameters = [torch.zeros(size, requires_grad=True) for _ in range(tensors)]
            for p in parameters:
                p.grad = torch.full((size,), 0.01)
            adam = torch.optim.Adam(parameters, lr=1e-6, **options)
            seconds = median_seconds(adam.step, args.seconds)
            print(f"{name}\t{kind}\t{seconds / (tensors * size) * 1e9:.3f} ns per parameter")


if __name__ == "__main__":
    main()
