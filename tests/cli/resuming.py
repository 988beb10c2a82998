# SPDX-License-Identifier: MIT
"""A training run that can be killed at a step and resumed."""
import hashlib
import json
import os
import signal
import subprocess
import time

import data
from program import PROGRAM, ProgramCase


class ResumingProgramCase(ProgramCase):
    """Images, dropout, averaging, early stopping and groups: everything that has a state."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("d"))
        data.image_folder(lambda name, content: self.write("d/" + name, content), rows=4000)
        self.words = ["train", "d", "--model", "mlp(48, 24, activation=gelu, dropout=0.2)", "--optimizer",
                      "adam(weight_decay=0.01)", "--epochs", "6", "--batch", "32", "--validation", "0.2", "--average", "0.99",
                      "--patience", "6", "--clip", "1", "--accumulate", "2", "--log-every", "5", "--quiet", "--out"]
        self.steps = 6 * 50

    def sha256(self, run):
        return hashlib.sha256(self.read(run + "/model.safetensors", "rb")).hexdigest()

    def resume(self, run, *more):
        self.succeed(*self.words, run, "--resume", *more)
        return self.sha256(run)

    def assert_log_is_whole(self, run):
        """Each step is logged once, in order, as in an uninterrupted run."""
        lines = [line for line in map(json.loads, self.read(run + "/log.jsonl").splitlines()) if "lr" in line]
        steps = [line["step"] for line in lines if "metric" not in line]
        self.assertEqual(steps, list(range(5, self.steps + 1, 5)))
        epochs = [line["epoch"] for line in lines if "metric" in line]
        self.assertEqual(epochs, list(range(1, 7)))

    def last_logged_step(self, run):
        try:
            lines = self.read(run + "/log.jsonl").splitlines()
            return max((json.loads(line).get("step", 0) for line in lines if line.endswith("}")), default=0)
        except FileNotFoundError:
            return 0

    def kill_at(self, run, step, *more):
        """Starts a run and kills it once log.jsonl shows the step."""
        process = subprocess.Popen([PROGRAM, *self.words, run, *more], cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while process.poll() is None and self.last_logged_step(run) < step:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
        process.wait()
