# SPDX-License-Identifier: MIT
import gzip
import json
import math
import struct

from program import ProgramCase
from vector_files import flat, idx, npy, vecs

A = [[1, 2, 3, 4], [1, 0, 0, 0], [2, 4, 6, 8]]
B = [[4, 3, 2, 1], [0, 1, 0, 0], [1, 2, 3, 4]]
EXPECTED = [20 / 30, 0, 1]


class SimilarityCase(ProgramCase):
    def similarities(self, *words):
        lines = [line.split("\t") for line in self.succeed("similarity", *words).splitlines()]
        self.assertEqual([line[0] for line in lines], [str(i) for i in range(len(lines))])
        return [float(line[1]) for line in lines]

    def expect(self, *words):
        for found, expected in zip(self.similarities(*words), EXPECTED, strict=True):
            self.assertAlmostEqual(found, expected, delta=1e-15)

    def test_every_type_of_npy(self):
        for code in "dfebBh":
            self.write("a.npy", npy(A, code))
            self.write("b.npy", npy(B, code))
            self.expect("a.npy", "b.npy")

    def test_types_may_differ(self):
        self.write("a.npy", npy(A, "d"))
        self.write("b.npy", npy(B, "B"))
        self.expect("a.npy", "b.npy")

    def test_formats_are_told_by_their_content(self):
        self.write("a", npy(A, "f"))
        self.write("fortran", npy(B, "f", fortran=True))
        self.write("fvecs", vecs(B))
        self.write("bvecs", vecs(B, "B"))
        self.write("idx", idx(B))
        self.write("idx.gz", gzip.compress(idx(B)))
        self.write("tsv", "\n".join("\t".join(map(str, row)) for row in B))
        self.write("csv", "w,x,y,z\n" + "\n".join(",".join(map(str, row)) for row in B))
        self.write("named.csv", "word,w,x,y,z\n" + "\n".join("k%d," % row[0] + ",".join(map(str, row)) for row in B))
        self.write("word2vec", "3 4\n" + "\n".join("w" + " ".join(map(str, [""] + row)) for row in B))
        self.write("glove", "\n".join("w" + " ".join(map(str, [""] + row)) for row in B))
        header = json.dumps({"t": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]}}).encode()
        self.write("safetensors", struct.pack("<Q", len(header)) + header + struct.pack("<12f", *flat(B)))
        for name in ["fortran", "fvecs", "bvecs", "idx", "idx.gz", "tsv", "csv", "named.csv", "word2vec", "glove", "safetensors"]:
            self.expect("a", name)

    def test_raw_files_with_a_shape(self):
        self.write("a", struct.pack("<12f", *flat(A)))
        self.write("b", struct.pack("<12f", *flat(B)))
        self.expect("a", "b", "--shape", "3,4", "--type", "f32")
        self.write("x", bytes([0b1111, 0b1]))
        self.write("y", bytes([0b1100, 0b1]))
        found = self.similarities("x", "y", "--shape", "2,8", "--type", "bits")
        self.assertEqual([round(s, 12) for s in found], [round(2 / math.sqrt(8), 12), 1])

    def test_bool_arrays_are_bits(self):
        self.write("a.npy", npy([[1, 1, 0, 1, 1]], "?"))
        self.write("b.npy", npy([[1, 0, 0, 1, 0]], "?"))
        self.assertAlmostEqual(self.similarities("a.npy", "b.npy")[0], 2 / math.sqrt(8), delta=1e-15)

    def test_zero_vectors_and_nan(self):
        self.write("a.npy", npy([[0, 0], [math.nan, 1], [1, 1]]))
        self.write("b.npy", npy([[1, 0], [1, 1], [1, 1]]))
        self.assertEqual(self.succeed("similarity", "a.npy", "b.npy"), "0\tnan\n1\tnan\n2\t1\n")
        self.assertEqual(self.succeed("similarity", "a.npy", "b.npy", "--undefined", "zero"), "0\t0\n1\tnan\n2\t1\n")
        self.fail_with(4, "similarity", "a.npy", "b.npy", "--undefined", "error", says=["a.npy", "row 0", "zeros"])
        found = json.loads(self.succeed("similarity", "a.npy", "b.npy", "--json"))
        self.assertEqual(found, [{"row": 0, "similarity": None}, {"row": 1, "similarity": None}, {"row": 2, "similarity": 1}])

    def test_values_that_overflow_elsewhere(self):
        for code, scales in {"f": [1e30, 1e-30, 3e38], "d": [1e200, 1e-200, 1e308, 5e-324]}.items():
            self.write("a.npy", npy([[s, s, 0, 0] for s in scales], code))
            self.write("b.npy", npy([[1, 2, 3, 4]] * len(scales), code))
            for found in self.similarities("a.npy", "b.npy", "--as", "distance"):
                self.assertAlmostEqual(found, 1 - 3 / math.sqrt(60), delta=1e-15)

    def test_angles(self):
        self.write("a.npy", npy([[1, 0], [1, 0]], "d"))
        self.write("b.npy", npy([[1, 1e-9], [-1, 0]], "d"))
        found = self.similarities("a.npy", "b.npy", "--as", "angle")
        self.assertAlmostEqual(found[0], 1e-9, delta=1e-24)
        self.assertEqual(found[1], math.pi)

    def test_threads_change_no_byte(self):
        rows = [[math.sin(i * j + 1) for j in range(33)] for i in range(1000)]
        self.write("a.npy", npy(rows))
        self.write("b.npy", npy(rows[::-1]))
        one = self.succeed("similarity", "a.npy", "b.npy", "--threads", 1)
        self.assertEqual(self.succeed("similarity", "a.npy", "b.npy", "--threads", 2), one)


