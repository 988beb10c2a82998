# SPDX-License-Identifier: MIT
"""PyTorch's schedulers, run as a training loop runs them: step() after every update. Needs the package torch."""
import copy
import warnings

import torch
from torch.optim import lr_scheduler, swa_utils

from schedule_cases import Case, Name, call, rate, share, some, steps

PEER = "torch"
VERSION = torch.__version__
warnings.filterwarnings("ignore")
RAISES = (ValueError, ZeroDivisionError, NotImplementedError, AttributeError, OverflowError)


def optimizer(lr):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.9)


def run(make, lr, count):
    """The rate before the first step and after each; shorter where PyTorch raises."""
    group = optimizer(lr)
    try:
        scheduler = make(group)
    except RAISES:
        return []
    values = [float(group.param_groups[0]["lr"])]
    try:
        for _ in range(count - 1):
            group.step()
            scheduler.step()
            value = group.param_groups[0]["lr"]
            if isinstance(value, complex):
                break
            values.append(float(value))
    except RAISES:
        pass
    return values


def milestones(random, longest):
    return sorted(random.randint(0, longest) for _ in range(random.randint(1, 5))) if random.random() < 0.7 else \
        [random.randint(1, longest) for _ in range(3)]


def plain(random, lr):
    """A class, its arguments, and a number of steps that shows all of it."""
    name = random.choice(["StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR",
                          "CosineAnnealingLR", "CosineAnnealingWarmRestarts"])
    total = steps(random)
    gamma = random.choice([0.1, 0.5, 0.9, 1.0, 0.0, 1.05, round(random.random(), 3)])
    if name == "StepLR":
        return name, {"step_size": total, **some(random, gamma=gamma)}, 3 * total
    if name == "MultiStepLR":
        return name, {"milestones": milestones(random, total), **some(random, gamma=gamma)}, 2 * total
    if name == "ConstantLR":
        return name, some(random, factor=random.choice([0.25, 1.0, 1.0 / 3, random.uniform(0.01, 1)]),
                          total_iters=random.choice([0, total])), 2 * total
    if name == "LinearLR":
        return name, some(random, start_factor=random.choice([0.25, 1.0, 1e-3, random.uniform(0.001, 1)]),
                          end_factor=random.choice([0.0, 1.0, random.random()]), total_iters=random.choice([0, total, total])), 2 * total
    if name == "ExponentialLR":
        return name, {"gamma": random.choice([0.9, 0.99, 0.999, 1.0, 1.001, 0.0])}, 200
    if name == "PolynomialLR":
        return name, some(random, total_iters=random.choice([0, total, total]), power=random.choice([1.0, 2.0, 0.5, 0.9, 3, 0])), 2 * total
    if name == "CosineAnnealingLR":
        return name, {"T_max": total, **some(random, eta_min=random.choice([0.0, lr * random.random(), lr]))}, 3 * total + 2
    return name, {"T_0": total, **some(random, T_mult=random.choice([1, 2, 3, 10]), eta_min=random.choice([0.0, lr * random.random()]))}, 5 * total + 2


def setter(random, lr):
    name = random.choice(["CyclicLR", "OneCycleLR", "SWALR"])
    total = steps(random)
    if name == "CyclicLR":
        up = steps(random)
        arguments = {"base_lr": lr * random.choice([0.0, 0.1, random.random()]), "max_lr": lr, "step_size_up": up,
                     **some(random, step_size_down=random.choice([total, None]), gamma=random.choice([1.0, 0.99, 0.9]),
                            mode=random.choice(["triangular", "triangular2", "exp_range"]))}
        return name, arguments, random.choice([3, 3, 500]) * (up + (arguments.get("step_size_down") or up)) + 3
    if name == "OneCycleLR":
        if random.random() < 0.2:
            arguments = {"max_lr": lr, "epochs": random.randint(1, 5), "steps_per_epoch": total}
            count = arguments["epochs"] * total
        else:
            arguments, count = {"max_lr": lr, "total_steps": total}, total
        arguments.update(some(random, pct_start=random.choice([0.3, 0.5, 0.0, 1.0, 0.7, round(random.random(), 2)]),
                              anneal_strategy=random.choice(["cos", "linear"]), div_factor=random.choice([25.0, 10.0, 1.0, 7.5]),
                              final_div_factor=random.choice([1e4, 100.0, 1.0]), three_phase=random.random() < 0.5))
        return name, arguments, count + 1
    return name, {"swa_lr": lr * random.choice([0.05, 0.5, 1.0, 2.0]),
                  **some(random, anneal_epochs=random.choice([0, total]), anneal_strategy=random.choice(["cos", "linear"]))}, 2 * total + 2


def build(name, arguments):
    module = swa_utils if name == "SWALR" else lr_scheduler
    return lambda group: getattr(module, name)(group, **copy.deepcopy(arguments))


def composite(random, lr, depth=1):
    members = []
    for _ in range(random.randint(1, 4)):
        if depth > 0 and random.random() < 0.12:
            members.append(composite(random, lr, depth - 1))
        else:
            members.append((setter if random.random() < 0.15 else plain)(random, lr))
    longest = min(1500, sum(member[2] for member in members) + 5)
    if random.random() < 0.5:
        return "ChainedScheduler", members, longest
    bounds = sorted(random.randint(0 if random.random() < 0.2 else 1, max(2, longest // 2)) for _ in members[1:])
    return "SequentialLR", (members, bounds), longest


def build_composite(name, content):
    if name == "ChainedScheduler":
        return lambda group: lr_scheduler.ChainedScheduler([member(*item[:2])(group) for item in content])
    return lambda group: lr_scheduler.SequentialLR(group, [member(*item[:2])(group) for item in content[0]], content[1])


def member(name, content):
    return build_composite(name, content) if name in ("ChainedScheduler", "SequentialLR") else build(name, content)


def text_of(name, content, prefix="torch."):
    if name == "ChainedScheduler":
        return Name(f"{prefix}{name}([{', '.join(text_of(item[0], item[1], '') for item in content)}])")
    if name == "SequentialLR":
        inner = ", ".join(text_of(item[0], item[1], "") for item in content[0])
        return Name(f"{prefix}{name}(optimizer, schedulers=[{inner}], milestones={content[1]})")
    return Name(call(prefix + name, Name("optimizer"), **content))


def cases(random):
    while True:
        lr = rate(random)
        pick = random.choice(["plain", "plain", "setter", "composite"])
        name, content, count = {"plain": plain, "setter": setter, "composite": composite}[pick](random, lr)
        count = min(count, 2500)
        values = run(member(name, content), lr, count)
        written = str(text_of(name, content))
        if name not in ("CyclicLR", "OneCycleLR"):
            written = written[:-1] + f", lr={lr!r})"
        if name == "OneCycleLR" and len(values) < count and len(values) > 1:
            count = len(values)
        closed = name in ("CyclicLR", "OneCycleLR", "CosineAnnealingWarmRestarts")
        yield Case(name, written, values, "closed" if closed else "recurrence")
