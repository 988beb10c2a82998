# SPDX-License-Identifier: MIT
"""What the peers' schedules are compared on: cases of random hyper-parameters, edges included.

A peer's file (peer_torch.py, ...) has PEER, VERSION, KIND and cases(random): an endless supply of Case, each a text that
calando reads and the peer's own values at steps 0, 1, 2, ...
"""
from dataclasses import dataclass


@dataclass
class Case:
    name: str        # the class
    text: str        # what calando is given
    values: list     # the peer's numbers at t = 0, 1, 2, ...; None: not compared
    kind: str        # closed (double), recurrence (double), float32


def call(path, *positional, **named):
    """The text of a call, as a person would write it."""
    words = [text(value) for value in positional]
    words += [f"{name}={text(value)}" for name, value in named.items()]
    return f"{path}({', '.join(words)})"


class Name(str):
    """A text that stands for itself: a nested call, a variable."""


def text(value):
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(key)}: {text(item)}" for key, item in value.items()) + "}"
    return repr(value)


def rate(random):
    return random.choice([0.1, 0.001, 3e-4, 1.0, 0.05, round(10 ** random.uniform(-5, 0.5), random.randint(3, 9))])


def share(random):
    return random.choice([0.0, 0.1, 0.5, 1.0, round(random.random(), 3), random.random()])


def steps(random, least=1):
    return random.choice([least, least + 1, 5, 10, 100, random.randint(least, 30), random.randint(least, 300), random.randint(least, 2000)])


def some(random, **named):
    """Each argument or not: what is left out keeps the peer's default."""
    return {name: value for name, value in named.items() if random.random() < 0.6}


def edges(random, length, wanted):
    """Steps worth keeping of `length` values: the first, the last, around what changes, and some at random."""
    keep = {0, 1, 2, length - 1}
    while len(keep) < min(wanted, length):
        keep.add(random.randrange(length))
    return sorted(step for step in keep if 0 <= step < length)


def without_restarts(values, first, stretch, shift=0, tolerance=1e-9):
    """None for the steps at the joints of stretched cycles: there peers round a logarithm, and are a cycle off."""
    if stretch == 1:
        return values
    values = list(values)
    start, length = shift + 0.0, float(first)
    while start < len(values):
        for step in (int(start) - 1, int(start), int(start) + 1):
            if 0 <= step < len(values) and abs(step - start) <= tolerance * max(1.0, step) and step > shift:
                values[step] = None
        start, length = start + length, length * stretch
        if stretch < 1 and length < 1e-6:
            break
    return values