class SimilarityWrongCase(ProgramCase):
    def setUp(self):
        super().setUp()
        self.write("a.npy", npy(A))

    def refuse(self, content, *says, status=4, words=()):
        self.write("b", content)
        self.fail_with(status, "similarity", "a.npy", "b", *words, says=list(says))

    def test_shapes_and_types(self):
        self.refuse(npy([[1, 2, 3]] * 3), "b: vectors of dimension 3, a.npy has 4")
        self.refuse(npy(B[:2]), "b: 2 vectors, a.npy has 3")
        self.refuse(npy([[1] * 8] * 3, "?"), "dimension 8")
        self.refuse(npy(B, "q"), "int64")

    def test_files_that_are_not_what_they_say(self):
        self.refuse(b"", "b: is empty")
        self.refuse(npy(B)[:-4], "b", "44", "48")
        self.refuse(npy([[]] * 3, shape=(3, 0)), "dimension 0")
        self.refuse(vecs(B)[:-1], "b at byte 40", "cut short")
        self.refuse(vecs(B[:2]) + vecs([[1, 2, 3]]) + bytes(4), "b at byte 40", "dimension 3")
        self.refuse(idx(B)[:-1], "11", "12")
        self.refuse("3 4\na 1 2 3 4\nb 1 2 3\nc 1 2 3 4\n", "b:3", "3 numbers, expected 4")
        self.refuse("4 4\na 1 2 3 4\nb 1 2 3 4\nc 1 2 3 4\n", "b:1", "4 rows said, 3 are there")
        self.refuse("a,b\n1,2\n3,nan\n", "b:3", "nan")
        self.refuse("a,b\n1,2\n3,\n", "b:3", "is empty")

    def test_raw_files(self):
        words = ("--shape", "3,4", "--type", "f32")
        self.write("a.npy", bytes(48))
        self.refuse(bytes(47), "b: 47 bytes, expected 3 rows of 16 bytes", words=words)
        for shape in ["3", "3,", "0,4", "3,4,5", "x,4"]:
            self.refuse(bytes(48), "--shape", status=2, words=("--shape", shape, "--type", "f32"))
        self.refuse(bytes(48), "--type", "f32", status=2, words=("--shape", "3,4", "--type", "f33"))
        self.refuse(bytes(48), "go together", status=2, words=("--type", "f32"))

    def test_words(self):
        self.fail_with(2, "similarity", "a.npy", "a.npy", "--undefined", "null", says="nan, zero or error")
        self.fail_with(2, "similarity", "a.npy", "a.npy", "--as", "distanc", says='did you mean "distance"')
        self.fail_with(4, "similarity", "a.npy", "missing.npy", says="missing.npy")
