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


class ScheduleCompareCase(ProgramCase):
    def test_where_two_part(self):
        out = self.succeed("schedule", "--diff", "cosine(0.1, 0, 100)", "linear(0.1, 0, 100)").splitlines()
        rows = {line.split("\t")[0]: line.split("\t")[1:] for line in out}
        self.assertEqual(rows["compared"], ["101"])
        self.assertEqual(rows["different"], ["98"])
        self.assertEqual((rows["first"][0], rows["largest"][0], rows["last"][0]), ("1", "22", "99"))

    def test_two_that_are_the_same(self):
        out = self.succeed("schedule", "--diff", "step(1, 0.5, 3)", "decay(1, 0.5, 3, staircase=true)", "--steps", 50)
        self.assertEqual(out, "compared\t50\ndifferent\t0\nlargest_difference\t0\n")

    def test_an_endless_one_is_compared_up_to_the_other_ones_end(self):
        self.assertIn("compared\t101\n", self.succeed("schedule", "--diff", "cosine(1, 0, 100)", "constant(1)"))

    def test_json(self):
        one = json.loads(self.succeed("schedule", "--diff", "constant(1, 4)", "linear(1, 0, 4)", "--json"))
        self.assertEqual((one["compared"], one["different"], one["first"]["step"]), (5, 4, 1))

    def test_not_two(self):
        self.fail_with(2, "schedule", "--diff", "constant(1)", says="two schedules, not 1")


class ScheduleFitCase(ProgramCase):
    SPEC = "linear(0, 3e-04, 200) then cosine(3e-04, 3e-05, 800)"

    def fit(self, *words):
        out = self.succeed("schedule", "--fit", *words).splitlines()
        return dict(line.split("\t") for line in out)

    def test_digits_are_those_of_the_whole_log(self):
        """A log of four digits writes 0.1 and 6e-05 where the zeros end: neither was rounded to one digit."""
        spec = "linear(0, 6e-04, 100) then constant(6e-04, length=3000) then linear(6e-04, 6e-05, 900)"
        rows = [line.split("\t") for line in self.succeed("schedule", spec, "--every", 20).splitlines()]
        log = self.path("four.tsv")
        with open(log, "w") as file:
            file.writelines(f"{step}\t{float(rate):.4g}\n" for step, rate in rows[1:] if not 1000 < int(step) < 1400)
        found = json.loads(self.succeed("schedule", "--json", "--fit", log))
        self.assertEqual((found["schedule"], found["reproduces"]), (spec, True))
        self.assertLess(found["largest_difference"], 1e-18)

    def test_a_log_of_our_own(self):
        self.write("log.tsv", self.succeed("schedule", self.SPEC))
        found = self.fit("log.tsv")
        self.assertEqual(found["schedule"], self.SPEC)
        self.assertEqual((found["points"], found["reproduces"]), ("1001", "yes"))

    def test_a_log_with_a_header_commas_comments_and_few_digits(self):
        rows = [line.split("\t") for line in self.succeed("schedule", self.SPEC, "--every", 7).splitlines()]
        text = "step,lr\n# a comment\n" + "".join(f"{step},{float(rate):.4g}\n" for step, rate in rows)
        self.write("log.csv", text)
        found = self.fit("log.csv")
        self.assertEqual(found["schedule"], self.SPEC)
        self.assertLessEqual(float(found["largest_difference"]), 5.01e-8)

    def test_a_log_that_is_no_schedule(self):
        self.write("log.tsv", "".join(f"{t}\t{0.1 + (t * 7919 % 101) / 1010:.6f}\n" for t in range(60)))
        self.assertEqual(self.fit("log.tsv")["reproduces"], "no")

    def test_json(self):
        self.write("log.tsv", self.succeed("schedule", "cosine(0.1, 0, 50)"))
        self.assertEqual(json.loads(self.succeed("schedule", "--fit", "log.tsv", "--json"))["schedule"], "cosine(0.1, 0, 50)")

    def test_wrong_logs(self):
        for text, says in (("0\t0.1\n1\tx\n", 'log.tsv:2: rate "x"'), ("0\t0.1\n0\t0.2\n", "log.tsv:2: step 0 is not behind"),
                           ("0\t0.1\n1.5\t0.2\n", 'log.tsv:2: step "1.5"'), ("0\t0.1\n1\t-2\n", 'log.tsv:2: rate "-2"'),
                           ("0\t0.1\n1\tnan\n", 'log.tsv:2: rate "nan"'), ("0\n1\n", "log.tsv:1: one column"),
                           ("", "expected two or more")):
            self.write("log.tsv", text)
            self.fail_with(4, "schedule", "--fit", "log.tsv", says=says)
        self.fail_with(4, "schedule", "--fit", "none.tsv", says="none.tsv")
        self.fail_with(2, "schedule", "--fit", "log.tsv", "constant(1)", says="--fit")


