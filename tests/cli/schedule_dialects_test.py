# SPDX-License-Identifier: MIT
import json

from program import ProgramCase


class PastedLineCase(ProgramCase):
    """Lines as they stand in people's Python files."""

    def rates(self, spec, steps):
        (one,) = json.loads(self.succeed("schedule", spec, "--steps", steps, "--json"))
        return one["lr"]

    def test_a_full_path_with_an_optimizer_line_breaks_and_a_trailing_comma(self):
        pasted = """scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer,
            max_lr=0.1,   # found by a range test
            epochs=10, steps_per_epoch=10,
            anneal_strategy='cos', three_phase=False, last_epoch=-1,
        )"""
        self.assertEqual(self.rates(pasted, 100), self.rates("torch.OneCycleLR(max_lr=0.1, total_steps=100)", 100))

    def test_the_rate_is_taken_from_the_optimizer_or_asked_for(self):
        self.assertEqual(self.rates("StepLR(torch.optim.SGD(model.parameters(), lr=0.4), 2, gamma=0.5)", 5), [0.4, 0.4, 0.2, 0.2, 0.1])
        self.fail_with(2, "schedule", "torch.optim.lr_scheduler.StepLR(optimizer, 2)", "--steps", 5, says=["lr is missing", "lr=0.1"])

    def test_schedulers_of_schedulers(self):
        pasted = ("torch.optim.lr_scheduler.SequentialLR(optimizer, schedulers=[LinearLR(optimizer, start_factor=0.5, total_iters=2), "
                  "torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)], milestones=[2], lr=1.0)")
        self.assertEqual(self.rates(pasted, 5), [0.5, 0.75, 1, 0.5, 0.25])
        chained = "torch.ChainedScheduler([ConstantLR(opt, factor=0.5, total_iters=2), StepLR(opt, 3, gamma=0.1)], lr=1.0)"
        self.assertEqual([round(rate, 12) for rate in self.rates(chained, 5)], [0.5, 0.5, 1, 0.1, 0.1])

    def test_dictionaries_and_lists(self):
        self.assertEqual(self.rates("optax.piecewise_constant_schedule(1.0, boundaries_and_scales={2: 0.5, 4: 0.5})", 5), [1, 1, 0.5, 0.5, 0.25])
        self.assertEqual(self.rates("tf.keras.optimizers.schedules.PiecewiseConstantDecay([2, 3], [1.0, 0.5, 0.25])", 5), [1, 1, 1, 0.5, 0.25])

    def test_a_warm_up_of_nothing(self):
        self.assertEqual(self.rates("optax.warmup_constant_schedule(0.0, 1.0, 0)", 2), [0, 0])  # Optax' own answer
        self.assertEqual(self.rates("transformers.get_linear_schedule_with_warmup(optimizer, 0, 2, lr=1.0)", 4), [1, 0.5, 0, 0])

    def test_rising_again_or_staying(self):
        self.assertEqual(self.rates("torch.CosineAnnealingLR(lr=1, T_max=2)", 5), [1, 0.5, 0, 0.5, 1])
        self.assertEqual(self.rates("optax.cosine_decay_schedule(1, 2)", 5), [1, 0.5, 0, 0, 0])


