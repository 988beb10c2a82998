# SPDX-License-Identifier: MIT
"""timm's schedules at what step(t) is given. Needs the packages timm and torch."""
import warnings

import timm
import torch
from timm import scheduler
from timm.scheduler.wsd_lr import WSDLRScheduler

from schedule_cases import Case, Name, call, rate, share, some, steps, without_restarts

PEER = "timm"
VERSION = timm.__version__
warnings.filterwarnings("ignore")


def cases(random):
    while True:
        lr, total, warm = rate(random), min(500, steps(random)), random.choice([0, 0, 1, 5, random.randint(0, 100)])
        name = random.choice(["CosineLRScheduler", "PolyLRScheduler", "TanhLRScheduler", "StepLRScheduler", "MultiStepLRScheduler", "WSDLRScheduler"])
        warmup = some(random, warmup_t=warm, warmup_lr_init=lr * random.choice([0.0, 0.01, random.random()]), warmup_prefix=random.random() < 0.5)
        low = lr * random.choice([0.0, 0.01, 0.5 * random.random()])
        cycles = some(random, lr_min=low, cycle_mul=random.choice([1.0, 1.0, 2.0, 1.5, 3.0]), cycle_decay=random.choice([1.0, 0.5, 0.1]),
                      cycle_limit=random.choice([0, 1, 2, 5]))
        count = 4 * total + 105
        if name in ("CosineLRScheduler", "PolyLRScheduler", "TanhLRScheduler"):
            arguments = {"t_initial": total, **cycles, **warmup}
            if name == "PolyLRScheduler":
                arguments.update(some(random, power=random.choice([0.5, 1.0, 2.0])))
            if name == "TanhLRScheduler":
                arguments.update(some(random, lb=random.choice([-7.0, -4.0]), ub=random.choice([3.0, 4.0])))
            else:
                arguments.update(some(random, k_decay=random.choice([1.0, 1.5, 0.7])))
        elif name == "StepLRScheduler":
            arguments = {"decay_t": random.choice([total, total, 2.5]), **some(random, decay_rate=random.choice([0.1, 0.5, 1.0, 0.97])), **warmup}
        elif name == "MultiStepLRScheduler":
            arguments = {"decay_t": sorted(random.randint(0, total) for _ in range(random.randint(1, 4))), **some(random, decay_rate=random.choice([0.1, 0.5])), **warmup}
        else:
            arguments = {"t_initial": total, "decay_t": random.randint(1, total),
                         **some(random, lr_min=low, stable_fn=random.choice(["constant", "rsqrt", "power"]), stable_timescale=random.choice([None, 50.0]),
                                stable_power=random.choice([0.5, 0.3, 1.0]), decay_fn=random.choice(["linear", "1-sqrt", "cosine", "power", "exp"]),
                                decay_power=random.choice([0.5, 2.0]), decay_ratio=random.choice([0.1, 0.5]), warmup_t=warm,
                                warmup_lr_init=lr * random.choice([0.0, 0.01]))}
        group = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
        try:
            made = (WSDLRScheduler if name == "WSDLRScheduler" else getattr(scheduler, name))(group, **arguments)
        except (ValueError, AssertionError):
            yield Case(name, call("timm." + name, **arguments, lr=lr), [], "closed")
            continue
        values = []
        for t in range(count):
            made.step(t)
            values.append(float(group.param_groups[0]["lr"]))
        shift = arguments.get("warmup_t", 0) if arguments.get("warmup_prefix") else 0
        values = without_restarts(values, total, arguments.get("cycle_mul", 1.0), shift)
        prefix = random.choice(["timm.", "timm.scheduler.", ""])
        yield Case(name, call(prefix + name, Name("optimizer"), **arguments, lr=lr), values, "closed")
