# SPDX-License-Identifier: MIT
"""DeepSpeed's schedules, run step by step. Needs the package torch, and DeepSpeed's sources: DEEPSPEED is the path of
its deepspeed/runtime/lr_schedules.py, of which only the schedules are run, DEEPSPEED_VERSION what version it is."""
import logging
import os
import sys
import types

import torch

from schedule_cases import Case, Name, call, rate, share, some, steps

PEER = "deepspeed"
VERSION = os.environ.get("DEEPSPEED_VERSION", "")


def load():
    utils = types.ModuleType("deepspeed.utils")
    utils.logger = logging.getLogger("deepspeed")
    utils.logger.disabled = True
    sys.modules.update({"deepspeed": types.ModuleType("deepspeed"), "deepspeed.utils": utils})
    module = types.ModuleType("lr_schedules")
    with open(os.environ["DEEPSPEED"]) as file:
        exec(compile(file.read(), "lr_schedules.py", "exec"), module.__dict__)
    return module


def cases(random):
    schedules = load()
    while True:
        lr, total, warm = rate(random), steps(random), random.choice([1, 2, 3, 10, random.randint(1, 200)])
        name = random.choice(["WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest"])
        kind = {"warmup_num_steps": warm, **some(random, warmup_type=random.choice(["log", "linear"]))}
        whole = random.choice([warm + total, warm, total])
        if name == "WarmupLR":
            arguments = {**kind, **some(random, warmup_min_lr=lr * 0.1, warmup_max_lr=lr)}
        elif name == "WarmupDecayLR":
            arguments = {"total_num_steps": whole, **kind, **some(random, warmup_min_lr=lr * random.choice([0.0, 0.1]), warmup_max_lr=lr)}
        elif name == "WarmupCosineLR":
            arguments = {"total_num_steps": whole, **kind, **some(random, warmup_min_ratio=random.choice([0.0, 0.1]), cos_min_ratio=random.choice([0.0, 0.01, share(random)]))}
        elif name == "OneCycle":
            arguments = {"cycle_min_lr": lr * 0.1, "cycle_max_lr": lr, "cycle_first_step_size": total,
                         **some(random, decay_lr_rate=random.choice([0.0, 0.5]), cycle_second_step_size=random.choice([None, total // 2 + 1]),
                                cycle_first_stair_count=random.choice([0, 2, 5, 7]), cycle_second_stair_count=random.choice([None, 0, 3]), decay_step_size=random.choice([0, 10]))}
        else:
            arguments = some(random, lr_range_test_min_lr=lr, lr_range_test_step_size=total, lr_range_test_step_rate=random.choice([1.0, 0.5]),
                             lr_range_test_staircase=random.random() < 0.5)
        group = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=lr)
        made = getattr(schedules, name)(group, **arguments)
        values = []
        for _ in range(min(2000, 2 * (total + warm) + 10)):
            values.append(float(group.param_groups[0]["lr"]))
            made.step()
        base = {"lr": lr} if name == "WarmupCosineLR" or (name == "WarmupLR" and "warmup_max_lr" not in arguments) else {}
        yield Case(name, call(random.choice(["deepspeed.", "deepspeed.runtime.lr_schedules."]) + name, Name("optimizer"), **arguments, **base), values, "closed")
