# SPDX-License-Identifier: MIT
"""Small data files, made from a seed and nothing else."""
import gzip
import random
import struct


def table(rows=300, seed=1, classes=("no", "yes")):
    """A table that a linear model separates: columns age, income, town, and the target class."""
    rng = random.Random(seed)
    lines = ["age,income,town,class"]
    for i in range(rows):
        age, income = rng.gauss(40, 10), rng.gauss(3000, 800)
        town = rng.choice(["Ulm", "Bonn", "Trier"])
        score = (age - 40) / 10 + (income - 3000) / 800 + (0.5 if town == "Ulm" else 0)
        label = classes[min(len(classes) - 1, max(0, int(len(classes) * (score + 2) / 4)))]
        lines.append(f"{age:.2f},{income:.1f},{town},{label}")
    return "\n".join(lines) + "\n"


def regression(rows=300, seed=1):
    rng = random.Random(seed)
    lines = ["a,b,y"]
    for _ in range(rows):
        a, b = rng.uniform(-1, 1), rng.uniform(-1, 1)
        lines.append(f"{a:.4f},{b:.4f},{3 * a - 2 * b + 1:.4f}")
    return "\n".join(lines) + "\n"


def idx(shape, values, kind=8):
    return struct.pack(">BBBB", 0, 0, kind, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + bytes(values)


def image_folder(write, rows=200, test_rows=60, side=6, seed=1, pack=gzip.compress):
    """Writes the four files of the MNIST family: images whose brighter half says the class."""
    rng = random.Random(seed)
    for prefix, count in (("train", rows), ("t10k", test_rows)):
        labels = [rng.randrange(3) for _ in range(count)]
        pixels = bytearray()
        for label in labels:
            for i in range(side * side):
                lit = i * 3 // (side * side) == label
                pixels.append(rng.randrange(120, 256) if lit else rng.randrange(0, 120))
        write(f"{prefix}-images-idx3-ubyte.gz", pack(idx((count, side, side), pixels)))
        write(f"{prefix}-labels-idx1-ubyte.gz", pack(idx((count,), labels)))
