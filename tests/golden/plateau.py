#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes plateau.json: what the peers' own controllers do to a rate, observation by observation.

Needs torch, keras (on the backend torch), optax and transformers:  python3 tests/golden/plateau.py
"""
import json
import os
import random

os.environ["KERAS_BACKEND"] = "torch"
import jax
import keras
import optax
import torch
import transformers
from transformers.optimization import GreedyLR

jax.config.update("jax_enable_x64", True)
keras.backend.set_floatx("float64")
STEPS = 60


def metrics(seed):
    """Losses that fall, stall, and jump about; a multiple of 1/1024, so that sums are exact."""
    draw = random.Random(seed)
    level, out = 1.0, []
    for i in range(STEPS):
        level *= draw.choice([0.7, 0.95, 1.0, 1.0, 1.0, 1.02])
        out.append(round(level * draw.choice([1.0, 1.0, 0.98, 1.1]) * 1024) / 1024)
    return out


def words(options):
    return ", ".join(f"{name}={value!r}" for name, value in options.items())


def torch_like(make, name, base, options, values):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    controller = make(optimizer, **options)
    rates = []
    for value in values:
        controller.step(value)
        rates.append(float(optimizer.param_groups[0]["lr"]))
    return {"spec": f"{name}({words(options)})", "base": base, "metrics": values, "rates": rates}


class Holder:
    """As much of a model as the callback of Keras asks for."""

    def __init__(self, base):
        self.optimizer = keras.optimizers.SGD(learning_rate=base)


def of_keras(base, options, values):
    callback = keras.callbacks.ReduceLROnPlateau(**options)
    callback._model = Holder(base)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        rates.append(float(keras.ops.convert_to_numpy(callback.model.optimizer.learning_rate)))
    return {"spec": f"keras.ReduceLROnPlateau({words(options)})", "base": base, "metrics": values, "rates": rates}


def of_optax(base, options, values):
    controller = optax.contrib.reduce_on_plateau(**options)
    parameters = jax.numpy.zeros(1, dtype=jax.numpy.float64)
    state = controller.init(parameters)
    rates = []
    for value in values:
        with jax.disable_jit():
            _, state = controller.update(parameters, state, value=value)
        rates.append(base * float(state.scale))
    return {"spec": f"optax.reduce_on_plateau({words(options)})", "base": base, "metrics": values, "rates": rates}


def main():
    cases = []
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau
    for seed in range(2):
        values = metrics(seed)
        for patience in (0, 1, 3):
            for cooldown in (0, 1, 3):
                for mode, threshold_mode in (("min", "rel"), ("max", "rel"), ("min", "abs"), ("max", "abs")):
                    options = {"mode": mode, "factor": 0.5, "patience": patience, "threshold": 1e-2,
                               "threshold_mode": threshold_mode, "cooldown": cooldown, "min_lr": 1e-3}
                    cases.append(torch_like(plateau, "torch.ReduceLROnPlateau", 0.1, options, values))
                for mode in ("min", "max"):
                    options = {"factor": 0.5, "patience": patience, "mode": mode, "min_delta": 1e-2,
                               "cooldown": cooldown, "min_lr": 1e-3}
                    cases.append(of_keras(0.1, options, values))
                for accumulation in (1, 3):
                    options = {"factor": 0.5, "patience": max(patience, 1), "rtol": 1e-2, "atol": 1e-3,
                               "cooldown": cooldown, "accumulation_size": accumulation, "min_scale": 0.01}
                    cases.append(of_optax(0.1, options, values))
                for smooth in (False, True):
                    options = {"factor": 0.7, "patience": patience, "threshold": 1e-3, "cooldown": cooldown, "warmup": 1,
                               "min_lr": 0.01, "max_lr": 0.5, "smooth": smooth, "window_size": 4, "reset_start": 3}
                    cases.append(torch_like(GreedyLR, "transformers.GreedyLR", 0.1, options, values))
    # Negative metrics, where the absolute threshold means what it says.
    values = [-value for value in metrics(7)]
    for mode in ("min", "max"):
        options = {"mode": mode, "factor": 0.5, "patience": 1, "threshold": 1e-2, "threshold_mode": "abs", "eps": 1e-4}
        cases.append(torch_like(plateau, "torch.ReduceLROnPlateau", 0.1, options, values))
    versions = {module.__name__: module.__version__ for module in (torch, keras, optax, transformers)}
    with open(os.path.join(os.path.dirname(__file__), "plateau.json"), "w") as file:
        file.write(json.dumps({"versions": versions, "cases": "CASES"}).replace('"CASES"', "[\n" + ",\n".join(
            json.dumps(case) for case in cases) + "\n]") + "\n")


main()
