# SPDX-License-Identifier: MIT
"""Hugging Face transformers' schedules, run as its Trainer runs them. Needs the packages transformers and torch."""
import warnings

import torch
import transformers
from transformers import optimization

from schedule_cases import Case, Name, call, rate, share, some, steps

PEER = "transformers"
VERSION = transformers.__version__
warnings.filterwarnings("ignore")


def cases(random):
    while True:
        lr, warm, total = rate(random), random.choice([0, 0, 1, 2, 10, random.randint(0, 200)]), steps(random)
        name = random.choice(["get_constant_schedule", "get_constant_schedule_with_warmup", "get_linear_schedule_with_warmup",
                              "get_cosine_schedule_with_warmup", "get_cosine_with_hard_restarts_schedule_with_warmup",
                              "get_polynomial_decay_schedule_with_warmup", "get_inverse_sqrt_schedule", "get_cosine_with_min_lr_schedule_with_warmup",
                              "get_cosine_with_min_lr_schedule_with_warmup_lr_rate", "get_wsd_schedule"])
        arguments = {} if name == "get_constant_schedule" else {"num_warmup_steps": warm}
        trained = random.choice([warm + total, warm + total, warm + total, total, warm])
        cycles = random.choice([0.5, 1.0, 0.25, 2.5, 0.4])
        if name not in ("get_constant_schedule", "get_constant_schedule_with_warmup", "get_inverse_sqrt_schedule", "get_wsd_schedule"):
            arguments["num_training_steps"] = trained
        if name == "get_cosine_schedule_with_warmup":
            arguments.update(some(random, num_cycles=cycles))
        if name == "get_cosine_with_hard_restarts_schedule_with_warmup":
            arguments.update(some(random, num_cycles=random.choice([1, 2, 3, 4, 5, 7, 60, 333])))
        if name == "get_polynomial_decay_schedule_with_warmup":
            arguments.update(some(random, lr_end=lr * random.choice([0.0, 0.1, 0.9]), power=random.choice([1.0, 2.0, 0.5, 3])))
        if name == "get_inverse_sqrt_schedule":
            arguments.update(some(random, timescale=random.choice([None, total])))
        if "min_lr" in name:
            arguments.update(random.choice([{"min_lr": lr * random.random()}, {"min_lr_rate": share(random)}]), **some(random, num_cycles=cycles))
        if name.endswith("lr_rate"):
            arguments.update(some(random, warmup_lr_rate=random.choice([None, 0.1, 0.0])))
        if name == "get_wsd_schedule":
            arguments["num_decay_steps"] = random.choice([0, 1, 10, total])
            arguments[random.choice(["num_stable_steps", "num_training_steps"])] = random.choice([0, 5, total, warm + total])
            arguments.update(some(random, warmup_type=random.choice(["linear", "cosine", "1-sqrt"]), decay_type=random.choice(["linear", "cosine", "1-sqrt"]),
                                  min_lr_ratio=share(random), num_cycles=cycles))
        count = min(2000, warm + random.choice([4, 4, 500]) * max(1, arguments.get("num_training_steps", warm + total) - warm) + 50)
        group = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
        values = []
        try:
            schedule = getattr(optimization, name)(group, **arguments)
            for _ in range(count):
                values.append(float(schedule.get_last_lr()[0]))
                group.step()
                schedule.step()
        except (ValueError, ZeroDivisionError):
            if values and len(values) < warm + 1:
                values = []
        prefix = random.choice(["transformers.", "transformers.optimization.", ""])
        yield Case(name, call(prefix + name, Name("optimizer"), **arguments, lr=lr), values, "closed")
