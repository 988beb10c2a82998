# SPDX-License-Identifier: MIT
import json
import struct
import subprocess

from program import PROGRAM, ProgramCase

# Two states of CSV 4-tuples: state, choice, target, probability, reward.
TRAP = "0,0,1,0.5,-1\n0,0,2,0.5,-1\n0,1,0,1,-1\n1,0,1,1,0\n2,0,2,1,-1\n"
PLUS_MINUS = "0,0,1,1,1\n1,0,0,1,-1\n"


class SolveCriteriaCase(ProgramCase):
    def model(self, *family):
        self.succeed("mdp", *family, "--out", "model.mdp")
        return "model.mdp"

    def values(self, *words):
        lines = self.succeed("solve", self.model(*words[0]), *words[1:]).splitlines()
        return [float(line.split("\t")[1]) for line in lines]

    def test_each_criterion(self):
        lake = ["frozen_lake"]
        self.assertAlmostEqual(self.values(lake, "--discount", 0.99)[0], 0.54202593200, delta=1e-6)
        self.assertAlmostEqual(self.values(lake, "--criterion", "total")[0], 14 / 17, delta=1e-6)
        self.assertAlmostEqual(self.values(["forest"], "--criterion", "average")[0], 3.24, delta=1e-6)
        self.assertEqual(self.values(["inventory"], "--criterion", "horizon=3"), [67 / 16, 129 / 16, 194 / 16, 227 / 16])
        self.assertEqual(self.values(["inventory"], "--criterion", "horizon=3", "--discount", 0), [0, 5, 6, 5])
        self.assertAlmostEqual(self.values(["gambler"], "--criterion", "reach=goal")[50], 0.4, delta=1e-6)
        lost = self.values(["gambler"], "--criterion", "reach=goal", "--avoid", "!goal")
        self.assertTrue(all(value < 1e-6 for value in lost[:100]) and lost[100] > 1 - 1e-6)
        nominal = self.values(["forest"], "--discount", 0.9)
        robust = self.values(["forest"], "--criterion", "robust", "--discount", 0.9, "--radius", 0.05)
        self.assertTrue(all(low < high for low, high in zip(robust, nominal)))

    def test_a_total_that_ends_at_a_label(self):
        # Two steps of cost 1 to the goal, where costs would go on.
        self.write("steps.tra", "3 3 3\n0 0 1 1\n1 0 2 1\n2 0 2 1\n")
        self.write("steps.srew", "3 3\n0 1\n1 1\n2 1\n")
        self.write("steps.lab", '0="init" 1="done"\n0: 0\n2: 1\n')
        words = ["solve", "steps.tra", "--minimise", "--criterion"]
        self.assertEqual([line.split("\t")[1] for line in self.succeed(*words, "total").splitlines()], ["inf"] * 3)
        ended = [float(line.split("\t")[1]) for line in self.succeed(*words, "total=done").splitlines()]
        for value, truth in zip(ended, (2, 1, 0)):
            self.assertAlmostEqual(value, truth, delta=1e-6)

    def test_every_state_lies_within_its_bounds(self):
        for line in self.succeed("solve", self.model("cliff"), "--criterion", "total").splitlines():
            state, value, lower, upper, choice = line.split("\t")
            self.assertTrue(float(lower) <= float(value) <= float(upper), line)

    def test_policies_of_all_steps(self):
        self.succeed("solve", self.model("inventory"), "--criterion", "horizon=3", "--policy", "P.npy")
        content = self.read("P.npy", "rb")
        self.assertIn(b"'shape': (3, 4)", content)
        self.assertEqual(struct.unpack("<4i", content[-48:-32]), (3, 0, 0, 0))

    def test_json_names_the_criterion(self):
        summary = json.loads(self.succeed("solve", self.model("forest"), "--criterion", "average", "--json"))
        self.assertEqual((summary["status"], summary["criterion"]), ("converged", "average"))

    def test_values_of_choices_and_bias(self):
        self.succeed("solve", self.model("forest"), "--discount", 0.9, "--choice-values", "Q.npy", "--values", "V.npy")
        q = struct.unpack("<6d", self.read("Q.npy", "rb")[-48:])
        v = struct.unpack("<3d", self.read("V.npy", "rb")[-24:])
        for state in range(3):
            self.assertAlmostEqual(max(q[2 * state:2 * state + 2]), v[state], delta=2e-6)
        self.succeed("solve", "model.mdp", "--criterion", "average", "--bias", "B.npy")
        self.assertIn(b"(3,)", self.read("B.npy", "rb"))

    def test_states_that_cannot_end_are_named(self):
        self.write("trap.csv", TRAP)
        done = self.run_program("solve", "trap.csv", "--criterion", "total")
        self.assertEqual(done.returncode, 0)
        self.assertEqual([line.split("\t")[1] for line in done.stdout.splitlines()], ["-inf", "0", "-inf"])
        self.assertIn("2 states have a total of -infinity", done.stderr)
        self.assertIn("0, 2", done.stderr)

    def test_a_time_limit_leaves_bounds(self):
        model = self.model("queue", "limit=60")
        done = self.run_program("solve", model, "--discount", 0.9999, "--method", "value-iteration", "--time-limit", 0.05)
        self.assertEqual(done.returncode, 3)
        self.assertIn("time_limit", done.stderr)
        lower, upper = (float(x) for x in done.stdout.splitlines()[0].split("\t")[2:4])
        truth = float(self.succeed("solve", model, "--discount", 0.9999).splitlines()[0].split("\t")[1])
        self.assertTrue(lower <= truth <= upper)

    def test_an_interrupt_leaves_bounds(self):
        model = self.model("queue", "limit=100")
        words = [PROGRAM, "solve", model, "--discount", "0.999999", "--method", "value-iteration", "--tolerance", "1e-9"]
        with subprocess.Popen(["timeout", "-s", "INT", "0.7", *words], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            out, err = process.communicate()
        self.assertIn("interrupted", err)
        lower, upper = (float(x) for x in out.splitlines()[0].split("\t")[2:4])
        self.assertTrue(lower < upper)
        self.assertEqual(len(out.splitlines()), 101 * 101)


class SolveCriteriaWrongCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.succeed("mdp", "forest", "--out", "forest.mdp")
        self.succeed("mdp", "frozen_lake", "--out", "lake.mdp")

    def refuse(self, *words, says, status=2):
        self.fail_with(status, "solve", *words, says=says)

    def test_discounts(self):
        for discount in (-0.1, 1, 1.5, "nan"):
            self.refuse("forest.mdp", "--discount", discount, says="--discount")
        self.refuse("forest.mdp", says="--discount is missing")
        self.refuse("forest.mdp", "--criterion", "total", "--discount", 0.9, says="takes none")
        self.refuse("forest.mdp", "--criterion", "average", "--discount", 0.9, says="takes none")
        self.refuse("forest.mdp", "--criterion", "horizon=3", "--discount", 1.1, says="--discount 1.1")

    def test_criteria(self):
        self.refuse("forest.mdp", "--criterion", "averge", says='did you mean "average"')
        self.refuse("forest.mdp", "--criterion", "horizon=0", says="a number of steps above 0")
        self.refuse("forest.mdp", "--criterion", "horizon", says="steps")
        self.refuse("forest.mdp", "--criterion", "reach", says="label")
        self.refuse("forest.mdp", "--criterion", "reach=top", says="label")
        self.refuse("forest.mdp", "--criterion", "average=3", says="takes no value")
        self.refuse("forest.mdp", "--criterion", "average", "--avoid", "old", says="--avoid old: --criterion average")
        self.refuse("lake.mdp", "--criterion", "reach=goal", "--avoid", "hle", says='did you mean "hole"')
        self.refuse("lake.mdp", "--criterion", "reach=goal", "--avoid", "!", says='no label ""')
        self.refuse("forest.mdp", "--criterion", "total=top", says="label")
        self.refuse("forest.mdp", "--criterion", "robust", "--discount", 0.9, says="radius")
        self.refuse("forest.mdp", "--criterion", "total", "--method", "value-iteration", says="not for the criterion total")

    def test_totals_without_meaning(self):
        self.write("both.csv", PLUS_MINUS)
        self.refuse("both.csv", "--criterion", "total", says="state 0: it is in an end component with rewards of both signs",
                    status=4)
