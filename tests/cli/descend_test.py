# SPDX-License-Identifier: MIT
import json
import struct

from program import ProgramCase


def npy(shape, values, kind="<f8"):
    """The bytes numpy.save writes."""
    header = str({"descr": kind, "fortran_order": False, "shape": tuple(shape)}).encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(values)}{'d' if kind == '<f8' else 'f'}", *values)


def values_of(data, kind="d"):
    (length,) = struct.unpack("<H", data[8:10])
    body = data[10 + length:]
    return struct.unpack(f"<{len(body) // struct.calcsize(kind)}{kind}", body)


class DescendCase(ProgramCase):
    def test_lines_read_back_and_follow_the_formula(self):
        lines = self.succeed("descend", "quadratic(condition=1)", "--from", "1,2", "--optimizer", "sgd(lr=0.25)", "--steps", 3).splitlines()
        self.assertEqual([line.split("\t")[1:] for line in lines],
                         [["0", "0.25", "2.5", "1", "2"], ["1", "0.25", "1.40625", "0.75", "1.5"],
                          ["2", "0.25", "0.791015625", "0.5625", "1.125"], ["3", "0.25", "0.4449462890625", "0.421875", "0.84375"]])
        self.assertEqual(lines[0].split("\t")[0], "sgd(lr=0.25)")

    def test_several_optimizers_and_a_schedule(self):
        out = self.succeed("descend", "rosenbrock", "--from", "-1.5,2", "--optimizer", "adam", "--optimizer", "adagrad",
                           "--schedule", "cosine(0.1, 0, 100%)", "--steps", 50, "--json")
        run = json.loads(out)
        self.assertEqual([entry["optimizer"] for entry in run["optimizers"]], ["adam", "adagrad"])
        for entry in run["optimizers"]:
            self.assertEqual(len(entry["steps"]), 51)
            self.assertEqual([entry["steps"][t]["rate"] for t in (0, 25, 50)], [0.1, 0.05, 0])
            self.assertEqual(entry["steps"][0]["point"], [-1.5, 2])
            self.assertLess(entry["steps"][50]["value"], entry["steps"][0]["value"])

    def test_picture_has_the_paths_and_the_minimum(self):
        self.succeed("descend", "beale", "--optimizer", "momentum(lr=0.001)", "--optimizer", "adam(lr=0.1)", "--plot", "a.svg")
        svg = self.read("a.svg")
        for text in ("<svg", "momentum(lr=0.001)", "adam(lr=0.1)", "minimum", "start"):
            self.assertIn(text, svg)

    def test_f32_is_rounded(self):
        exact, rounded = (self.succeed("descend", "himmelblau", "--from", "0.1,0.1", "--optimizer", "sgd(lr=0.01)", "--precision", p,
                                       "--steps", 1).splitlines()[1].split("\t")[4:] for p in ("f64", "f32"))
        self.assertNotEqual(exact, rounded)
        for x in rounded:
            self.assertEqual(struct.unpack("f", struct.pack("f", float(x)))[0], float(x))

    def test_logistic_regression_on_a_file(self):
        self.write("points.csv", "a,b,y\n1,2,1\n-1,0.5,0\n3,-2,1\n0,1,0\n")
        lines = self.succeed("descend", "logistic(points.csv, target=y)", "--optimizer", "sgd(lr=1)", "--steps", 20).splitlines()
        self.assertAlmostEqual(float(lines[0].split("\t")[3]), 0.6931471805599453, 15)
        self.assertLess(float(lines[-1].split("\t")[3]), 0.3)

    def test_recorded_gradients(self):
        self.write("w.npy", npy((2, 1), [1.0, -2.0]))
        self.write("g.npy", npy((3, 2, 1), [1, 2, 3, 4, 5, 6]))
        self.succeed("descend", "--recorded", "g.npy", "--from", "w.npy", "--optimizer", "sgd", "--schedule", "linear(0.5, 0, 2)",
                     "--out", "w2.npy")
        self.assertEqual(values_of(self.read("w2.npy", "rb")), (1 - 0.5 * 1 - 0.25 * 3, -2 - 0.5 * 2 - 0.25 * 4))
        self.assertIn(b"'shape': (2, 1)", self.read("w2.npy", "rb"))

    def test_a_path_that_diverges_is_marked(self):
        done = self.run_program("descend", "quadratic(condition=1)", "--from", "1,1", "--optimizer", "sgd(lr=1e200)", "--steps", 9)
        self.assertEqual(done.returncode, 3)
        self.assertIn("sgd(lr=1e200) has left the finite numbers at step", done.stderr)
        self.assertTrue(done.stdout.startswith("sgd(lr=1e200)\t0\t"))


class DescendWrongCase(ProgramCase):
    def test_words(self):
        self.fail_with(2, "descend", "rosenbrok", "--optimizer", "adam", says='did you mean "rosenbrock"?')
        self.fail_with(2, "descend", "rosenbrock", "--optimizer", "adm", says='did you mean "adam"?')
        self.fail_with(2, "descend", "rosenbrock", says="--optimizer is missing")
        self.fail_with(2, "descend", "--optimizer", "adam", says="either FUNCTION or --recorded")
        self.fail_with(2, "descend", "rosenbrock", "--optimizer", "adam", "--from", "1,x", says='--from: "1,x", expected numbers')
        self.fail_with(2, "descend", "rosenbrock", "--optimizer", "adam", "--from", "1,2,3", says="rosenbrock has 2 dimensions, and the start has 3")
        self.fail_with(2, "descend", "rosenbrock", "--optimizer", "adam(lr=0.1)", "--schedule", "constant(1)", says=["lr=", "--schedule constant(1)"])
        self.fail_with(2, "descend", "beale", "--optimizer", "adam", "--precision", "f16", says="expected f32 or f64")

    def test_files(self):
        self.write("w.npy", npy((2,), [1.0, -2.0]))
        self.write("g.npy", npy((3, 3), [0.0] * 9))
        self.fail_with(4, "descend", "--recorded", "g.npy", "--from", "w.npy", "--optimizer", "sgd", "--out", "o.npy",
                       says="g.npy: shape (3, 3), expected (steps, 2)")
        self.fail_with(2, "descend", "--recorded", "g.npy", "--from", "w.npy", "--optimizer", "sgd", says="--out is missing")
        self.write("points.csv", "a,b,y\n1,2,1\n1,2,3\n")
        self.fail_with(4, "descend", "logistic(points.csv)", "--optimizer", "sgd", says='points.csv:3: column "y": label 3, expected 0 or 1')
