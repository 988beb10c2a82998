# SPDX-License-Identifier: MIT
"""A run that was killed and resumed writes the same bytes as one that was not, whenever it was killed."""
import os
import random
import shutil
import signal
import subprocess
import time
import unittest

from program import PROGRAM
from resuming import ResumingProgramCase

SEED = int(os.environ.get("RESUME_SEED", random.randrange(10**6)))


class KilledCase(ResumingProgramCase):
    def test_at_five_random_steps(self):
        print("seed", SEED, flush=True)
        self.succeed(*self.words, "whole")
        rng = random.Random(SEED)
        for i in range(5):
            step = rng.randrange(1, self.steps)
            run = f"killed-{i}"
            self.kill_at(run, step, "--checkpoint-seconds", rng.choice(["0", "0.01", "60"]))
            with self.subTest(seed=SEED, step=step):
                self.assertEqual(self.resume(run), self.sha256("whole"))
                self.assert_log_is_whole(run)

    def test_again_and_again(self):
        self.succeed(*self.words, "whole")
        for step in (40, 90, 140, 260):
            self.kill_at("run", step, "--checkpoint-seconds", "0.005", *(["--resume"] if step > 40 else []))
        self.assertEqual(self.resume("run"), self.sha256("whole"))

    def test_before_the_first_checkpoint(self):
        self.succeed(*self.words, "whole")
        self.kill_at("run", 5)
        for name in os.listdir(self.path("run")):
            if name.startswith("checkpoint"):
                os.remove(self.path("run/" + name))
        self.assertEqual(self.resume("run"), self.sha256("whole"))
        self.assert_log_is_whole("run")


class KilledAtRenameCase(ResumingProgramCase):
    @unittest.skipIf(os.environ.get("SANITIZED") == "1", "the sanitizer's runtime has to be loaded first")
    def test_before_and_after_each_of_the_first_renames(self):
        self.succeed(*self.words, "whole")
        for when in ("before", "after"):
            for at in (1, 2, 3, 6):
                run = f"{when}-{at}"
                shim = {"LD_PRELOAD": os.environ["KILL_AT_RENAME_LIBRARY"], "KILL_AT_RENAME": str(at), "KILL_WHEN": when}
                done = self.run_program(*self.words, run, environment=shim)
                with self.subTest(when=when, at=at):
                    self.assertEqual(done.returncode, -signal.SIGKILL)
                    self.assertEqual(self.resume(run), self.sha256("whole"))


class SameBytesCase(ResumingProgramCase):
    def test_for_any_number_of_threads(self):
        for threads in (1, 2, 3):
            self.succeed(*self.words, f"t{threads}", "--threads", threads)
        self.assertEqual(len({self.sha256(f"t{threads}") for threads in (1, 2, 3)}), 1)

    def test_when_resumed_with_other_threads(self):
        self.succeed(*self.words, "whole", "--threads", 1)
        self.kill_at("run", 150, "--threads", "2", "--checkpoint-seconds", "0.01")
        self.assertEqual(self.resume("run", "--threads", 1), self.sha256("whole"))

    def test_another_seed_gives_other_bytes(self):
        self.succeed(*self.words, "one")
        self.succeed(*self.words, "two", "--seed", 2)
        self.assertNotEqual(self.sha256("one"), self.sha256("two"))


class AnotherRunsCheckpointCase(ResumingProgramCase):
    def test_is_named_and_refused(self):
        own = self.words
        for old, new, says in (("adam(weight_decay=0.01)", "lion", 'it is of rule "lion", expected "adam"'),
                               ("mlp(48, 24, activation=gelu, dropout=0.2)", "mlp(48, 25, activation=gelu, dropout=0.2)", 'weights of "layer')):
            self.succeed(*own, "own", "--overwrite")
            os.remove(self.path("own/summary.json"))    # which says that the run has ended
            self.succeed(*[new if word == old else word for word in own], new)
            for name in ("checkpoint-a.safetensors", "checkpoint-b.safetensors"):
                shutil.copy(self.path(f"{new}/{name}"), self.path("own"))
            done = self.run_program(*own, "own", "--resume")
            with self.subTest(new):
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assertIn("own: a checkpoint of another run: ", done.stderr)
                self.assertIn(says, done.stderr)


class InterruptedCase(ResumingProgramCase):
    def test_ctrl_c_saves_and_exits_130(self):
        self.succeed(*self.words, "whole")
        process = subprocess.Popen([PROGRAM, *self.words, "run"], cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        while process.poll() is None and self.last_logged_step("run") < 30:
            time.sleep(0.0005)
        process.send_signal(signal.SIGINT)
        _, message = process.communicate()
        self.assertEqual(process.returncode, 130)
        self.assertIn("--resume", message)
        self.assertEqual(self.resume("run"), self.sha256("whole"))
