# SPDX-License-Identifier: MIT
"""What the scripts of this folder share: the gradients, random options, schedules of the rate, and the file.

Gradients come from a counter, so that the file need not hold them and the test works out the same ones; they are exact in float32.
"""
import argparse
import json
import math
import random
import re

SIZE = 256
KEPT = 16             # of them are in the file; all count for the peer's error in float32
STEPS = 100
SHOWN = (1, 2, 10)    # steps whose first elements are kept beside the last step
MASK = (1 << 64) - 1


def uniform(seed, step, index):
    """A multiple of 2^-23 in [-1, 1): splitmix64 of a counter."""
    z = ((seed << 32) + (step << 12) + index + 1) * 0x9E3779B97F4A7C15 & MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    z ^= z >> 31
    return ((z >> 40) - (1 << 23)) / (1 << 23)


def start(seed):
    return [2 * uniform(seed, 0, i) for i in range(SIZE)]


def gradient(seed, step):
    """Of step 1, 2, ...: magnitudes of 1 to 1/64, and one that is 0 at every third step."""
    return [0.0 if i == 5 and step % 3 == 0 else uniform(seed, step, i) / 4 ** (i % 4) for i in range(SIZE)]


class Random(random.Random):
    def log(self, low, high):
        return float(f"{math.exp(self.uniform(math.log(low), math.log(high))):.4g}")

    def flag(self, share=0.5):
        return self.random() < share

    def beta(self):
        return self.choice([0.9, 0.95, 0.99, 0.999, float(f"{self.uniform(0, 0.999):.4g}")])

    def epsilon(self):
        return self.choice([1e-8, self.log(1e-12, 1e-2)])

    def decay(self):
        return 0.0 if self.flag(0.3) else self.log(1e-4, 0.5)

    def rate(self, low=1e-4, high=0.1, scheduled=0.4):
        """(text, value at each step)"""
        first = self.log(low, high)
        if not self.flag(scheduled):
            return repr(first), [first] * STEPS
        last = self.log(low, high)
        return f"linear({first!r}, {last!r}, {STEPS})", [first + (last - first) * t / STEPS for t in range(STEPS)]


def call(name, rate, options, rate_name="lr"):
    """The text of a call."""
    words = [f"{rate_name}={rate}"] + [f"{k}={v!r}" for k, v in options.items()]
    return f"{name}({', '.join(words)})"


def peer_of(text):
    """The library whose words a text is in."""
    return re.search(r"([a-z_]+)\.[A-Za-z]", text)[1]


def case(rule, text, seed, run, peer=None):
    """run(double) gives (points after each step, evaluation weights or None)."""
    points, evaluated = run(True)
    narrow, narrow_evaluated = run(False)
    final = points[-1]
    made = {"rule": rule, "peer": peer or peer_of(text), "text": text, "seed": seed, "size": SIZE,
            "shown": [points[s - 1][:4] for s in SHOWN], "final": final[:KEPT],
            "float_error": max(abs(a - b) for a, b in zip(narrow[-1], final))}
    if evaluated is not None:
        made["evaluated"] = evaluated[:KEPT]
        made["evaluated_float_error"] = max(abs(a - b) for a, b in zip(narrow_evaluated, evaluated))
    return made


def main(rules, versions):
    """rules: name -> function(Random, seed) that makes a case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--cases", type=int, default=4, help="of each rule")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    chance = Random(arguments.seed)
    cases = []
    for name, make in rules.items():
        if arguments.only and name not in arguments.only.split(","):
            continue
        cases += [make(chance, chance.randrange(1 << 20)) for _ in range(arguments.cases)]
    lines = ",\n".join(json.dumps(c) for c in cases)
    with open(arguments.out, "w") as file:
        file.write(f'{{"versions": {json.dumps(versions)}, "cases": [\n{lines}\n]}}\n')
