# SPDX-License-Identifier: MIT
"""Megatron's schedule, of the package megatron-core: MEGATRON is the path of its
megatron/core/optimizer_param_scheduler.py, which is run alone, MEGATRON_VERSION what version it is."""
import os
import sys
import types

from schedule_cases import Case, Name, call, rate, some, steps

PEER = "megatron"
VERSION = os.environ.get("MEGATRON_VERSION", "")


def load():
    def module(name, **contents):
        made = types.ModuleType(name)
        made.__dict__.update(contents)
        sys.modules[name] = made
        return made

    module("megatron")
    module("megatron.core")
    module("megatron.core.utils", log_single_rank=lambda *_, **__: None)
    scheduler = module("scheduler")
    with open(os.environ["MEGATRON"]) as file:
        exec(compile(file.read(), "optimizer_param_scheduler.py", "exec"), scheduler.__dict__)
    return scheduler.OptimizerParamScheduler


class Groups:
    def __init__(self):
        self.param_groups = [{"lr": 0.0, "weight_decay": 0.0}]


def cases(random):
    scheduler = load()
    while True:
        top, warm = rate(random), random.choice([0, 0, 1, 5, random.randint(0, 100)])
        length = warm + steps(random)
        style = random.choice(["constant", "linear", "cosine", "inverse-square-root", "WSD"])
        arguments = {"init_lr": top * random.choice([0.0, 0.1]), "max_lr": top, "min_lr": top * random.choice([0.0, 0.1, 0.5]), "lr_warmup_steps": warm,
                     "lr_decay_steps": length, "lr_decay_style": style, "start_wd": 0.0, "end_wd": 0.0, "wd_incr_steps": 1, "wd_incr_style": "constant"}
        if style == "WSD":
            arguments["wsd_decay_steps"] = random.choice([1, length, random.randint(1, length), length + 3])
            arguments["lr_wsd_decay_style"] = random.choice(["linear", "cosine", "exponential", "minus_sqrt"])
        groups = Groups()
        values = []
        try:
            made = scheduler(groups, **arguments)
            for _ in range(min(2000, length + 20)):
                values.append(float(groups.param_groups[0]["lr"]))
                made.step(1)
        except AssertionError:
            values = []
        yield Case("OptimizerParamScheduler", call("megatron.core.optimizer_param_scheduler.OptimizerParamScheduler", Name("optimizer"), **arguments), values, "closed")
