# SPDX-License-Identifier: MIT
"""Golden values of optax.   pip install optax;   python3 optax_golden.py --seed 20 --cases 3 optax.json"""
import jax
import jax.numpy as jnp
import numpy as np
import optax
from golden import STEPS, Random, call, case, gradient, main, start
from optax import contrib


def rate_of(text, rates):
    """A table, because optax's own schedules work in float32 even where the parameters are float64."""
    if not text.startswith("linear"):
        return rates[0]
    return lambda count: jnp.array(rates, jnp.float64 if jax.config.jax_enable_x64 else jnp.float32)[jnp.array(count, int)]


def run(make, seed, evaluate, double):
    with jax.enable_x64(double):
        dtype = jnp.float64 if double else jnp.float32
        optimizer = make()
        p = jnp.array(start(seed), dtype)
        state = optimizer.init(p)
        if double:    # else the root of a whole number is a float32, as in madgrad's
            state = jax.tree.map(lambda x: x.astype(dtype) if x.dtype == jnp.int32 else x, state)
        points = []
        for step in range(1, STEPS + 1):
            updates, state = optimizer.update(jnp.array(gradient(seed, step), dtype), state, p)
            p = optax.apply_updates(p, updates)
            points.append(np.asarray(p, np.float64).tolist())
        return points, np.asarray(evaluate(state, p), np.float64).tolist() if evaluate else None


def optax_case(name, rule, options, rate, seed, evaluate=None):
    function = getattr(optax, name, None) or getattr(contrib, name)
    text, rates = rate

    def make():
        if not options.get("warmup_steps"):
            return function(rate_of(text, rates), **options)
        warm = [rates[0] * min(count / options["warmup_steps"], 1) for count in range(STEPS + 1)]
        return function(rate_of("linear", warm), **options | {"warmup_steps": None})

    return case(rule, call(f"optax.{name}", text, options, "learning_rate"), seed,
                lambda double: run(make, seed, evaluate, double))


def simple(name, rule, rate=(1e-4, 0.1), scheduled=0.4, evaluate=None, **options):
    def make(r, seed):
        chosen = {key: choose(r) for key, choose in options.items()}
        return optax_case(name, rule, chosen, r.rate(*rate, scheduled=scheduled), seed, evaluate)
    return make


def root(r):
    return r.choice([0.0, r.log(1e-10, 1e-3)])


def optional_momentum(r):
    return r.choice([None, r.beta()])


MOMENTS = {"b1": Random.beta, "b2": Random.beta, "eps": Random.epsilon}
AVERAGED = {"b1": lambda r: r.choice([0.9, 0.95, 0.5]), "warmup_steps": lambda r: r.choice([None, 10, 37]),
            "weight_decay": Random.decay, "weight_lr_power": lambda r: r.choice([2.0, 1.0, 0.0])}

RULES = {
    "sgd": simple("sgd", "momentum", momentum=lambda r: r.beta(), nesterov=Random.flag),
    "adam": simple("adam", "adam", **MOMENTS, eps_root=root, nesterov=Random.flag),
    "adamw": simple("adamw", "adamw", **MOMENTS, eps_root=root, weight_decay=Random.decay, nesterov=Random.flag),
    "nadam": simple("nadam", "adam", **MOMENTS),
    "nadamw": simple("nadamw", "adamw", **MOMENTS, weight_decay=Random.decay),
    "amsgrad": simple("amsgrad", "adam", **MOMENTS, eps_root=root),
    "radam": simple("radam", "radam", **MOMENTS, eps_root=root, threshold=lambda r: r.choice([5.0, 4.5, 8.0]), nesterov=Random.flag),
    "adamax": simple("adamax", "adamax", **MOMENTS),
    "adamaxw": simple("adamaxw", "adamax", **MOMENTS, weight_decay=Random.decay),
    "adabelief": simple("adabelief", "adabelief", **MOMENTS, eps_root=lambda r: r.log(1e-16, 1e-4), nesterov=Random.flag),
    "yogi": simple("yogi", "yogi", **MOMENTS),
    "adagrad": simple("adagrad", "adagrad", initial_accumulator_value=lambda r: r.choice([0.1, 0.0, r.log(1e-3, 1)]),
                      eps=lambda r: r.log(1e-10, 1e-2)),
    "adadelta": simple("adadelta", "adadelta", (0.01, 2), rho=Random.beta, eps=lambda r: r.log(1e-8, 1e-3),
                       weight_decay=Random.decay),
    "rmsprop": simple("rmsprop", "rmsprop", (1e-4, 1e-2), decay=Random.beta, eps=lambda r: r.log(1e-8, 1e-2),
                      initial_scale=lambda r: r.choice([0.0, 1.0]), eps_in_sqrt=Random.flag, momentum=optional_momentum,
                      nesterov=Random.flag),
    "rmsprop_centered": simple("rmsprop", "rmsprop", (1e-4, 1e-2), decay=lambda r: r.choice([0.5, 0.7, 0.9]),
                               eps=lambda r: r.log(1e-6, 1e-2), initial_scale=lambda r: r.choice([0.5, 1.0]),
                               eps_in_sqrt=Random.flag, centered=lambda r: True, momentum=optional_momentum, nesterov=Random.flag),
    "rmsprop_corrected": simple("rmsprop", "rmsprop", (1e-4, 1e-2), decay=Random.beta, eps=lambda r: r.log(1e-8, 1e-2),
                                eps_in_sqrt=Random.flag, bias_correction=lambda r: True),
    "rprop": simple("rprop", "rprop", scheduled=0, eta_minus=lambda r: r.choice([0.5, 0.3]),
                    eta_plus=lambda r: r.choice([1.2, 1.1]), max_step_size=lambda r: r.log(0.05, 50)),
    "lion": simple("lion", "lion", (1e-4, 1e-2), b1=Random.beta, b2=Random.beta, weight_decay=Random.decay),
    "signum": simple("signum", "signum", (1e-4, 1e-2), beta=Random.beta),
    "sign_sgd": simple("sign_sgd", "signum", (1e-4, 1e-2)),
    "adan": simple("adan", "adan", b1=Random.beta, b2=Random.beta, b3=Random.beta, eps=Random.epsilon, eps_root=root,
                   weight_decay=Random.decay),
    "ademamix": simple("ademamix", "ademamix", **MOMENTS, b3=lambda r: r.choice([0.9999, 0.99, 0.999]),
                       alpha=lambda r: r.choice([5.0, 1.0, 8.0]), eps_root=root, weight_decay=Random.decay),
    "adopt": simple("adopt", "adopt", b1=Random.beta, b2=Random.beta, eps=lambda r: r.log(1e-8, 1e-3), nesterov=Random.flag,
                    use_clipping=Random.flag),
    "madgrad": simple("madgrad", "madgrad", (1e-3, 0.1), momentum=Random.beta, weight_decay=Random.decay,
                      eps=lambda r: r.log(1e-8, 1e-4)),
    "schedule_free_sgd": simple("schedule_free_sgd", "schedule_free_sgd", (1e-3, 0.5), 0, contrib.schedule_free_eval_params,
                                **AVERAGED),
    "schedule_free_adamw": simple("schedule_free_adamw", "schedule_free", (1e-4, 0.05), 0, contrib.schedule_free_eval_params,
                                  **AVERAGED, b2=Random.beta, eps=Random.epsilon),
}

if __name__ == "__main__":
    main(RULES, {"optax": optax.__version__, "jax": jax.__version__})
