# SPDX-License-Identifier: MIT
import json
import os
import re
import signal
import struct
import subprocess
import time

from program import PROGRAM, ProgramCase

FORMATS = {"gymnasium": "m.json", "prism": "m.tra", "drn": "m.drn", "petsc": "m_P.bin", "tuples": "m.csv",
           "cassandra": "m.MDP", "native": "m.mdp",
           "umb": "m.umb"}


def numbers_of(content):
    """The float64 of an .npy file of one dimension."""
    size = int.from_bytes(content[8:10], "little")
    return struct.unpack(f"<{(len(content) - 10 - size) // 8}d", content[10 + size:])


class MdpConvertCase(ProgramCase):
    def test_every_format_to_every_other(self):
        self.succeed("mdp", "frozen_lake", "--out", "lake.mdp")
        truth = [float(line.split("\t")[1]) for line in self.succeed("solve", "lake.mdp", "--discount", 0.99).splitlines()]
        previous = "lake.mdp"
        for step, (name, file) in enumerate([*FORMATS.items(), *reversed(FORMATS.items())]):
            path = f"{step}{file}"
            self.succeed("mdp", previous, "--to", name, "--out", path)
            values = [float(line.split("\t")[1]) for line in self.succeed("solve", path, "--discount", 0.99).splitlines()]
            for state, value in enumerate(truth):
                self.assertAlmostEqual(values[state], value, delta=2e-6, msg=f"{path}, state {state}")
            previous = path

    def test_says_what_it_understood(self):
        self.write("m.POMDP", "discount: 0.9\nvalues: cost\nstates: 2\nactions: 1\nobservations: 1\nT: 0 identity\n"
                              "O: 0 uniform\nR: 0 : 1 : * : * 4\n")
        done = self.run_program("mdp", "m.POMDP", "--to", "drn")
        self.assertEqual(done.returncode, 0)
        for text in ("m.POMDP (cassandra): 2 states, 2 choices, 2 transitions, rewards from 0 to 4", "--discount 0.9",
                     "--minimise"):
            self.assertIn(text, done.stderr)
        self.assertIn("state 1 [0]\n\taction 0 [4]\n\t\t1 : 1\n", done.stdout)
        facts = json.loads(self.succeed("mdp", "m.POMDP", "--out", "m.mdp", "--json"))
        self.assertEqual((facts["format"], facts["states"], facts["highest_reward"]), ("cassandra", 2, 4))

    def test_a_pipe_has_any_format_of_one_file(self):
        lake = self.succeed("mdp", "frozen_lake", "--to", "gymnasium")
        through = self.succeed("mdp", "-", "--to", "gymnasium", stdin=lake)
        self.assertEqual(json.loads(through), json.loads(lake))
        self.assertEqual(len(self.succeed("solve", "-", "--discount", 0.9, stdin=lake).splitlines()), 16)


