# SPDX-License-Identifier: MIT
"""Optax's schedules, in single precision. Needs the packages optax and jax."""
import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import optax

from schedule_cases import Case, Name, call, rate, share, some, steps, text

PEER = "optax"
VERSION = optax.__version__


def powers(random):
    return random.choice([1.0, 2.0, 0.5, 1, 3])


def scales(random, longest):
    return {random.randint(0, longest): random.choice([0.1, 0.5, 2.0, round(random.random(), 3)]) for _ in range(random.randint(1, 4))}


def single(random):
    name = random.choice(["constant_schedule", "polynomial_schedule", "linear_schedule", "piecewise_constant_schedule", "exponential_decay",
                          "cosine_decay_schedule", "piecewise_interpolate_schedule", "linear_onecycle_schedule", "cosine_onecycle_schedule",
                          "warmup_constant_schedule", "warmup_cosine_decay_schedule", "warmup_exponential_decay_schedule", "sgdr_schedule"])
    peak, total, warm = rate(random), steps(random), random.choice([0, 1, 5, random.randint(0, 100)])
    start, end = peak * random.choice([0.0, 0.1, random.random()]), peak * random.choice([0.0, 0.1, random.random()])
    decays = {"transition_steps": random.choice([0, total, total]), "decay_rate": random.choice([0.9, 0.5, 0.99, 1.01, 0.0, 0.1])}
    decay_more = some(random, transition_begin=random.choice([0, warm]), staircase=random.random() < 0.5, end_value=random.choice([None, end]))
    if name == "constant_schedule":
        return name, {"value": peak}, 3
    if name in ("polynomial_schedule", "linear_schedule"):
        power = {"power": powers(random)} if name == "polynomial_schedule" else {}
        first, last = random.choice([(start, peak), (peak, end)])
        return name, {"init_value": first, "end_value": last, **power, "transition_steps": random.choice([0, total, total]),
                      **some(random, transition_begin=warm)}, total + warm + 3
    if name == "piecewise_constant_schedule":
        return name, {"init_value": peak, **some(random, boundaries_and_scales=scales(random, total))}, total + 3
    if name == "piecewise_interpolate_schedule":
        return name, {"interpolate_type": random.choice(["linear", "cosine"]), "init_value": peak, "boundaries_and_scales": scales(random, total)}, total + 3
    if name == "exponential_decay":
        return name, {"init_value": peak, **decays, **decay_more}, min(1500, 3 * total + warm + 3)
    if name == "cosine_decay_schedule":
        return name, {"init_value": peak, "decay_steps": total, **some(random, alpha=share(random), exponent=powers(random))}, total + 5
    if name == "linear_onecycle_schedule":
        return name, {"transition_steps": total, "peak_value": peak,
                      **some(random, pct_start=round(0.5 * random.random(), 2), pct_final=0.5 + round(0.5 * random.random(), 2),
                             div_factor=random.choice([25.0, 10.0]), final_div_factor=random.choice([1e4, 10.0]))}, total + 3
    if name == "cosine_onecycle_schedule":
        return name, {"transition_steps": total, "peak_value": peak,
                      **some(random, pct_start=round(random.random(), 2), div_factor=random.choice([25.0, 10.0]),
                             final_div_factor=random.choice([1e4, 10.0]))}, total + 3
    if name == "warmup_constant_schedule":
        return name, {"init_value": start, "peak_value": peak, "warmup_steps": warm}, warm + 5
    if name == "warmup_cosine_decay_schedule":
        return name, {"init_value": start, "peak_value": peak, "warmup_steps": warm, "decay_steps": warm + random.choice([0, total, total, total]),
                      **some(random, end_value=end, exponent=powers(random))}, warm + total + 5
    if name == "warmup_exponential_decay_schedule":
        return name, {"init_value": start, "peak_value": peak, "warmup_steps": warm, **decays, **decay_more}, min(1500, 3 * total + 2 * warm + 3)
    cycles = [{"init_value": start, "peak_value": peak * 0.5 ** i, "warmup_steps": warm, "decay_steps": warm + total + i, "end_value": start * 0.1 ** i}
              for i in range(random.randint(1, 3))]
    return name, {"cosine_kwargs": cycles}, min(1500, sum(cycle["decay_steps"] for cycle in cycles) + 3)


def build(item):
    return getattr(optax, item[0])(**item[1])


def text_of(item, prefix):
    name, arguments, _ = item
    if name == "sgdr_schedule":
        inner = ", ".join(call("dict", **cycle) for cycle in arguments["cosine_kwargs"])
        return Name(f"{prefix}{name}([{inner}])")
    return Name(call(prefix + name, **arguments))


def cases(random):
    while True:
        if random.random() < 0.2:
            items = [single(random) for _ in range(random.randint(1, 3))]
            bounds = sorted(random.randint(0, 200) for _ in items[1:])
            count = 260
            written = f"optax.join_schedules(schedules=[{', '.join(text_of(item, 'optax.') for item in items)}], boundaries={bounds})"
            name = "join_schedules"
        else:
            items, bounds = [single(random)], []
            written, name, count = str(text_of(items[0], random.choice(["optax.", "optax.schedules."]))), items[0][0], items[0][2]
        try:
            made = [build(item) for item in items]
        except ValueError:
            yield Case(name, written, [], "float32")
            continue
        schedule = made[0] if len(made) == 1 and not bounds else optax.join_schedules(made, bounds)
        count = min(count, 1500)
        t = jnp.arange(1500)    # one shape: compiled once
        one_by_one = any("interpolate" in item[0] or "onecycle" in item[0] for item in items)
        values = jax.vmap(lambda step: jnp.asarray(schedule(step), jnp.float32))(t) if one_by_one else schedule(t)
        values = jnp.broadcast_to(jnp.asarray(values, jnp.float32), (1500,)).tolist()[:count]
        yield Case(name, written, values, "float32")
