# SPDX-License-Identifier: MIT
import json
import math
import os
import random
import struct
import subprocess

from program import PROGRAM, ProgramCase
from vector_files import npy, read_npy, vecs


def random_rows(count, dimension, seed):
    numbers = random.Random(seed)
    return [[numbers.gauss(0, 1) for _ in range(dimension)] for _ in range(count)]


class SearchCase(ProgramCase):
    def search(self, *words):
        rows = []
        for line in self.succeed("search", *words).splitlines():
            query, rank, found, similarity = line.split("\t")
            rows.append((int(query), int(rank), int(found), float(similarity)))
        return rows

    def test_nearest(self):
        self.write("corpus.npy", npy([[1, 0], [0, 1], [1, 1], [-1, 0]]))
        self.write("queries.npy", npy([[1, 0], [3, 3.1]]))
        found = self.search("corpus.npy", "queries.npy", "-k", 2)
        self.assertEqual([row[:3] for row in found], [(0, 1, 0), (0, 2, 2), (1, 1, 2), (1, 2, 1)])
        self.assertEqual(found[0][3], 1)
        self.assertAlmostEqual(found[1][3], math.sqrt(0.5), delta=1e-15)

    def test_ties_go_to_the_lower_id(self):
        self.write("corpus.npy", npy([[2, 0], [1, 0], [0, 1], [4, 0]]))
        self.write("q.npy", npy([[1, 0]]))
        self.assertEqual([row[2] for row in self.search("corpus.npy", "q.npy", "-k", 4)], [0, 1, 3, 2])

    def test_at_least(self):
        self.write("corpus.npy", npy([[1, 0], [0, 1], [1, 1], [-1, 0]]))
        self.write("q.npy", npy([[1, 0]]))
        self.assertEqual([row[2] for row in self.search("corpus.npy", "q.npy", "--at-least", 0.7)], [0, 2])
        self.assertEqual([row[2] for row in self.search("corpus.npy", "q.npy", "--at-least", -1)], [0, 2, 1, 3])

    def test_arrays_names_and_json(self):
        self.write("corpus.npy", npy([[1, 0], [0, 1], [1, 1]]))
        self.write("q.npy", npy([[1, 0], [0, 1]]))
        self.write("names", "one\ntwo\nthree \u00e9\n")
        words = ("search", "corpus.npy", "q.npy", "-k", 2)
        lines = self.succeed(*words, "--names", "names", "--ids", "I.npy", "--scores", "S.npy").splitlines()
        self.assertEqual([line.split("\t")[2] for line in lines], ["one", "three \u00e9", "two", "three \u00e9"])
        self.assertEqual(read_npy(self.read("I.npy", "rb")), ((2, 2), [0, 2, 1, 2]))
        shape, scores = read_npy(self.read("S.npy", "rb"))
        self.assertEqual(shape, (2, 2))
        self.assertEqual(scores, [float(line.split("\t")[3]) for line in lines])
        first = json.loads(self.succeed(*words, "--json"))[0]
        self.assertEqual(first, {"query": 0, "rank": 1, "id": 0, "similarity": 1})

    def test_words_of_the_file(self):
        self.write("w.vec", "3 2\nking 1 0\nqueen 1 0.1\nmelon 0 1\n")
        lines = self.succeed("search", "w.vec", "w.vec", "-k", 2, "--words").splitlines()
        self.assertEqual([line.split("\t")[:3] for line in lines[:2]], [["king", "1", "king"], ["king", "2", "queen"]])

    def test_only_some_ids(self):
        self.write("corpus.npy", npy([[1, 0], [0, 1], [1, 1]]))
        self.write("q.npy", npy([[1, 0]]))
        self.write("only", "1\n2\n")
        self.assertEqual([row[2] for row in self.search("corpus.npy", "q.npy", "-k", 2, "--only", "only")], [2, 1])

    def test_rows_and_queries_without_direction(self):
        self.write("corpus.npy", npy([[0, 0], [1, 0], [math.nan, 1], [-1, 0], [math.inf, 0]]))
        self.write("q.npy", npy([[1, 0], [0, 0], [math.nan, 0]]))
        done = self.run_program("search", "corpus.npy", "q.npy", "-k", 5)
        self.assertEqual((done.returncode, done.stdout), (0, "0\t1\t1\t1\n0\t2\t3\t-1\n"))
        for text in ["2 rows with NaN or infinity", "1 rows of zeros", "query 1 is a vector of zeros", "query 2 has NaN"]:
            self.assertIn(text, done.stderr)
        done = self.run_program("search", "corpus.npy", "q.npy", "-k", 5, "--undefined", "zero")
        self.assertEqual(done.stdout, "0\t1\t1\t1\n0\t2\t0\t0\n0\t3\t3\t-1\n1\t1\t0\t0\n1\t2\t1\t0\n1\t3\t3\t0\n")
        self.fail_with(4, "search", "corpus.npy", "q.npy", "-k", 5, "--undefined", "error", says=["corpus.npy", "zeros"])

    def test_k_above_the_rows_gives_all_and_says_so(self):
        self.write("corpus.npy", npy([[1, 0], [0, 1]]))
        done = self.run_program("search", "corpus.npy", "corpus.npy", "-k", 5, "--ids", "I.npy")
        self.assertEqual(len(done.stdout.splitlines()), 4)
        self.assertIn("-k 5: corpus.npy has 2 vectors", done.stderr)
        self.assertEqual(read_npy(self.read("I.npy", "rb"))[0], (2, 2))

    def test_smaller_types_say_what_they_cost(self):
        self.write("corpus.npy", npy(random_rows(50, 16, 1)))
        self.write("q.npy", npy(random_rows(3, 16, 2)))
        exact = {row[:1] + row[2:3]: row[3] for row in self.search("corpus.npy", "q.npy", "-k", 50)}
        for store in ["f16", "bf16", "i8"]:
            done = self.run_program("search", "corpus.npy", "q.npy", "-k", 50, "--store", store)
            self.assertIn(f"stored as {store}, no similarity changes by more than", done.stderr)
            bound = float(done.stderr.split("more than ")[1].split(" ")[0])
            for line in done.stdout.splitlines():
                query, _, found, similarity = line.split("\t")
                self.assertLess(abs(float(similarity) - exact[int(query), int(found)]), 1.01 * bound)

    def test_raw_files(self):
        rows = [[1, 0], [0, 1], [1, 1]]
        self.write("corpus", struct.pack("<6f", *sum(rows, [])))
        self.write("q", struct.pack("<2f", 0, 1))
        found = self.search("corpus", "q", "-k", 1, "--shape", "3,2", "--type", "f32")
        self.assertEqual(found, [(0, 1, 1, 1)])
        # A header is no vector, also where the shape of the corpus is given.
        self.write("q.npy", npy([[0, 1]]))
        self.assertEqual(self.search("corpus", "q.npy", "-k", 1, "--shape", "3,2", "--type", "f32"), found)


