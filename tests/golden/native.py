#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes native.json: the native curves and shapes by their formulas with 50 digits.

Needs mpmath:  python3 tests/golden/native.py
"""
import json
import os
import random

import mpmath
from mpmath import mpf, cos, exp, log, pi, sqrt, tanh

mpmath.mp.dps = 50


def n(x):
    """The double that the text means, exactly."""
    return mpf(float(x))


def blend(a, b, progress):
    return n(a) + (n(b) - n(a)) * progress


def cosine(u, power, k):
    return 1 - ((1 + cos(pi * u ** n(k))) / 2) ** n(power)


def polynomial(u, power, k):
    return 1 - (1 - u ** n(k)) ** n(power)


def rational_tanh(u, low, high):
    t = lambda v: tanh(n(low) * (1 - v) + n(high) * v)
    return (t(u) - t(mpf(0))) / (t(mpf(1)) - t(mpf(0)))


def bounded(progress):
    """A curve between two values: past its end the last one."""
    return lambda a, b, length, *rest: lambda t: blend(a, b, progress(min(mpf(t) / n(length), mpf(1)), length, *rest))


CURVES = {
    "linear": bounded(lambda u, length: u),
    "cosine": bounded(lambda u, length, power=1, k=1: cosine(u, power, k)),
    "polynomial": bounded(lambda u, length, power=1, k=1: polynomial(u, power, k)),
    "one_minus_sqrt": bounded(lambda u, length: sqrt(u)),
    "saturating": bounded(lambda u, length, ratio=0.5: (1 - n(ratio) ** u) / (1 - n(ratio))),
    "logarithmic": bounded(lambda u, length: log(1 + u * n(length)) / log(1 + n(length))),
    "rex": bounded(lambda u, length: 1 - (1 - u) / (1 - u / 2)),
    "tanh": bounded(lambda u, length, low=-7, high=3: rational_tanh(u, low, high)),
    "exponential": lambda a, b, length: lambda t: n(a) * (n(b) / n(a)) ** min(mpf(t) / n(length), mpf(1)),
    "decay": lambda a, f, steps=1: lambda t: n(a) * n(f) ** (mpf(t) / n(steps)),
    "inverse_time": lambda a, rate, steps=1: lambda t: n(a) / (1 + n(rate) * mpf(t) / n(steps)),
    "growth": lambda a, rate, steps=1: lambda t: n(a) * (1 + n(rate) * mpf(t) / n(steps)),
    "inverse_sqrt": lambda a, scale: lambda t: n(a) * sqrt(n(scale) / (n(scale) + mpf(t))),
}


def restart(length, stretch, t):
    """(index, place in the cycle as a share of it) by adding up exact lengths."""
    start, size, index = mpf(0), n(length), 0
    while start + size <= t:
        start, size, index = start + size, size * n(stretch), index + 1
    return index, (t - start) / size


def restarts(a, b, length, stretch, shrink):
    def value(t):
        index, u = restart(length, stretch, t)
        return n(shrink) ** index * blend(a, b, cosine(u, 1, 1))
    return value


def steps_of(length, draw):
    length = float(length)
    whole = [0, 1, 2, int(length / 2), int(length) - 1, int(length), int(length) + 1, 2 * int(length)]
    return sorted({max(t, 0) for t in whole} | {draw.randrange(int(length) + 1) for _ in range(6)})


def cases():
    draw = random.Random(1)
    pairs = [(1, 0), (0, 1), (0.1, 0.001), (3e-4, 3e-5)]
    lengths = [1, 100, 33.3, 98000, 1e12]
    extra = {"cosine": [(), (2.5,), (1, 3), (0.5, 0.7)], "polynomial": [(), (2,), (0.9,), (9.5,), (2, 1.5), (0.3, 3)],
             "saturating": [(), (0.01,), (0.999,)], "tanh": [(), (-3, 5), (-0.5, 0.25)]}
    for name in ("linear", "cosine", "polynomial", "one_minus_sqrt", "saturating", "logarithmic", "rex", "tanh", "exponential"):
        for a, b in pairs:
            if name == "exponential" and (a == 0 or b == 0):
                continue
            for length in lengths:
                for more in extra.get(name, [()]):
                    yield name, (a, b, length, *more), steps_of(length, draw)
    for a in (0.1, 1, 3e-4):
        for arguments in ((0.95,), (0.5, 30), (0.999999, 1), (1.07, 100)):
            yield "decay", (a, *arguments), steps_of(3000, draw)
        for arguments in ((0.01,), (0.5, 1000), (3, 7)):
            yield "inverse_time", (a, *arguments), steps_of(30000, draw) + [10**12]
            yield "growth", (a, *arguments), steps_of(30000, draw)
        for scale in (1, 4000, 33.3):
            yield "inverse_sqrt", (a, scale), steps_of(30000, draw) + [10**12]
    for stretch in (1.5, 2, 3, 10):
        for shrink in (1, 0.5, 0.9):
            starts, start, size = [], mpf(0), mpf(10)
            for _ in range(12 if stretch == 10 else 20):
                starts.append(start)
                start, size = start + size, size * n(stretch)
            around = {int(mpmath.ceil(s)) + d for s in starts for d in (-1, 0, 1)}
            yield "restarts", (0.1, 0.01, 10, stretch, shrink), sorted(t for t in around if 0 <= t < 10**13)


def spec(name, arguments):
    if name == "restarts":
        a, b, length, stretch, shrink = arguments
        return f"repeat(cosine({a!r}, {b!r}, {length!r}), stretch={stretch!r}, shrink={shrink!r})"
    return f"{name}({', '.join(map(repr, arguments))})"


def main():
    lines = []
    for name, arguments, steps in cases():
        function = restarts(*arguments) if name == "restarts" else CURVES[name](*arguments)
        values = [mpmath.nstr(function(t), 21) for t in steps]
        lines.append(json.dumps({"spec": spec(name, arguments), "steps": steps, "values": values}))
    with open(os.path.join(os.path.dirname(__file__), "native.json"), "w") as file:
        file.write('{"versions": {"mpmath": "%s"}, "cases": [\n' % mpmath.__version__ + ",\n".join(lines) + "\n]}\n")


main()
