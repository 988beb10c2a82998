# SPDX-License-Identifier: MIT
"""Peers' own numbers, written by tests/golden/make_schedules.py, against the program."""
import glob
import json
import os

from program import ProgramCase

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "schedules")
# Shares of a schedule's largest value.
BOUNDS = {"closed": 1e-14, "recurrence": 1e-11, "float32": 2e-6}
FAR = 1000    # steps of a recurrence, behind which its bound is ten times as wide


class GoldenScheduleCase(ProgramCase):
    def compare(self, cases):
        """The largest difference, as a share of the schedule's largest value; fails where a bound is passed."""
        count = max(case["steps"][-1] for case in cases) + 1
        answers = json.loads(self.succeed("schedule", "--json", "--steps", count, *[case["text"] for case in cases]))
        worst = 0.0
        for case, answer in zip(cases, answers):
            for step, value in zip(case["steps"], case["values"]):
                apart = abs(answer["lr"][step] - value) / (case["largest"] or 1.0)
                bound = BOUNDS[case["kind"]] * (10 if case["kind"] == "recurrence" and step > FAR else 1)
                self.assertLessEqual(apart, bound, f'{case["text"]} at step {step}: {answer["lr"][step]!r}, the peer has {value!r}')
                worst = max(worst, apart)
        return worst

    def test_every_class_at_every_kept_step(self):
        files = sorted(glob.glob(os.path.join(GOLDEN, "*.json")))
        self.assertGreaterEqual(len(files), 11)
        total = 0
        for name in files:
            with open(name) as file:
                golden = json.load(file)
            cases = sorted(golden["cases"], key=lambda case: case["steps"][-1])
            self.assertGreater(len(cases), 0)
            worst = max(self.compare(cases[start:start + 40]) for start in range(0, len(cases), 40))
            points = sum(len(case["steps"]) for case in cases)
            total += points
            classes = len({case["class"] for case in cases})
            print(f'{golden["peer"]} {golden["version"]}: {classes} classes, {len(cases)} cases, {points} values, '
                  f"largest difference {worst:.3g}", flush=True)
        print(f"{total} values (peer, class, hyper-parameters, step) compared")