class SearchSameBytesCase(ProgramCase):
    """Nothing chosen for speed changes a byte of what is printed."""

    def test_search(self):
        rows = random_rows(3000, 40, 3)
        self.write("corpus.npy", npy(rows + rows[:500]))
        self.write("q.npy", npy(random_rows(20, 40, 4) + rows[:20]))
        words = ("search", "corpus.npy", "q.npy", "-k", 10)
        expected = self.succeed(*words)
        self.assertEqual(len(expected.splitlines()), 400)
        for threads in [1, 2]:
            for block in [64, 4096]:
                for batch in [1, 40]:
                    how = ("--threads", threads, "--block-rows", block, "--batch", batch)
                    self.assertEqual(self.succeed(*words, *how), expected, how)

    def test_pairs(self):
        rows = random_rows(1000, 12, 5)
        self.write("corpus.npy", npy(rows + rows[:200]))
        for groups in [(), ("--groups",)]:
            words = ("pairs", "corpus.npy", "--at-least", 0.8, *groups)
            expected = self.succeed(*words)
            for how in [("--threads", 1), ("--threads", 2, "--block-rows", 64), ("--block-rows", 4096, "--memory", 1)]:
                self.assertEqual(self.succeed(*words, *how), expected, how)


class PairsCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.write("c.npy", npy([[1, 0], [0, 1], [2, 0.01], [0, 3], [-1, 0], [3, 0]]))

    def test_pairs_are_ordered(self):
        done = self.run_program("pairs", "c.npy", "--at-least", 0.99)
        self.assertEqual([line.split("\t")[:2] for line in done.stdout.splitlines()],
                         [["0", "2"], ["0", "5"], ["1", "3"], ["2", "5"]])
        self.assertIn("4 pairs among 6 rows", done.stderr)

    def test_groups_are_named_by_their_lowest_id(self):
        self.assertEqual(self.succeed("pairs", "c.npy", "--at-least", 0.99, "--groups"), "0\t0\n0\t2\n0\t5\n1\t1\n1\t3\n")

    def test_json_and_names(self):
        self.write("names", "a\nb\nc\nd\ne\nf\n")
        found = json.loads(self.succeed("pairs", "c.npy", "--at-least", 1, "--json", "--names", "names"))
        self.assertEqual(found, [{"first": "a", "second": "f", "similarity": 1}, {"first": "b", "second": "d", "similarity": 1}])

    def test_wrong_words(self):
        self.fail_with(2, "pairs", "c.npy", says="--at-least")
        self.fail_with(2, "pairs", "c.npy", "--at-least", 1.5, says=["--at-least 1.5", "-1 to 1"])
        self.fail_with(2, "pairs", "c.npy", "--at-least", "nan", says="-1 to 1")


class SearchWrongCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.write("c.npy", npy([[1, 0], [0, 1]]))

    def refuse(self, status, says, *words, corpus="c.npy", queries="c.npy"):
        self.fail_with(status, "search", corpus, queries, *(words or ("-k", 1)), says=says)

    def test_numbers_without_a_header(self):
        self.write("r.f32", bytes(range(64)))
        self.refuse(4, "numbers without a header need their shape and type", corpus="r.f32")

    def test_k_and_thresholds(self):
        self.refuse(2, "-k 0, expected at least 1", "-k", 0)
        self.refuse(2, "-k -3", "-k", -3)
        self.refuse(2, "-k -1", "-k", -1)
        self.refuse(2, "--at-least nan, expected a similarity from -1 to 1", "--at-least", "nan")
        self.refuse(2, "one of them", "--quiet")
        self.refuse(2, "one of them", "-k", 1, "--at-least", 0.5)
        self.refuse(2, "--at-least 2", "--at-least", 2)
        self.refuse(2, "go with -k", "--at-least", 0.5, "--ids", "I.npy")

    def test_queries_that_do_not_fit(self):
        self.write("q", npy([[1, 2, 3]]))
        self.refuse(4, "q: vectors of dimension 3, c.npy has 2", queries="q")
        self.write("q", npy([[1, 2]], "d"))
        self.refuse(4, ["q: ", "f64", "f32"], queries="q")
        self.write("q", npy([[1, 2]], "B"))
        self.refuse(4, ["q: ", "u8", "f32"], queries="q")

    def test_files(self):
        self.write("empty", b"")
        self.refuse(4, "empty: is empty", corpus="empty")
        self.refuse(4, "empty: is empty", queries="empty")
        self.refuse(4, "missing", queries="missing")
        self.write("short", npy([[1, 0], [0, 1]])[:-1])
        self.refuse(4, ["short", "15", "16"], corpus="short")
        self.write("cut", vecs([[1, 0], [0, 1]])[:-2])
        self.refuse(4, "cut at byte 12: row 1 is cut short", corpus="cut")
        self.write("names", "one\n")
        self.refuse(4, "names: 1 names, the corpus has 2", "-k", 1, "--names", "names")
        self.write("only", "0\n7\n")
        self.refuse(4, "only:2", "-k", 1, "--only", "only")
        self.refuse(4, "has no words", "-k", 1, "--words")
        self.refuse(2, 'did you mean "bf16"', "-k", 1, "--store", "bf61")

    def test_a_file_that_shrinks_while_it_is_mapped(self):
        rows, dimension = 4000, 256
        with open(self.path("big"), "wb") as file:
            file.write(struct.pack(f"<{dimension}f", *range(1, dimension + 1)) * rows)
        self.write("q", struct.pack(f"<{dimension}f", *range(dimension)))
        os.mkfifo(self.path("names"))
        words = ["search", "big", "q", "-k", "3", "--shape", f"{rows},{dimension}", "--type", "f32", "--names", "names"]
        process = subprocess.Popen([PROGRAM, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with open(self.path("names"), "w") as pipe:    # opened by the program once the corpus is mapped
            os.truncate(self.path("big"), 100_000)
            pipe.write("x\n" * rows)
        out, message = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (4, ""), message)
        self.assertIn("big: was cut short while it was read", message)
