# SPDX-License-Identifier: MIT
"""Emscripten's standard library has no std::ranges: what the module's sources use of it must stand in tools/site/standard.h."""
import os
import re
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FOLDERS = ("cpu", "spec", "io", "plot", "schedule", "optimizer", "bellman", "similarity", "search", "cards", "train")


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def sources():
    """The files that the module is made of; of src/train those that its list names."""
    training = re.search(r"set\(training ([^)]*)\)", text_of("cmake", "site_program.cmake")).group(1).split()
    for folder in FOLDERS:
        for name in os.listdir(os.path.join(ROOT, "src", folder)):
            stem, ending = os.path.splitext(name)
            listed = folder != "train" or stem in training
            if ending in (".cc", ".h") and listed and not stem.endswith(("_test", "_bench")):
                yield "src", folder, name


class StandardCase(unittest.TestCase):
    def test_ranges(self):
        given = set(re.findall(r"(\w+)\(", text_of("tools", "site", "standard.h")))
        for path in sources():
            for name in re.findall(r"std::ranges::(\w+)", text_of(*path)):
                self.assertIn(name, given, os.path.join(*path))


if __name__ == "__main__":
    unittest.main()
