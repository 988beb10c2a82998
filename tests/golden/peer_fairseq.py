# SPDX-License-Identifier: MIT
"""fairseq's schedules: FAIRSEQ is the folder of its fairseq/optim/lr_scheduler, whose files are run alone, with
FAIRSEQ_VERSION the commit they are of."""
import os
import re
import sys
import types
from collections.abc import Collection

from schedule_cases import Case, call, rate, some, steps, without_restarts

PEER = "fairseq"
VERSION = os.environ.get("FAIRSEQ_VERSION", "")
FILES = {"cosine": ("cosine_lr_scheduler", "CosineLRSchedule"), "fixed": ("fixed_schedule", "FixedLRSchedule"),
         "inverse_sqrt": ("inverse_square_root_schedule", "InverseSquareRootSchedule"), "polynomial_decay": ("polynomial_decay_schedule", "PolynomialDecayLRSchedule"),
         "tri_stage": ("tri_stage_lr_scheduler", "TriStageLRSchedule"), "triangular": ("triangular_lr_scheduler", "TriangularLRSchedule"),
         "step": ("step_lr_scheduler", "StepLRSchedule")}
DEFAULTS = {"cosine": {"warmup_updates": 0, "warmup_init_lr": -1, "min_lr": 0.0, "t_mult": 1.0, "lr_period_updates": -1, "lr_shrink": 0.1, "max_update": 0},
            "fixed": {"force_anneal": None, "lr_shrink": 0.1, "warmup_updates": 0}, "inverse_sqrt": {"warmup_updates": 4000, "warmup_init_lr": -1},
            "polynomial_decay": {"warmup_updates": 0, "force_anneal": None, "end_learning_rate": 0.0, "power": 1.0},
            "tri_stage": {"warmup_steps": 0, "hold_steps": 0, "decay_steps": 0, "phase_ratio": None, "init_lr_scale": 0.01, "final_lr_scale": 0.01, "max_update": 0},
            "triangular": {"lr_period_updates": 5000, "lr_shrink": 0.1, "shrink_min": False},
            "step": {"warmup_updates": 0, "warmup_init_lr": -1, "min_lr": 0.0, "lr_deacy_period": 25000, "lr_decay": 0.5}}


class Optimizer:
    def set_lr(self, lr):
        self.lr = lr

    def get_lr(self):
        return self.lr


class Base:
    def __init__(self, cfg, optimizer):
        self.cfg, self.optimizer = cfg, optimizer


def load(name):
    file, schedule = FILES[name]
    with open(os.path.join(os.environ["FAIRSEQ"], file + ".py")) as source:
        body = re.sub(r"^from (omegaconf|fairseq).*$", "", source.read(), flags=re.M)
    module = types.ModuleType(file)
    sys.modules[file] = module
    module.__dict__.update(II=lambda _: None, FairseqDataclass=object, FairseqLRScheduler=Base, Collection=Collection,
                           register_lr_scheduler=lambda *_, **__: lambda made: made)
    exec(compile(body, file, "exec"), module.__dict__)
    return getattr(module, schedule)


def cases(random):
    classes = {name: load(name) for name in FILES}
    while True:
        name = random.choice(list(FILES))
        lr, total, warm = rate(random), steps(random), random.choice([0, 0, 1, 5, random.randint(0, 100)])
        low = lr * random.choice([0.0, 0.1])
        shift = 0
        if name == "cosine":
            arguments = some(random, warmup_updates=warm, warmup_init_lr=random.choice([-1, lr * 0.01]), min_lr=low, t_mult=random.choice([1.0, 2.0, 1.5]),
                             lr_shrink=random.choice([0.1, 1.0, 0.5]))
            shift = arguments.get("warmup_updates", 0)
            arguments.update(random.choice([{"lr_period_updates": total}, {"max_update": total + shift}]))
        elif name == "fixed":
            arguments = some(random, warmup_updates=warm)
        elif name == "inverse_sqrt":
            arguments = {"warmup_updates": max(1, warm), **some(random, warmup_init_lr=lr * 0.01)}
        elif name == "polynomial_decay":
            arguments = {"total_num_update": random.choice([total, warm + total]), **some(random, warmup_updates=warm, end_learning_rate=low, power=random.choice([1.0, 2.0, 0.5]))}
        elif name == "tri_stage":
            arguments = {"decay_steps": total, **some(random, warmup_steps=warm, hold_steps=random.choice([0, 10]), init_lr_scale=random.choice([0.01, 0.5]),
                                                      final_lr_scale=random.choice([0.01, 0.05]))}
            if random.random() < 0.3:
                arguments = {"phase_ratio": [0.25, 0.25, 0.5], "max_update": total + 10}
        elif name == "triangular":
            arguments = {"max_lr": lr * 10, **some(random, lr_period_updates=max(2, total), lr_shrink=random.choice([0.1, 0.5, 1.0]), shrink_min=random.random() < 0.5)}
        else:
            arguments = some(random, warmup_updates=warm, warmup_init_lr=lr * 0.01, min_lr=low, lr_deacy_period=total, lr_decay=random.choice([0.5, 0.1, 1.0]))
        cfg = types.SimpleNamespace(**{**DEFAULTS[name], **arguments, "lr": [lr]})
        try:
            made = classes[name](cfg, Optimizer())
        except AssertionError:
            yield Case(name, call("fairseq." + name, **arguments, lr=lr), [], "closed")
            continue
        values = [float(made.step_update(t)) for t in range(min(2000, random.choice([4, 4, 500]) * total + warm + 5))]
        if name == "cosine":
            values = without_restarts(values, total, arguments.get("t_mult", 1.0), shift)
        yield Case(name, call("fairseq." + name, **arguments, lr=[lr] if random.random() < 0.3 else lr), values, "closed")
