# SPDX-License-Identifier: MIT
"""Vowpal Wabbit's and calando's columns of the table benchmark: logistic regression, one pass, AdaGrad.

    python logistic.py CALANDO [--rows 500000] [--folder FOLDER]

Makes a table of 500,000 rows and 20 numeric columns (83 MB) and the same rows as Vowpal Wabbit's text, runs both as whole
processes in turn, three times, and prints name<TAB>seconds<TAB>held-out log loss, with the median of the seconds.
"""
import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

COLUMNS = 20
HELD_OUT = 50_000


def make(folder, rows):
    rng = np.random.default_rng(1)
    weights = rng.normal(size=COLUMNS) / math.sqrt(COLUMNS) * 2
    for name, count in (("train", rows), ("test", HELD_OUT)):
        x = np.round(rng.normal(size=(count, COLUMNS)), 5)
        y = rng.random(count) < 1 / (1 + np.exp(-(x @ weights + 0.3)))
        with open(f"{folder}/{name}.csv", "w") as csv, open(f"{folder}/{name}.vw", "w") as vw:
            csv.write(",".join(f"x{i}" for i in range(COLUMNS)) + ",y\n")
            for row, label in zip(x, y):
                cells = ["%.5f" % v for v in row]
                csv.write(",".join(cells) + f",{int(label)}\n")
                vw.write(("1" if label else "-1") + " | " + " ".join(f"x{i}:{c}" for i, c in enumerate(cells)) + "\n")


def run_vw(folder):
    code = ("import sys, vowpalwabbit as v\n"
            "w = v.Workspace(sys.argv[1]); w.finish()")
    common = "--quiet --loss_function logistic"
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, f"-d {folder}/train.vw {common} --passes 1 -f {folder}/vw.model"],
                   check=True)
    seconds = time.perf_counter() - start
    subprocess.run([sys.executable, "-c", code,
                    f"-d {folder}/test.vw {common} -t -i {folder}/vw.model --link logistic -p {folder}/vw.out"], check=True)
    p = np.clip(np.loadtxt(f"{folder}/vw.out"), 1e-12, 1 - 1e-12)
    y = np.array([line[0] == "1" for line in open(f"{folder}/test.vw")])
    return seconds, float(-np.mean(np.where(y, np.log(p), np.log(1 - p))))


def run_calando(folder, program):
    start = time.perf_counter()
    subprocess.run([program, "train", f"{folder}/train.csv", "--target", "y", "--validation", "0", "--epochs", "1",
                    "--model", "softmax", "--optimizer", "adagrad", "--schedule", "cosine(0.1, 0, 100%)",
                    "--out", f"{folder}/run", "--overwrite", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    out = subprocess.run([program, "predict", f"{folder}/run", f"{folder}/test.csv", "--probabilities"], check=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    p = np.array([float(line.split("\t")[2]) for line in out.splitlines()])
    y = np.array([line.rstrip().endswith(",1") for line in open(f"{folder}/test.csv")][1:])
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return seconds, float(-np.mean(np.where(y, np.log(p), np.log(1 - p))))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("calando")
    options.add_argument("--rows", type=int, default=500_000)
    options.add_argument("--folder", default=None)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or made
        if not os.path.exists(f"{folder}/train.csv"):
            make(folder, options.rows)
        print(f"train.csv\t{os.path.getsize(folder + '/train.csv') / 1e6:.1f} MB")
        columns = {"vowpalwabbit": lambda: run_vw(folder), "calando": lambda: run_calando(folder, options.calando)}
        runs = {name: [] for name in columns}
        for _ in range(3):
            for name, run in columns.items():
                runs[name].append(run())
        for name, results in runs.items():
            print(f"{name}\t{statistics.median(r[0] for r in results):.3f}\t{results[-1][1]:.5f}")


if __name__ == "__main__":
    main()
