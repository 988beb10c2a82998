# SPDX-License-Identifier: MIT
"""Runs the program in a folder of its own."""
import os
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["CALANDO"]


class ProgramCase(unittest.TestCase):
    """Each test has an empty folder, self.folder, as its working directory."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="calando-cli-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        mode = "wb" if isinstance(content, bytes) else "w"
        with open(self.path(name), mode) as file:
            file.write(content)

    def read(self, name, mode="r"):
        with open(self.path(name), mode) as file:
            return file.read()

    def run_program(self, *words, stdin=None, environment=None):
        return subprocess.run([PROGRAM, *map(str, words)], cwd=self.folder, input=stdin, capture_output=True, text=True,
                              env={**os.environ, **(environment or {})}, check=False)

    def succeed(self, *words, **how):
        """Runs, expects exit status 0, and returns standard output."""
        done = self.run_program(*words, **how)
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stderr}")
        return done.stdout

    def fail_with(self, status, *words, says, **how):
        """Runs, expects this exit status, nothing on stdout, and each text of `says` in the message."""
        done = self.run_program(*words, **how)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}\n{done.stderr}")
        self.assertEqual(done.stdout, "")
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, done.stderr)
        return done.stderr
