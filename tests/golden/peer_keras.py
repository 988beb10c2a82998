# SPDX-License-Identifier: MIT
"""Keras' schedules, in single precision, on its numpy backend. Needs the package keras."""
import os

os.environ.setdefault("KERAS_BACKEND", "numpy")

import keras
import numpy

from schedule_cases import Case, call, rate, share, some, steps, without_restarts

PEER = "keras"
VERSION = keras.__version__


def cases(random):
    while True:
        name = random.choice(["ExponentialDecay", "PiecewiseConstantDecay", "PolynomialDecay", "InverseTimeDecay", "CosineDecay", "CosineDecayRestarts"])
        peak, total = rate(random), min(400, steps(random))
        count = 2 * total + 5
        joints = None
        if name in ("ExponentialDecay", "InverseTimeDecay"):
            arguments = {"initial_learning_rate": peak, "decay_steps": total, "decay_rate": random.choice([0.5, 0.9, 0.96, 0.1, 1.5]),
                         **some(random, staircase=random.random() < 0.5)}
        elif name == "PiecewiseConstantDecay":
            bounds = sorted(random.randint(0, total) for _ in range(random.randint(1, 4)))
            arguments = {"boundaries": bounds, "values": [peak * 0.5 ** i for i in range(len(bounds) + 1)]}
        elif name == "PolynomialDecay":
            arguments = {"initial_learning_rate": peak, "decay_steps": total,
                         **some(random, end_learning_rate=peak * random.choice([0.0, 0.1, 1.5]), power=random.choice([1.0, 2.0, 0.5]), cycle=random.random() < 0.5)}
            count = 4 * total + 5
        elif name == "CosineDecay":
            arguments = {"initial_learning_rate": peak, "decay_steps": total,
                         **some(random, alpha=share(random), warmup_target=random.choice([None, 2 * peak, peak]), warmup_steps=random.choice([0, 1, 10, 100]))}
            count = total + 110
        else:
            arguments = {"initial_learning_rate": peak, "first_decay_steps": total,
                         **some(random, t_mul=random.choice([1.0, 2.0, 1.5, 3.0]), m_mul=random.choice([1.0, 0.5, 0.9]), alpha=share(random))}
            count = min(1000, 5 * total + 5)
            joints = arguments.get("t_mul", 2.0)
        schedule = getattr(keras.optimizers.schedules, name)(**arguments)
        values = [float(schedule(numpy.int32(t))) for t in range(count)]
        if joints:
            values = without_restarts(values, total, joints, tolerance=1e-5)
        if arguments.get("cycle"):
            values[0] = float(schedule(numpy.int32(0)))
        yield Case(name, call(random.choice(["keras.", "tf.keras.optimizers.schedules.", "keras.optimizers.schedules."]) + name, **arguments), values, "float32")
