# SPDX-License-Identifier: MIT
"""Every wrong file of a training run: its message, its exit status, and that no model is left behind."""
import gzip
import os

import data
from program import ProgramCase


class WrongFileCase(ProgramCase):
    def train(self, file, status, says, *words):
        """Trains on a wrong file, which must leave no model behind."""
        self.fail_with(status, "train", file, "--out", "run", "--epochs", 1, *words, says=says)
        self.assertFalse(os.path.exists(self.path("run/model.safetensors")))

    def test_a_file_that_is_not_there(self):
        self.train("missing.csv", 4, "missing.csv", "--target", "y")

    def test_a_truncated_gz(self):
        self.write("t.csv.gz", gzip.compress(data.table().encode())[:-40])
        self.train("t.csv.gz", 4, "t.csv.gz", "--target", "class")

    def test_an_idx_whose_sizes_disagree(self):
        os.mkdir(self.path("d"))
        data.image_folder(lambda name, content: self.write("d/" + name, content))
        self.write("d/train-images-idx3-ubyte.gz", gzip.compress(data.idx((200, 6, 6), range(100))))
        self.train("d", 4, ["train-images-idx3-ubyte.gz", "7200", "100"])

    def test_images_and_labels_that_disagree(self):
        os.mkdir(self.path("d"))
        data.image_folder(lambda name, content: self.write("d/" + name, content))
        self.write("d/train-labels-idx1-ubyte.gz", gzip.compress(data.idx((199,), [0, 1, 2] * 66 + [0])))
        self.train("d", 4, ["train-labels-idx1-ubyte.gz", "199", "200"])

    def test_a_short_row(self):
        self.write("t.csv", data.table().replace("\n", "\n1,2\n", 1))
        self.train("t.csv", 4, ["t.csv:2", "2", "4"], "--target", "class")

    def test_text_in_a_numeric_column(self):
        lines = data.table().splitlines()
        lines[250] = "n/a,3000.0,Ulm,yes"
        self.write("t.csv", "\n".join(lines))
        self.train("t.csv", 4, 't.csv:251: column "age": "n/a" is not a number', "--target", "class")

    def test_a_nan_feature(self):
        lines = data.table().splitlines()
        lines[7] = "nan,3000.0,Ulm,yes"
        self.write("t.csv", "\n".join(lines))
        self.train("t.csv", 4, ["t.csv:8", "age", "nan"], "--target", "class")

    def test_a_missing_value_refused(self):
        lines = data.table().splitlines()
        lines[7] = ",3000.0,Ulm,yes"
        self.write("t.csv", "\n".join(lines))
        self.train("t.csv", 4, ["t.csv:8", "age"], "--target", "class", "--missing", "refuse")

    def test_a_label_never_seen_in_training(self):
        self.write("t.csv", data.table())
        self.write("new.csv", data.table(20, seed=2).replace("yes", "perhaps"))
        self.train("t.csv", 4, ["new.csv:", "perhaps"], "--target", "class", "--validation", "new.csv")

    def test_one_class_only(self):
        self.write("t.csv", data.table(classes=("yes",)))
        self.train("t.csv", 4, ["t.csv", "class", "yes"], "--target", "class")

    def test_an_empty_file(self):
        self.write("t.csv", "")
        self.train("t.csv", 4, "t.csv", "--target", "class")

    def test_a_target_that_does_not_exist(self):
        self.write("t.csv", data.table())
        self.train("t.csv", 2, ["clas", 'did you mean "class"'], "--target", "clas")

    def test_no_target(self):
        self.write("t.csv", data.table())
        self.train("t.csv", 2, ["--target is missing", "age, income, town, class"])

    def test_words_that_no_option_knows(self):
        self.write("t.csv", data.table())
        self.train("t.csv", 2, ["--missing dropp", 'did you mean "drop"'], "--target", "class", "--missing", "dropp")
        self.train("t.csv", 2, ["--task regresion", 'did you mean "regression"'], "--target", "class", "--task", "regresion")
        self.train("t.csv", 2, ["--validation 1.5", "a share of the rows"], "--target", "class", "--validation", 1.5)
        self.train("t.csv", 2, ["--task regression", "words"], "--target", "class", "--task", "regression")
        self.train("t.csv", 2, ["twon", 'did you mean "town"'], "--target", "class", "--ignore", "twon")

    def test_an_infinite_feature(self):
        lines = data.table().splitlines()
        lines[7] = "inf,3000.0,Ulm,yes"
        self.write("t.csv", "\n".join(lines))
        self.train("t.csv", 4, ['t.csv:8: column "age": "inf" is not finite'], "--target", "class")

    def test_decimal_commas(self):
        self.write("t.csv", "price;size\n" + "".join(f"{i},5;{i}\n" for i in range(30)))
        self.train("t.csv", 4, ['t.csv:2: column "price": "0,5" has a comma', "decimal point"], "--target", "price")

    def test_a_file_in_latin1(self):
        self.write("t.csv", ("town,y\n" + "Köln,1\nBonn,0\n" * 20).encode("latin1"))
        self.train("t.csv", 4, ['t.csv:2: column "town": "K\\xf6ln" is not UTF-8', "iconv"], "--target", "y")

    def test_a_binary_file(self):
        self.write("t.bin", b"\x7fELF\x00\x01\x02")
        self.train("t.bin", 4, ["t.bin at byte 4", "zero byte"], "--target", "y")

    def test_a_folder_without_data(self):
        os.mkdir(self.path("d"))
        self.train("d", 4, ["train-images*"])

    def test_a_test_file_without_the_target_or_a_column(self):
        self.write("t.csv", data.table())
        self.write("new.csv", "age,income,town\n1,2,Ulm\n")
        self.train("t.csv", 4, ['new.csv: there is no column "class"'], "--target", "class", "--test", "new.csv")
        self.write("new.csv", "age,town,class\n1,Ulm,no\n")
        self.train("t.csv", 4, ['new.csv:1: no column "income"'], "--target", "class", "--test", "new.csv")
