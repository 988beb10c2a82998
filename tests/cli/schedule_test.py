# SPDX-License-Identifier: MIT
import json

from program import ProgramCase


class ScheduleCase(ProgramCase):
    def test_cosine_annealing_of_the_readme(self):
        lines = self.succeed("schedule", "cosine(0.1, 0, 100)").splitlines()
        self.assertEqual(len(lines), 101)
        self.assertEqual([lines[0], lines[50], lines[100]], ["0\t0.1", "50\t0.05", "100\t0"])

    def test_several_columns_and_strides(self):
        lines = self.succeed("schedule", "linear(0, 1, 4)", "constant(2)", "--steps", "5", "--every", "2").splitlines()
        self.assertEqual(lines, ["0\t0\t2", "2\t0.5\t2", "4\t1\t2"])

    def test_shares_of_a_run_and_epochs(self):
        lines = self.succeed("schedule", "linear(0, 1, 50%) then constant(1)", "--steps", 8).splitlines()
        self.assertEqual(lines[2], "2\t0.5")
        self.assertEqual(lines[4], "4\t1")
        self.assertEqual(self.succeed("schedule", "linear(0, 1, 2ep)", "--epoch-steps", 2).splitlines()[-1], "4\t1")

    def test_json(self):
        (one,) = json.loads(self.succeed("schedule", "cosine(0.1, 0, 4)", "--json"))
        self.assertEqual(one["spec"], "cosine(0.1, 0, 4)")
        self.assertEqual(one["steps"], 5)
        self.assertEqual((one["lr"][0], one["lr"][2], one["lr"][4]), (0.1, 0.05, 0))

    def test_numbers_read_back(self):
        for line in self.succeed("schedule", "cosine(0.3, 0.1, 7)").splitlines():
            number = line.split("\t")[1]
            self.assertEqual(float(repr(float(number))), float(number))


class ScheduleWrongCase(ProgramCase):
    def test_a_schedule_without_an_end(self):
        self.fail_with(2, "schedule", "constant(0.1)", says=["constant(0.1)", "--steps"])

    def test_a_share_without_a_length(self):
        self.fail_with(2, "schedule", "cosine(0.1, 0, 50%)", says="column 16")

    def test_a_misspelt_name(self):
        self.fail_with(2, "schedule", "cosin(0.1, 0, 100)", says=["column 1", "cosin", 'did you mean "cosine"'])

    def test_text_that_is_not_a_call(self):
        self.fail_with(2, "schedule", "cosine(0.1, 0, 100", says="column 19")

    def test_a_length_below_zero(self):
        self.fail_with(2, "schedule", "cosine(0.1, 0, -100)", says=["column 16", "-100"])

    def test_a_misspelt_option(self):
        self.fail_with(2, "schedule", "cosine(0.1, 0, 100)", "--step", "5", says='did you mean "--steps"')

    def test_a_full_disk(self):
        with open("/dev/full", "w") as full:
            import subprocess

            from program import PROGRAM

            done = subprocess.run([PROGRAM, "schedule", "cosine(0.1, 0, 100)"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left on device", done.stderr)
