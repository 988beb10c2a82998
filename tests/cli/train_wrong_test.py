# SPDX-License-Identifier: MIT
"""Wrong words, resumes and machines of a training run (files: train_wrong_data_test.py): its message, its exit status, and that nothing is lost."""
import os
import subprocess

import data
from program import PROGRAM, ProgramCase


class WrongWordsCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.write("t.csv", data.table())

    def train(self, says, *words):
        self.fail_with(2, "train", "t.csv", "--target", "class", "--out", "run", *words, says=says)
        self.assertFalse(os.path.exists(self.path("run/model.safetensors")))

    def test_an_unknown_optimizer(self):
        self.train(["adm", 'did you mean "adam"'], "--optimizer", "adm")

    def test_an_unknown_option_of_an_optimizer(self):
        self.train(["beta3", "column 6", "did you mean"], "--optimizer", "adam(beta3=0.9)")

    def test_an_option_out_of_range(self):
        self.train(["beta1", "1.5"], "--optimizer", "adam(beta1=1.5)")

    def test_a_negative_rate(self):
        self.train(["-0.1"], "--schedule", "constant(-0.1)")

    def test_a_schedule_that_does_not_parse(self):
        self.train(["column 17"], "--schedule", "cosine(0.1, 0, )()")

    def test_a_rate_in_both_places(self):
        self.train(["lr", "--schedule"], "--optimizer", "adam(lr=0.01)", "--schedule", "constant(0.1)")

    def test_a_controller_under_schedule(self):
        self.train(["--plateau"], "--schedule", "plateau(patience=3)")

    def test_an_unknown_model(self):
        self.train(["sofmax", 'did you mean "softmax"'], "--model", "sofmax")

    def test_a_model_for_the_other_task(self):
        self.train(["linear", "classification"], "--model", "linear")

    def test_patience_without_validation(self):
        self.train(["--patience", "--validation"], "--patience", 3, "--validation", 0)

    def test_no_epochs(self):
        self.train(["--epochs", "0"], "--epochs", 0)

    def test_a_misspelt_option(self):
        self.train('did you mean "--epochs"', "--epoch", 3)

    def test_a_folder_that_exists(self):
        os.mkdir(self.path("run"))
        self.train(["run", "--overwrite", "--resume"])

    def test_overwrite_and_resume_together(self):
        self.train(["--overwrite", "--resume"], "--overwrite", "--resume")


class WrongResumeCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.write("t.csv", data.table())
        self.words = ["train", "t.csv", "--target", "class", "--out", "run", "--epochs", "3"]
        self.succeed(*self.words)
        self.before = {name: self.read("run/" + name, "rb") for name in os.listdir(self.path("run"))}

    def assert_untouched(self):
        self.assertEqual(self.before, {name: self.read("run/" + name, "rb") for name in os.listdir(self.path("run"))})

    def test_with_another_option(self):
        self.fail_with(2, *self.words, "--resume", "--batch", 64, says=["--batch", "64", "128"])
        self.assert_untouched()

    def test_with_another_model(self):
        self.fail_with(2, *self.words, "--resume", "--model", "mlp(8)", says=["--model", "mlp(8)"])
        self.assert_untouched()

    def test_with_other_data(self):
        self.write("t.csv", data.table(seed=2))
        self.fail_with(2, *self.words, "--resume", says=["t.csv", "other data"])
        self.assert_untouched()

    def test_of_a_finished_run(self):
        done = self.run_program(*self.words, "--resume")
        self.assertEqual(done.returncode, 0)
        self.assertIn("finished", done.stderr)
        self.assertIn("train_loss\t", done.stdout)
        self.assert_untouched()


class DivergedCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.write("t.csv", data.table())
        self.words = ["train", "t.csv", "--target", "class", "--out", "run", "--model", "mlp(8)", "--optimizer", "sgd"]

    def test_goes_back_three_times_and_ends_with_status_3(self):
        done = self.run_program(*self.words, "--schedule", "constant(0.1, 1ep) then constant(1e30)")
        self.assertEqual(done.returncode, 3, done.stderr)
        for rollback in (1, 2, 3):
            self.assertIn(f"back to the end of epoch 1, with {0.5 ** rollback:g} of the schedule's rate (rollback {rollback} of 3)",
                          done.stderr)
        self.assertIn("diverged\t1\n", done.stdout)
        self.assertNotIn("nan", done.stdout)
        self.succeed("predict", "run", "t.csv")

    def test_a_rate_that_is_zero_too_early_is_warned_of(self):
        done = self.run_program(*self.words, "--schedule", "cosine(0.1, 0, 50%)")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("calando: warning: schedule cosine(0.1, 0, ", done.stderr)
        self.assertIn("nothing is learnt in the last 50 % of the run", done.stderr)


class LockedCase(ProgramCase):
    def test_two_processes_in_one_folder(self):
        self.write("t.csv", data.table())
        words = ["train", "t.csv", "--target", "class", "--out", "run"]
        first = subprocess.Popen([PROGRAM, *words, "--steps", "100000000"], cwd=self.folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        try:
            while not os.path.exists(self.path("run/log.jsonl")):
                self.assertIsNone(first.poll())
            self.fail_with(2, *words, "--overwrite", says=["run", "another process is training in it"])
        finally:
            first.kill()
            first.wait()
        self.succeed(*words, "--overwrite", "--epochs", 1)    # the lock went with its process


class FullDiskCase(ProgramCase):
    def test_the_last_good_checkpoint_survives(self):
        """A limit on the size of files stands for a full disk: the model is larger than the limit."""
        os.mkdir(self.path("d"))
        data.image_folder(lambda name, content: self.write("d/" + name, content))
        words = ["train", "d", "--model", "mlp(64)", "--epochs", "4", "--out"]
        self.succeed(*words, "whole")
        self.run_program(*words, "run", "--steps", 1)
        limited = ["sh", "-c", 'ulimit -f 16; trap "" XFSZ; exec "$@"', "sh", PROGRAM, *words, "limited"]
        done = subprocess.run(limited, cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("limited/", done.stderr)
        self.assertIn("File too large", done.stderr)
        self.assertEqual([name for name in os.listdir(self.path("limited")) if "tmp" in name], [])
        self.succeed(*words, "limited", "--resume")
        self.assertEqual(self.read("limited/model.safetensors", "rb"), self.read("whole/model.safetensors", "rb"))
