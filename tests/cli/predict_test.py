# SPDX-License-Identifier: MIT
"""Predictions row for row: in every format, from files and pipes, with metrics where the file knows better."""
import gzip
import json
import os
import subprocess

import data
from program import PROGRAM, ProgramCase


def rows_of(text):
    return [line.split("\t") for line in text.splitlines()]


class PredictCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.write("t.csv", data.table())
        self.succeed("train", "t.csv", "--target", "class", "--out", "run", "--epochs", 3, "--quiet")
        self.write("new.csv", data.table(50, seed=2))

    def test_one_line_a_row_and_metrics_beside_them(self):
        done = self.run_program("predict", "run", "new.csv")
        self.assertEqual(done.returncode, 0)
        rows = done.stdout.splitlines()
        self.assertEqual(len(rows), 50)
        self.assertLessEqual(set(rows), {"no", "yes"})
        truth = [line.rsplit(",", 1)[1] for line in data.table(50, seed=2).splitlines()[1:]]
        metrics = dict(rows_of(done.stderr))
        self.assertEqual(float(metrics["accuracy"]), sum(a == b for a, b in zip(rows, truth)) / 50)

    def test_probabilities_add_up_and_agree_with_the_class(self):
        for label, no, yes in rows_of(self.succeed("predict", "run", "new.csv", "--probabilities")):
            self.assertAlmostEqual(float(no) + float(yes), 1, places=6)
            self.assertEqual(label, "yes" if float(yes) > float(no) else "no")

    def test_json_is_an_object_a_line(self):
        lines = self.succeed("predict", "run", "new.csv", "--json", "--probabilities").splitlines()
        first = json.loads(lines[0])
        self.assertEqual(len(lines), 50)
        self.assertEqual(list(first), ["class", "probabilities"])
        self.assertEqual(list(first["probabilities"]), ["no", "yes"])

    def test_the_same_from_a_pipe_from_gzip_and_with_any_number_of_threads(self):
        expected = self.succeed("predict", "run", "new.csv", "--probabilities")
        self.write("new.csv.gz", gzip.compress(data.table(50, seed=2).encode()))
        self.assertEqual(self.succeed("predict", "run", "new.csv.gz", "--probabilities", "--threads", 1), expected)
        self.assertEqual(self.succeed("predict", "run", "-", "--probabilities", stdin=self.read("new.csv")), expected)

    def test_a_pipe_is_answered_while_it_is_open(self):
        process = subprocess.Popen([PROGRAM, "predict", "run", "-"], cwd=self.folder, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = self.read("new.csv").splitlines(keepends=True)
        process.stdin.write("".join(lines[:3]))
        process.stdin.flush()
        self.assertIn(process.stdout.readline(), ("no\n", "yes\n"))
        self.assertIn(process.stdout.readline(), ("no\n", "yes\n"))
        rest, _ = process.communicate("".join(lines[3:]))
        self.assertEqual(len(rest.splitlines()), 48)

    def test_columns_are_found_by_name(self):
        expected = self.succeed("predict", "run", "new.csv", "--probabilities")
        lines = [line.split(",") for line in self.read("new.csv").splitlines()]
        self.write("other.csv", "\n".join(f"{town};{id};{age};{income}" for id, (age, income, town, _) in enumerate(lines)))
        self.assertEqual(self.succeed("predict", "run", "other.csv", "--probabilities"), expected)

    def test_no_metrics_without_a_target_and_notes_of_what_is_new(self):
        self.write("other.csv", "age,income,town\n40,3000,Ulm\n,3000,Wien\n")
        done = self.run_program("predict", "run", "other.csv")
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertNotIn("accuracy", done.stderr)
        self.assertIn("1 cells have no value", done.stderr)
        self.assertIn("1 cells hold words that training never showed", done.stderr)
        self.assertEqual(self.run_program("predict", "run", "other.csv", "--quiet").stderr, "")

    def test_wrong_words_and_files(self):
        self.fail_with(4, "predict", "nowhere", "new.csv", says="nowhere")
        self.fail_with(4, "predict", "run", "nowhere.csv", says="nowhere.csv")
        self.write("other.csv", "age,income,city\n40,3000,Ulm\n")
        self.fail_with(4, "predict", "run", "other.csv", says=['other.csv:1: no column "town"', "age, income, city"])
        self.write("other.csv", "1 1:2 2:3\n")
        self.fail_with(4, "predict", "run", "other.csv", says="another format")
        os.mkdir(self.path("empty"))
        self.fail_with(4, "predict", "empty", "new.csv", says="there is no model.safetensors in it")


class PredictFormatsCase(ProgramCase):
    def test_values_of_a_regression(self):
        self.write("t.csv", data.regression())
        self.succeed("train", "t.csv", "--target", "y", "--out", "run", "--epochs", 200, "--schedule", "cosine(0.1, 0, 100%)", "--quiet")
        self.write("new.csv", "b,a\n0.25,0.5\n1,-1\n")
        values = [float(line) for line in self.succeed("predict", "run", "new.csv").splitlines()]
        self.assertAlmostEqual(values[0], 2, places=2)
        self.assertAlmostEqual(values[1], -4, places=2)
        self.fail_with(2, "predict", "run", "new.csv", "--probabilities", says="predicts values, not classes")

    def test_pictures_by_file_and_by_folder(self):
        os.mkdir(self.path("d"))
        data.image_folder(lambda name, content: self.write("d/" + name, content))
        self.succeed("train", "d", "--out", "run", "--epochs", 3, "--quiet")
        by_file = self.run_program("predict", "run", "d/t10k-images-idx3-ubyte.gz")
        by_folder = self.run_program("predict", "run", "d")
        self.assertEqual(len(by_file.stdout.splitlines()), 60)
        self.assertEqual(by_file.stdout, by_folder.stdout)
        self.assertNotIn("accuracy", by_file.stderr)
        self.assertIn("accuracy\t", by_folder.stderr)

    def test_sparse_rows(self):
        self.write("a.txt", "".join(f"{1 if i % 3 else -1} {'1:1 ' if i % 3 else ''}2:{i % 7 + 1}\n" for i in range(200)))
        self.succeed("train", "a.txt", "--out", "run", "--epochs", 20, "--schedule", "constant(0.1)", "--quiet")
        self.write("new.txt", "1 1:1 2:2\n-1 2:2\n1\n")
        self.assertEqual(self.succeed("predict", "run", "new.txt"), "1\n-1\n-1\n")
