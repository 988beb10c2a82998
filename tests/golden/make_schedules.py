# SPDX-License-Identifier: MIT
"""Writes the peers' own numbers into schedules/PEER.json, for tests/cli/schedule_golden_test.py.

    python3 tests/golden/make_schedules.py torch optax transformers timm keras mlx deepspeed megatron fairseq llmc ensmallen

Needs the peers that are named (see peer_*.py): each runs its own code. The hyper-parameters are random, with a seed; a
peer's classes have equally many cases, and a case keeps its edges and some steps between.
"""
import importlib
import json
import os
import random
import sys
from collections import Counter

from schedule_cases import edges

CASES = 9       # of a class
STEPS = 14      # of a case
SEED = 20170813


def interesting(case, source):
    """Around the steps where something begins or ends: where the way the values go changes most."""
    values = [value if value is not None else 0.0 for value in case.values]
    bends = sorted(range(1, len(values) - 1), key=lambda t: -abs(values[t - 1] - 2 * values[t] + values[t + 1]))
    keep = {step + near for step in bends[:3] for near in (-1, 0, 1)} | set(edges(source, len(values), STEPS))
    return sorted(step for step in keep if 0 <= step < len(values) and case.values[step] is not None)


def golden(name):
    module = importlib.import_module(f"peer_{name}")
    source = random.Random(SEED)
    counts, cases, texts = Counter(), [], set()
    for case, _ in zip(module.cases(source), range(60 * CASES)):
        if not case.values or counts[case.name] >= CASES * (4 if case.name in ("SequentialLR", "ChainedScheduler", "OptimizerParamScheduler") else 1) or case.text in texts:
            continue
        counts[case.name] += 1
        texts.add(case.text)
        steps = interesting(case, source)
        cases.append({"class": case.name, "kind": case.kind, "text": case.text, "steps": steps, "values": [case.values[step] for step in steps],
                      "largest": max(abs(value) for value in case.values if value is not None)})
    return {"peer": module.PEER, "version": module.VERSION, "cases": cases}


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schedules")
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[1:]:
        made = golden(name)
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            lines = ",\n  ".join(json.dumps(case) for case in made["cases"])
            file.write(f'{{"peer": "{made["peer"]}", "version": "{made["version"]}", "cases": [\n  {lines}\n]}}\n')
        print(name, made["version"], len(made["cases"]), "cases")


if __name__ == "__main__":
    main()
