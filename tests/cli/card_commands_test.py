# SPDX-License-Identifier: MIT
"""The command of every card does what the card says: each is typed as it is printed, with small files of the names it uses."""
import json
import subprocess

import data
from program import PROGRAM, ProgramCase

FILES = {"DATA": data.table(), "prices.csv": data.regression().replace("y", "price", 1), "CORPUS": "1\t0\n0\t1\n1\t2\n",
         "QUERIES": "1\t1\n", "A.tsv": "1\t0\n", "B.tsv": "1\t1\n"}


class CardCommandsCase(ProgramCase):
    def small(self, command):
        """A training run of some seconds instead of minutes; the table's target, which a folder of images needs not."""
        if "train DATA" in command:
            command += " --target class"
        if "calando train" in command:
            command = command.replace("/usr/share/datasets/fashion-mnist", "DATA --target class") + " --overwrite --quiet"
        return command

    def test_each(self):
        for name, text in FILES.items():
            self.write(name, text)
        with open(self.path("MODEL"), "wb") as model:
            subprocess.run([PROGRAM, "mdp", "two_state"], stdout=model, check=True)
        for card in json.loads(self.succeed("explain", "--json")):
            command = json.loads(self.succeed("explain", card["id"], "--json"))["command"]
            self.assertTrue(command.startswith("calando "), command)
            with self.subTest(card=card["id"], command=command):
                done = subprocess.run(["sh", "-c", self.small(command).replace("calando ", PROGRAM + " ")], cwd=self.folder,
                                      capture_output=True, text=True, check=False)
                self.assertIn(done.returncode, (0, 3), done.stderr)    # 3: it is a card about what does not converge
