# SPDX-License-Identifier: MIT
"""The training benchmark: calando's whole process beside PyTorch's training loop and Vowpal Wabbit's whole process.

    python3 training.py BUILD [--quick]

BUILD is build/release. Prints one table, name<TAB>figure..., with the roofs of the same run. Peers' columns need numpy and torch, or
numpy and vowpalwabbit, in this python3 (pip install numpy torch vowpalwabbit); without them they say so. --quick: one seed.
"""
import argparse
import importlib.util
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = "/usr/share/datasets/fashion-mnist"
MLP_GFLOP = 2 * 1e-9 * 60_000 * 10 * (2 * (784 * 256 + 256 * 128 + 128 * 10) + 256 * 128 + 128 * 10)


# A process begins with the peak memory of the one that starts it: a small one does, not this one with its tables.
STARTER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
output = process.stdout.read()
_, status, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss / 1e3, status, output, sep="\\n", end="")
"""


def run(words):
    """A process' seconds, peak megabytes and standard output."""
    told = subprocess.run([sys.executable, "-c", STARTER, *map(str, words)], check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, megabytes, status, output = told.split("\n", 3)
    if status != "0":
        raise SystemExit(f"{' '.join(map(str, words))}: status {status}")
    return float(seconds), float(megabytes), output


def values(output):
    return dict(line.split("\t") for line in output.splitlines() if line.count("\t") == 1)


def roofs(build):
    """GFLOP/s of multiply-adds in registers, and of a large product, with two threads."""
    report = subprocess.run([f"{build}/src/calando_cpu_bench", "--benchmark_filter=square_1024/ours/2", "--benchmark_format=json"],
                            capture_output=True, text=True, check=True).stdout
    counters = json.loads(report)["benchmarks"][0]
    return counters["roof"], counters["GFLOPs"]


class Fashion:
    def __init__(self, build, folder):
        self.words = [f"{build}/calando", "train", DATA, "--threads", 2, "--quiet", "--overwrite", "--out", f"{folder}/run"]

    def calando(self, model, seed=1, *more):
        seconds, megabytes, output = run([*self.words, "--model", model, "--seed", seed, *more])
        return seconds, megabytes, float(values(output)["test_accuracy"])

    def torch(self, model, seed=1):
        _, _, output = run([sys.executable, f"{HERE}/torch_fashion_mnist.py", model, "--threads", 2, "--seed", seed])
        found = values(output)
        return float(found["seconds"]), float(found["test_accuracy"])


def fashion_mnist(build, folder, seeds):
    fashion = Fashion(build, folder)
    has_torch = importlib.util.find_spec("torch") is not None
    fused, product = roofs(build)
    print(f"roof\tmultiply-adds in registers {fused:.0f} GFLOP/s\tproduct of 1024 x 1024 {product:.0f} GFLOP/s")
    for model, peer in (("mlp(256, 128)", "mlp"), ("softmax", "softmax")):
        ours, peers = [], []
        for seed in seeds:
            ours.append(fashion.calando(model, seed))
            if has_torch:
                peers.append(fashion.torch(peer, seed))
        seconds = statistics.median(o[0] for o in ours)
        line = f"{model}\tcalando, whole process {seconds:.2f} s (least {min(o[0] for o in ours):.2f})"
        line += f", accuracy {statistics.mean(o[2] for o in ours):.4f}, {max(o[1] for o in ours):.0f} MB"
        if peer == "mlp":
            line += f", {MLP_GFLOP / seconds:.0f} GFLOP/s, {100 * MLP_GFLOP / seconds / product:.0f} % of the product"
        line += (f"\tPyTorch, loop alone {statistics.median(p[0] for p in peers):.2f} s (least {min(p[0] for p in peers):.2f})"
                 f", accuracy {statistics.mean(p[1] for p in peers):.4f}" if has_torch else "\tPyTorch: not installed")
        print(line, flush=True)


def spin(cpu):
    os.sched_setaffinity(0, {cpu})
    while True:
        pass


def busy_neighbour(build, folder):
    """Seconds of three epochs alone, and with one of two processors taken."""
    fashion = Fashion(build, folder)
    alone = min(fashion.calando("mlp(256, 128)", 1, "--epochs", 3)[0] for _ in range(2))
    neighbour = multiprocessing.Process(target=spin, args=(max(os.sched_getaffinity(0)),), daemon=True)
    neighbour.start()
    beside = fashion.calando("mlp(256, 128)", 1, "--epochs", 3)[0]
    neighbour.terminate()
    print(f"busy neighbour\talone {alone:.2f} s\tbeside a spinning process {beside:.2f} s\t{beside / alone:.2f} times", flush=True)


def logistic(build, folder):
    if importlib.util.find_spec("numpy") is None:
        print("logistic\tnumpy is not installed: the table is not made")
        return
    import logistic as table
    table.make(folder, 500_000)
    words = [f"{build}/calando", *table.WORDS, f"{folder}/run", "--quiet", "--overwrite", "--threads", 2]
    ours = [run([word.format(folder=folder) if isinstance(word, str) else word for word in words])[:2] for _ in range(3)]
    loss = table.calando_loss(f"{build}/calando", folder)
    line = (f"logistic, 500,000 x 20\tcalando, whole process {statistics.median(o[0] for o in ours):.3f} s, held-out log loss {loss:.5f}, "
            f"{max(o[1] for o in ours):.0f} MB of 40 MB of features")
    if importlib.util.find_spec("vowpalwabbit") is None:
        print(line + "\tVowpal Wabbit: not installed")
        return
    peers = [table.run_vw(folder) for _ in range(3)]
    print(f"{line}\tVowpal Wabbit, whole process {statistics.median(p[0] for p in peers):.3f} s, held-out log loss {peers[0][1]:.5f}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("build")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--only", choices=["fashion", "neighbour", "logistic"])
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.only in (None, "fashion"):
            fashion_mnist(options.build, folder, [1] if options.quick else [1, 2, 3, 4, 5])
        if options.only in (None, "neighbour"):
            busy_neighbour(options.build, folder)
        if options.only in (None, "logistic"):
            logistic(options.build, folder)


if __name__ == "__main__":
    main()
