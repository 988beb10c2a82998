# SPDX-License-Identifier: MIT
"""Steps of our rules beside PyTorch's, default and fused, in the same run: shapes, precisions and rules of src/optimizer/step_bench.cc, and
Muon. Medians of rounds that take turns, because the memory of a virtual machine is faster at one time than at another. Needs torch and
build/release with calando and calando_optimizer_bench.

    python3 tests/bench/optimizers.py [rules|shapes|precisions|muon ...] [--threads 1 2] [--rounds 3] [--seconds 0.3] [--side 1024]

Columns: what; threads; ns per parameter; the plain loop over as many arrays; the loop's time by ours (1 is its bandwidth); PyTorch fused
and how many times ours it takes; PyTorch default and as many times. Muon: seconds a step, GFLOP/s, the roof's, their ratio, PyTorch's
seconds in the same precision and times ours; and the largest |singular value - 1| of both updates. PyTorch's products are in bfloat16."""
import argparse
import json
import statistics
import subprocess
import tempfile
import time

import numpy
import torch

PROGRAM = "build/release/calando"
BENCH = "build/release/src/calando_optimizer_bench"
SHAPES = {"32M": (1, 32000000), "1000x32K": (1000, 32768), "10000x100": (10000, 100), "1M": (1, 1000000), "4K": (1, 4096)}
FUSED = {"sgd": (torch.optim.SGD, {}), "momentum": (torch.optim.SGD, {"momentum": 0.9}), "adagrad": (torch.optim.Adagrad, {}),
         "adam": (torch.optim.Adam, {}), "adamw": (torch.optim.AdamW, {})}
DEFAULT = {**FUSED, "adadelta": (torch.optim.Adadelta, {}), "rmsprop": (torch.optim.RMSprop, {}), "nadam": (torch.optim.NAdam, {}),
           "radam": (torch.optim.RAdam, {}), "adamax": (torch.optim.Adamax, {}), "rprop": (torch.optim.Rprop, {}),
           "asgd": (torch.optim.ASGD, {})}


def names_of(pattern):
    """The bench's names without its own suffixes."""
    listed = subprocess.run([BENCH, f"--benchmark_filter={pattern}", "--benchmark_list_tests"], capture_output=True, text=True, check=True).stdout
    return [name.split("/min_time")[0].split("/iterations")[0] for name in listed.split()]


def ours(name):
    """Counters of one run."""
    command = [BENCH, f"--benchmark_filter=^{name}/", "--benchmark_format=json"]
    (run,) = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["benchmarks"]
    return run


def median_seconds(work, seconds):
    work()
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


class Peer:
    """PyTorch's step of a rule on a model."""

    def __init__(self, rule, shape, fused):
        tensors, size = SHAPES[shape]
        kind, options = (FUSED if fused else DEFAULT)[rule]
        parameters = [torch.zeros(size, requires_grad=True) for _ in range(tensors)]
        for p in parameters:
            p.grad = torch.full((size,), 0.01)
        self.size = tensors * size
        self.step = kind(parameters, lr=1e-6, **options, **({"fused": True} if fused else {})).step

    def nanoseconds(self, seconds):
        return median_seconds(self.step, seconds) / self.size * 1e9


def peers_of(name, seconds, threads):
    _, rule, shape, precision, _ = name.split("/")
    torch.set_num_threads(threads)
    found = {}
    for kind, known in (("fused", FUSED), ("default", DEFAULT)):
        if rule in known and precision == "f32":
            found[kind] = Peer(rule, shape, kind == "fused").nanoseconds(seconds)
    return found


def steps(pattern, threads, rounds, seconds):
    for name in names_of(f"step/{pattern}/{threads}/"):
        row = {}
        for _ in range(rounds):
            run = ours(name)
            for key in ("ns_per_param", "loop_ns", "of_loop", "of_avx2"):
                if key in run:
                    row.setdefault(key, []).append(run[key])
            for kind, value in peers_of(name, seconds, threads).items():
                row.setdefault(kind, []).append(value)
        value = {key: statistics.median(column) for key, column in row.items()}
        line = f"{name[5:]:32}{value['ns_per_param']:9.3f}  loop {value['loop_ns']:6.3f}  of loop {value['of_loop']:5.2f}"
        for kind in ("fused", "default"):
            if kind in value:
                line += f"  {kind} {value[kind]:8.3f} = {value[kind] / value['ns_per_param']:6.2f} x"
        if "of_avx2" in value:
            line += f"  of AVX2 by hand {value['of_avx2']:5.2f}"
        print(line, flush=True)


def largest_deviation(update):
    return (torch.linalg.svdvals(update.double()) - 1).abs().max().item()


def quality(side):
    """Largest |singular value - 1| of the update that the same gradients give."""
    gradient = torch.rand(side, side, generator=torch.Generator().manual_seed(1)).mul_(2).sub_(1)
    weight = torch.zeros(side, side, requires_grad=True)
    weight.grad = gradient.clone()
    torch.optim.Muon([weight], lr=1, weight_decay=0).step()
    peer = largest_deviation(weight.detach())
    with tempfile.TemporaryDirectory() as folder:
        numpy.save(f"{folder}/g.npy", gradient.numpy()[None])
        numpy.save(f"{folder}/w.npy", numpy.zeros((side, side), numpy.float32))
        for products in ("full", "bf16"):
            subprocess.run([PROGRAM, "descend", "--recorded", f"{folder}/g.npy", "--from", f"{folder}/w.npy", "--out", f"{folder}/o.npy",
                            "--optimizer", f"muon(lr=1, weight_decay=0, products={products})"], check=True, capture_output=True)
            own = largest_deviation(torch.from_numpy(numpy.load(f"{folder}/o.npy")))
            print(f"muon {side} {products}: largest |singular value - 1| {own:.5f}, PyTorch {peer:.5f}, ratio {own / peer:.4f}", flush=True)


def torch_muon(side, dtype, rounds):
    weight = torch.zeros(side, side, dtype=dtype, requires_grad=True)
    weight.grad = torch.rand(side, side).mul_(2).sub_(1).to(dtype)
    muon = torch.optim.Muon([weight], lr=1e-3)
    return median_seconds(muon.step, 0 if rounds < 2 else 10)


def muon(threads, rounds):
    torch.set_num_threads(threads)
    for name in names_of(f"muon/.*/{threads}/"):
        run = ours(name)
        side = int(name.split("/")[1])
        line = f"{name:20}{run['seconds']:8.3f} s  {run['GFLOPs']:6.1f} of {run['roof']:6.1f} GFLOP/s = {run['of_roof']:4.2f}"
        if "bf16" in name:
            peer = torch_muon(side, torch.float32, rounds)  # its products are in bfloat16 whatever the parameter is
            line += f"  PyTorch {peer:7.3f} s = {peer / run['seconds']:5.2f} x"
        print(line, flush=True)


PARTS = {"rules": r"[^/]*/32M/f32", "shapes": r"adam/(1000x32K|10000x100|1M|4K)/f32", "precisions": r"adam/32M/[^/]*"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[*PARTS, "muon"])
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--side", type=int, default=1024, help="of the matrix whose singular values are looked at")
    args = parser.parse_args()
    print(f"torch {torch.__version__}, threads {args.threads}, rounds {args.rounds}")
    for part in args.parts:
        for threads in args.threads:
            if part == "muon":
                if threads == max(args.threads):
                    muon(threads, args.rounds)
                quality(args.side)
            else:
                steps(PARTS.get(part, part), threads, args.rounds, args.seconds)


if __name__ == "__main__":
    main()