class SchedulePictureCase(ProgramCase):
    def test_several_schedules_with_a_legend(self):
        self.succeed("schedule", "cosine(0.1, 0, 100)", "repeat(cosine(0.1, 0, 10), 3, stretch=2)", "--plot", "a.svg")
        picture = self.read("a.svg")
        self.assertTrue(picture.startswith("<svg") or picture.startswith("<?xml"))
        for text in ("cosine(0.1, 0, 100)", "repeat(cosine(0.1, 0, 10), 3, stretch=2)", "step", "learning rate"):
            self.assertIn(text, picture)

    def test_an_endless_one_is_drawn_as_far_as_the_others(self):
        self.succeed("schedule", "cosine(0.1, 0, 100)", "torch.CosineAnnealingWarmRestarts(lr=0.1, T_0=10, T_mult=2)",
                     "torch.OneCycleLR(max_lr=0.1, total_steps=100)", "--plot", "a.svg")
        self.assertIn("T_mult=2", self.read("a.svg"))

    def test_in_the_terminal(self):
        self.assertGreater(len(self.succeed("schedule", "cosine(0.1, 0, 100)", "--ascii").splitlines()), 10)


class ScheduleWrongCase(ProgramCase):
    def test_a_schedule_without_an_end(self):
        self.fail_with(2, "schedule", "constant(0.1)", says=["constant(0.1)", "--steps"])

    def test_what_cannot_be_a_schedule(self):
        cases = [
            ("cosine(nan, 0, 100)", 8, "from = nan"), ("cosine(inf, 0, 100)", 8, "from = inf, expected from >= 0, finite"),
            ("cosine(-0.1, 0, 100)", 8, "from = -0.1"), ("constant(-1)", 10, "value = -1"), ("-1", 1, "-1"),
            ("cosine(0.1, 0, 0)", 16, "length = 0"), ("cosine(0.1, 0, -100)", 16, "length = -100"),
            ("linear(0, 1, 5) then cosine(0.1, 0, -5)", 37, "length = -5"),
            ("clamped(cosine(0.1, 0, 9), 0.2, 0.1)", 33, "high = 0.1"), ("wsd(0.1, 1, 1, 1, floor=0.2)", 25, "floor = 0.2"),
            ("restarts(0.1, 0.2, 10)", 15, "low = 0.2"), ("cyclic(0.5, 0.1, 10)", 13, "high = 0.1"),
            ("exponential(0.1, 0, 5)", 18, "to = 0"), ("tri_stage(1, 1, 1, 1, end_scale=0)", 33, "end_scale = 0"),
            ("cosin(0.1, 0, 100)", 1, 'did you mean "cosine"'), ("cosine(0.1, 0, 100, powr=2)", 21, 'did you mean "power"'),
            ("cosine(0.1, 0)", 1, "length is missing"), ("one_cycle()", 1, "peak is missing"),
            ("cosine(0.1, 0, 100, 1, 1, 1)", 27, "at most 5"), ("cosine(0.1, 0, 50%)", 16, "length is not known"),
            ("cosine(0.1, 0, 2ep)", 16, "epoch"), ("multi_step(0.1, 0.5, [60, 30])", 27, "30 is not behind"),
            ("multi_step(0.1, 0.5, [30, 30])", 27, "30 is not behind"), ("multi_step(0.1, 0.5, 30)", 22, "a list of steps"),
            ("piecewise([0, 5], [0.1])", 19, "one value for each"), ("cosine(0.1, 0, 1e19)", 16, "length = 1e+19"),
            ("constant(1) then constant(2)", 1, "has no end"), ("repeat(constant(1), 3)", 1, "has no end"),
            ("repeat(constant(1, 5), 2.5)", 1, "times = 2.5"), ("repeat(cosine(1, 0, 9), inf, 0.5)", 1, "stretch = 0.5"),
            ("cosine(0.1, 0, 100", 19, "')'"), ("cosine(0.1, 0, 100))", 20, ""), ("", 1, ""), ("cosine(0.1, from=1)", 18, "twice"),
            ("one_cycle(0.1, 100, phases=2.5)", 28, "2 or 3"), ("wave(0.1, 0, 10, shape=triangle)", 24, "cosine or linear"),
        ]
        for spec, column, says in cases:
            with self.subTest(spec):
                self.fail_with(2, "schedule", spec, says=[f"column {column}", says])

    def test_steps_beyond_what_can_be_counted(self):
        self.fail_with(2, "schedule", "cosine(0.1, 0, 100)", "--steps", "9223372036854775808", says="--steps")
        self.fail_with(2, "schedule", "cosine(0.1, 0, 9e18)", says="too long")

    def test_a_misspelt_option(self):
        self.fail_with(2, "schedule", "cosine(0.1, 0, 100)", "--step", "5", says='did you mean "--steps"')

    def test_a_full_disk(self):
        with open("/dev/full", "w") as full:
            import subprocess

            from program import PROGRAM

            done = subprocess.run([PROGRAM, "schedule", "cosine(0.1, 0, 100)"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left on device", done.stderr)
