# SPDX-License-Identifier: MIT
import json
import os

from program import ProgramCase

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "optimizers.md")


class ListCase(ProgramCase):
    def test_optimizers_with_formula_options_source_and_departures(self):
        text = self.succeed("list", "optimizers")
        for part in ["adamw\n", "source: Kingma & Ba 2015, algorithm 1", "departs: ", "beta2=0.999", "torch.AdamW", "keras.RMSprop"]:
            self.assertIn(part, text)

    def test_one_of_them(self):
        self.assertTrue(self.succeed("list", "optimizers", "lion").startswith("lion\n"))

    def test_json(self):
        rules = {rule["name"]: rule for rule in json.loads(self.succeed("list", "optimizers", "--json"))}
        self.assertEqual(rules["adam"]["options"][0], {"name": "beta1", "default": "0.9", "expected": "0 <= beta1 < 1",
                                                       "meaning": "decay of the mean gradient, m"})

    def test_the_page_holds_the_same_table(self):
        with open(PAGE) as page:
            self.assertIn(self.succeed("list", "optimizers", "--markdown"), page.read(),
                          "put the output of `calando list optimizers --markdown` into docs/optimizers.md")

    def test_models_and_solvers(self):
        self.assertIn("mlp(256, 128)", self.succeed("list", "models"))
        solvers = json.loads(self.succeed("list", "solvers", "--json"))
        self.assertIn("policy-iteration", solvers["discounted"])
        self.assertEqual(list(solvers), ["discounted", "horizon", "total", "reach", "average", "robust"])

    def test_what_there_is_to_list(self):
        self.assertEqual(self.succeed("list"), "schedules\noptimizers\nmodels\nsolvers\n")

    def test_misspelt(self):
        self.fail_with(2, "list", "optimisers", says=['"optimisers"', 'did you mean "optimizers"'])
        self.fail_with(2, "list", "optimizers", "adamw2", says='did you mean "adamw"')
