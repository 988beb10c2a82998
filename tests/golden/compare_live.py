# SPDX-License-Identifier: MIT
"""Random hyper-parameters, the program against the installed peers. Not part of the tests: it needs the peers.

    CALANDO=build/release/calando python3 tests/golden/compare_live.py torch 2000 [SEED]

Prints every case beyond the bounds, and a summary. Cases that the peer refuses have to be refused.
"""
import importlib
import json
import math
import os
import random
import subprocess
import sys
from collections import defaultdict

BOUNDS = {"closed": 1e-14, "recurrence": 1e-11, "float32": 2e-6}


def ask(cases, count):
    words = [os.environ["CALANDO"], "schedule", "--json", "--steps", str(count), *[case.text for case in cases]]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return [entry["lr"] for entry in json.loads(done.stdout)]
    if len(cases) == 1:
        return [done.stderr.strip()]
    return [ask([case], count)[0] for case in cases]


def difference(case, ours):
    scale = max((abs(value) for value in case.values if value is not None), default=1.0) or 1.0
    worst, where = 0.0, 0
    for step, value in enumerate(case.values):
        if value is None:
            continue
        apart = abs(ours[step] - value) / scale
        if not apart <= worst:
            worst, where = apart, step
    return worst, where


def main():
    name, wanted = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    source = importlib.import_module(f"peer_{name}").cases(random.Random(seed))
    worst, counts, bad = defaultdict(float), defaultdict(int), 0
    compared = 0
    while wanted > 0:
        batch = [next(source) for _ in range(min(50, wanted))]
        wanted -= len(batch)
        answers = ask(batch, max(len(case.values) for case in batch) or 1)
        for case, ours in zip(batch, answers):
            counts[case.name] += 1
            refused = isinstance(ours, str)
            if refused or not case.values:
                if refused and not case.values:
                    continue
                bad += 1
                print(f"REFUSED {'by us' if refused else 'by the peer only'}: {case.text}\n   {str(ours)[:200]}")
                continue
            apart, where = difference(case, ours)
            compared += len(case.values)
            worst[case.name, case.kind] = max(worst[case.name, case.kind], apart)
            bound = BOUNDS[case.kind] * (10 if case.kind == "recurrence" and len(case.values) > 1000 else 1)
            if not apart <= bound or math.isnan(apart):
                bad += 1
                print(f"APART {apart:.3g} at {where} of {len(case.values)}: {ours[where]!r}, peer {case.values[where]!r}\n   {case.text}")
    for (entry, kind), apart in sorted(worst.items()):
        print(f"{name}.{entry}\t{counts[entry]} cases\t{kind}\tlargest difference {apart:.3g}")
    print(f"{compared} steps compared, {bad} cases differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
