# SPDX-License-Identifier: MIT
"""MLX's schedules, in single precision. Needs the package mlx (on Linux: mlx[cpu])."""
import importlib.metadata

import mlx.core as mx
import mlx.optimizers as optim

from schedule_cases import Case, call, rate, some, steps

PEER = "mlx"
VERSION = importlib.metadata.version("mlx")


def single(random):
    name = random.choice(["exponential_decay", "step_decay", "cosine_decay", "linear_schedule"])
    peak, total = rate(random), min(400, steps(random))
    low = peak * random.choice([0.0, 0.1, random.random()])
    arguments = {"exponential_decay": {"init": peak, "decay_rate": random.choice([0.9, 0.99])},
                 "step_decay": {"init": peak, "decay_rate": random.choice([0.5, 0.9]), "step_size": total},
                 "cosine_decay": {"init": peak, "decay_steps": total, **some(random, end=low)},
                 "linear_schedule": {"init": low, "end": peak, "steps": total}}[name]
    return name, arguments, 2 * total + 5


def cases(random):
    while True:
        if random.random() < 0.25:
            items = [single(random) for _ in range(random.randint(2, 3))]
            bounds = sorted(random.randint(0, 200) for _ in items[1:])
            schedule = optim.join_schedules([getattr(optim, item[0])(**item[1]) for item in items], bounds)
            written = f"mlx.optimizers.join_schedules([{', '.join(call('optim.' + item[0], **item[1]) for item in items)}], {bounds})"
            name, count = "join_schedules", 260
        else:
            name, arguments, count = single(random)
            schedule, written = getattr(optim, name)(**arguments), call("mlx." + name, **arguments)
        values = [float(mx.array(schedule(mx.array(t)), dtype=mx.float32).item()) for t in range(min(600, count))]
        yield Case(name, written, values, "float32")