class MdpWrongCase(ProgramCase):
    def test_words(self):
        self.fail_with(2, "mdp", "forrest", says='did you mean "forest"')
        self.fail_with(2, "mdp", "forest", "--to", "dnr", says='no format "dnr"; did you mean "drn"?')
        self.fail_with(2, "mdp", "forest(states=1)", says="states = 1")
        self.fail_with(2, "mdp", "forest", "--to", "prism", says="makes 2 files: --out FILE")
        self.fail_with(2, "mdp", "forest", "--to", "petsc", "--out", "costs.bin", says="with a P")
        self.fail_with(2, "mdp", "forest", "--json", says="--out FILE")
        self.fail_with(4, "mdp", "nowhere.tra", "--to", "drn", says="nowhere.tra")
        self.write("m.csv", "0,0,0,1\n")
        self.fail_with(2, "mdp", "m.csv", "states=3", says='"states=3" after a file')

    def test_files(self):
        for name, content, says in [
                ("m.csv", "0,0,0,.98\n", "m.csv: state 0, choice 0: probabilities sum to 0.98"),
                ("m.csv", "0,0,7,1\n", "m.csv:1: target 7, but there are 1 states"),
                ("m.csv", "0,0,0,-1\n", "m.csv:1: probability -1"),
                ("m.csv", "0,0,0,nan\n", 'm.csv:1: a probability "nan"'),
                ("m.tra", "2 2 2\n0 0 1 1\n", "m.tra:2: the file ends after 1 states"),
                ("m.drn", "@type: MDP\n@nr_states\n1\n@model\nstate 0\n\taction 0\n\t\t3 : 1\n", "m.drn:7: target 3"),
                ("m.json", '{"0": {"0": [[1.0, 0, 1.0', "m.json at byte 25"),
                ("m.MDP", "discount: 1\nstates: 2\nactions: 1\nT: 0\n1 0\n", "m.MDP:6"),
                ("m.txt", "hello\n", "m.txt: not a model")]:
            self.write(name, content)
            for command in (("mdp", name, "--to", "drn"), ("solve", name, "--discount", 0.9)):
                self.fail_with(4, *command, says=says)

    def test_truncated_native_form(self):
        self.succeed("mdp", "forest", "--out", "m.mdp")
        whole = self.read("m.mdp", "rb")
        for size in (9, len(whole) // 2, len(whole) - 1):
            self.write("m.mdp", whole[:size])
            self.fail_with(4, "solve", "m.mdp", "--discount", 0.9, says="m.mdp")


class SolveStoppedCase(ProgramCase):
    """What is stopped still leaves bounds that hold."""

    def setUp(self):
        super().setUp()
        self.succeed("mdp", "queue", "limit=100", "--out", "queue.mdp")
        self.slow = ["solve", "queue.mdp", "--discount", "0.99999", "--method", "value-iteration", "--tolerance", "1e-9",
                     "--lower", "L.npy", "--upper", "U.npy"]

    def check_bounds(self):
        self.succeed("solve", "queue.mdp", "--discount", "0.99999", "--tolerance", "1e-2", "--lower", "l.npy", "--upper",
                     "u.npy")
        lower, upper, low, high = (numbers_of(self.read(name, "rb")) for name in ("L.npy", "U.npy", "l.npy", "u.npy"))
        self.assertEqual(len(lower), 101 * 101)
        for state, bounds in enumerate(zip(lower, upper, low, high)):
            self.assertTrue(bounds[0] <= bounds[3] and bounds[2] <= bounds[1], f"state {state}: {bounds}")
            self.assertTrue(bounds[0] <= bounds[1])

    def test_interrupt(self):
        with subprocess.Popen([PROGRAM, *self.slow], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            while not self.catches_interrupts(process.pid):
                self.assertIsNone(process.poll())
                time.sleep(0.01)
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("interrupted: value-iteration", err)
        self.assertEqual(len(out.splitlines()), 101 * 101)
        self.check_bounds()

    @staticmethod
    def catches_interrupts(pid):
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            caught = int(re.search(r"SigCgt:\s*([0-9a-f]+)", file.read()).group(1), 16)
        return caught >> (signal.SIGINT - 1) & 1 == 1

    def test_time_limit(self):
        done = self.run_program(*self.slow, "--time-limit", 0.3, "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        summary = json.loads(done.stdout)
        self.assertEqual(summary["status"], "time_limit")
        self.assertGreater(summary["gap"], 2e-9)
        self.check_bounds()


class SolvePictureCase(ProgramCase):
    def test_a_grid_with_arrows(self):
        grid = self.succeed("mdp", "grid", "rows=3", "columns=4", "--to", "drn")
        self.write("grid.drn", grid)
        self.succeed("mdp", "grid", "rows=3", "columns=4", "--out", "grid.mdp")
        self.succeed("solve", "grid.mdp", "--criterion", "total", "--plot", "native.svg", "--title", "a grid")
        self.succeed("solve", "grid.drn", "--criterion", "total", "--plot", "drn.svg", "--title", "a grid", "--grid", 4,
                     "--arrows", "<v>^")
        picture = self.read("native.svg")
        self.assertEqual(self.read("drn.svg"), picture)
        self.assertTrue(picture.startswith("<svg"))
        self.assertIn(">goal<", picture)
        self.succeed("solve", "grid.drn", "--criterion", "total", "--plot", "numbers.svg", "--grid", 4)
        self.assertIn("1: ", self.read("numbers.svg"))

    def test_what_bounds_cannot_tell_from_nothing_is_written_as_0(self):
        self.write("lake.json", self.succeed("mdp", "frozen_lake", "--to", "gymnasium"))
        self.succeed("solve", "lake.json", "--discount", 0.99, "--plot", "lake.svg", "--grid", 4, "--arrows", "<v>^")
        picture = self.read("lake.svg")
        self.assertEqual(picture.count(">0<"), 5)
        self.assertNotIn("10⁻", picture)

    def test_wrong(self):
        self.succeed("mdp", "forest", "--out", "m.mdp")
        plot = ("solve", "m.mdp", "--discount", 0.9, "--plot", "m.svg")
        self.fail_with(2, *plot, says="--grid COLUMNS")
        self.fail_with(2, *plot, "--grid", 2, says="3 states fill no rectangle")
        self.fail_with(2, *plot, "--grid", 3, "--arrows", "xy", says='an arrow "x"')
        self.assertFalse(os.path.exists(self.path("m.svg")))


class SolveLearnCase(ProgramCase):
    RULE = "q_learning(rate=cosine(0.5, 0, 100%), exploration=1)"

    def setUp(self):
        super().setUp()
        self.succeed("mdp", "frozen_lake", "--out", "lake.mdp")
        self.words = ("solve", "lake.mdp", "--discount", 0.9, "--steps", 100000)

    def test_distances_over_time(self):
        out = self.succeed(*self.words, "--learn", self.RULE, "--learn", "sarsa(rate=0.5)", "--plot", "learn.svg")
        rows = [[float(x) for x in line.split("\t")] for line in out.splitlines()]
        self.assertEqual((rows[0][0], rows[-1][0], len(rows)), (0, 100000, 201))
        self.assertLess(rows[-1][1], 0.1 * rows[0][1])
        self.assertIn("<svg", self.read("learn.svg"))
        self.assertEqual(self.succeed(*self.words, "--learn", self.RULE, "--learn", "sarsa(rate=0.5)"), out)
        other = self.succeed(*self.words, "--learn", self.RULE, "--learn", "sarsa(rate=0.5)", "--seed", 2)
        self.assertNotEqual(other, out)

    def test_json(self):
        summary = json.loads(self.succeed(*self.words, "--learn", "double_q", "--json"))
        self.assertEqual(summary["learned"][0]["rule"], "double_q")
        self.assertEqual(summary["learned"][0]["distances"][-1], summary["learned"][0]["distance"])
        self.assertLess(summary["learned"][0]["uncertainty"], 1e-6)

    def test_wrong(self):
        self.fail_with(2, *self.words, "--learn", "q_lerning", says='did you mean "q_learning"')
        self.fail_with(2, *self.words, "--learn", "sarsa(rate=cosine(1, 0))", says="learning, column")
        self.fail_with(2, *self.words, "--learn", "sarsa(rate=3)", says="rate 3 at step 0")
        self.fail_with(2, *self.words, "--learn", "sarsa", "--start", "home", says="home")
        self.fail_with(2, *self.words, "--learn", "sarsa", "--steps", 0, says="--steps")
        self.fail_with(2, "solve", "lake.mdp", "--criterion", "total", "--learn", "sarsa", says="--learn")
