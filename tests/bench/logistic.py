# SPDX-License-Identifier: MIT
"""The table of the benchmark training.py: 500,000 rows of 20 numbers and a class, as CSV and as Vowpal Wabbit's text; logistic
regression on it, one pass, AdaGrad. Needs numpy, and for its column vowpalwabbit."""
import math
import subprocess
import sys
import time

import numpy as np

COLUMNS = 20
HELD_OUT = 50_000
WORDS = ["train", "{folder}/train.csv", "--target", "y", "--validation", "0", "--epochs", "1", "--model", "softmax", "--optimizer",
         "adagrad", "--schedule", "cosine(0.1, 0, 100%)", "--out"]


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


def log_loss(probabilities, labels):
    p = np.clip(probabilities, 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(labels, np.log(p), np.log(1 - p))))


def held_out_labels(folder):
    with open(f"{folder}/test.vw") as lines:
        return np.array([line[0] == "1" for line in lines])


def run_vw(folder):
    """Seconds of the whole process, held-out log loss."""
    code = "import sys, vowpalwabbit as v\nw = v.Workspace(sys.argv[1]); w.finish()"
    common = "--quiet --loss_function logistic"
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, f"-d {folder}/train.vw {common} --passes 1 -f {folder}/vw.model"], check=True)
    seconds = time.perf_counter() - start
    subprocess.run([sys.executable, "-c", code,
                    f"-d {folder}/test.vw {common} -t -i {folder}/vw.model --link logistic -p {folder}/vw.out"], check=True)
    return seconds, log_loss(np.loadtxt(f"{folder}/vw.out"), held_out_labels(folder))


def calando_loss(program, folder):
    """Held-out log loss of the model in folder/run."""
    out = subprocess.run([program, "predict", f"{folder}/run", f"{folder}/test.csv", "--probabilities"], check=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return log_loss(np.array([float(line.split("\t")[2]) for line in out.splitlines()]), held_out_labels(folder))