class DialectRefusalCase(ProgramCase):
    def refused(self, spec, *says):
        self.fail_with(2, "schedule", spec, "--steps", 3, says=list(says))

    def test_names_and_arguments(self):
        self.refused("torch.CosineAnealingLR(lr=1, T_max=2)", "column 1", 'did you mean "torch.CosineAnnealingLR"')
        self.refused("optax.cosine_decay_schedule(1, decay_step=2)", "column 32", 'did you mean "decay_steps"')
        self.refused("keras.CosineDecay(0.1)", "decay_steps is missing")
        self.refused("linear_schedule(0, 1, 5)", "optax.linear_schedule and mlx.linear_schedule")

    def test_values(self):
        self.refused("torch.StepLR(lr=0.1, step_size=2.5)", "column 32", "whole number")
        self.refused("torch.LinearLR(lr=0.1, start_factor=0)", "0 < start_factor <= 1")
        self.refused("torch.OneCycleLR(max_lr=0.1, total_steps=10, anneal_strategy='cosine')", "cos or linear")
        self.refused("torch.CosineAnnealingLR(lr=0.1, T_max=10, eta_min=0.2)", "at most the peak")
        self.refused("optax.warmup_cosine_decay_schedule(0, 1, 10, 10)", "decay_steps = 10")
        self.refused("optax.join_schedules([optax.constant_schedule(1), optax.constant_schedule(2)], [5, 6])", "one less")
        self.refused("torch.CosineAnnealingLR(lr=-0.1, T_max=10)", "lr = -0.1")

    def test_what_is_no_schedule(self):
        self.refused("torch.LambdaLR(optimizer, lr_lambda=f)", "function of Python")
        self.refused("torch.MultiplicativeLR(optimizer, f)", "function of Python")
        for name in ["torch.ReduceLROnPlateau(optimizer, 'min')", "keras.ReduceLROnPlateau()", "timm.PlateauLRScheduler(optimizer)"]:
            self.refused(name, "--plateau")


class TranslationCase(ProgramCase):
    def test_native_forms(self):
        self.assertEqual(self.succeed("schedule", "--translate", "torch.CosineAnnealingWarmRestarts(lr=0.1, T_0=10, T_mult=2)"),
                         "repeat(cosine(0.1, 0, 10), stretch=2)\n")
        self.fail_with(2, "schedule", "--translate", "torch.ChainedScheduler([CosineAnnealingLR(o, 5, 0.01), ExponentialLR(o, 0.9)], lr=0.1)",
                       says="no native form")

    def nearest(self, peer, *words):
        call, difference, _ = self.succeed("schedule", "--to", peer, *words).strip().split("\t")
        return call, float(difference)

    def test_the_call_of_a_peer(self):
        warm = "linear(0, 1e-3, 100) then cosine(1e-3, 0, 900)"
        call, difference = self.nearest("optax", warm)
        self.assertEqual((call, difference), ("optax.warmup_cosine_decay_schedule(init_value=0, peak_value=0.001, warmup_steps=100, decay_steps=1000)", 0))
        for peer in ["transformers", "timm", "megatron", "mlx"]:
            self.assertLessEqual(self.nearest(peer, warm)[1], 1e-17, peer)

    def test_the_difference_is_what_it_makes(self):
        call, difference = self.nearest("llmc", "linear(0, 1, 10) then cosine(1, 0, 90)")
        (one, other) = json.loads(self.succeed("schedule", "--json", "--steps", 101, "linear(0, 1, 10) then cosine(1, 0, 90)", call))
        self.assertAlmostEqual(max(abs(a - b) for a, b in zip(one["lr"], other["lr"])), difference, delta=1e-15)
        self.assertGreater(difference, 0)

    def test_an_unknown_peer(self):
        self.fail_with(2, "schedule", "--to", "jax", "cosine(1, 0, 10)", says=["jax", "optax"])

    def test_where_optax_and_keras_part(self):
        """The same numbers: Optax counts the warm-up as part of decay_steps, Keras does not."""
        said = self.succeed("schedule", "--diff", "optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 100)",
                            "keras.CosineDecay(0.0, 100, warmup_target=0.1, warmup_steps=10)")
        self.assertIn("11", said)


class ListSchedulesCase(ProgramCase):
    def test_every_peer_and_the_native_shapes(self):
        lines = self.succeed("list", "schedules").splitlines()
        forms = [line.split("\t")[0] for line in lines]
        self.assertTrue(all(len(line.split("\t")) == 3 for line in lines))
        for form in ["cosine(from, to, length", "repeat(", "torch.OneCycleLR(max_lr,", "optax.join_schedules(", "transformers.get_wsd_schedule(",
                     "timm.WSDLRScheduler(", "keras.CosineDecay(", "deepspeed.WarmupLR(", "megatron.OptimizerParamScheduler(", "fairseq.tri_stage(",
                     "mlx.cosine_decay(", "llmc.wsd(", "ensmallen.SGDR("]:
            self.assertTrue(any(each.startswith(form) for each in forms), form)
        self.fail_with(2, "list", "shedules", says='did you mean "schedules"')
