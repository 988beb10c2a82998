# SPDX-License-Identifier: MIT
"""Golden values of Keras.   pip install keras jax;   KERAS_BACKEND=jax python3 keras_golden.py --seed 20 --cases 3 keras.json"""
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax
import keras
from golden import STEPS, Random, call, case, gradient, main, start


def rate_of(text, rates):
    if not text.startswith("linear"):
        return rates[0]
    return keras.optimizers.schedules.PolynomialDecay(rates[0], STEPS, rates[0] + (rates[1] - rates[0]) * STEPS)


def run(make, seed, evaluate, double):
    with jax.enable_x64(double):
        dtype = "float64" if double else "float32"
        keras.config.set_floatx(dtype)
        optimizer = make()
        p = keras.Variable(start(seed), dtype=dtype)
        points = []
        for step in range(1, STEPS + 1):
            optimizer.apply([keras.ops.convert_to_tensor(gradient(seed, step), dtype)], [p])
            points.append(keras.ops.convert_to_numpy(p.value).astype(float).tolist())
        return points, evaluate(optimizer, points[-1]) if evaluate else None


def keras_case(name, rule, options, rate, seed, evaluate=None):
    text, rates = rate
    return case(rule, call(f"keras.optimizers.{name}", text, options, "learning_rate"), seed,
                lambda double: run(lambda: getattr(keras.optimizers, name)(learning_rate=rate_of(text, rates), **options), seed,
                                   evaluate, double))


def simple(name, rule, rate=(1e-4, 0.1), evaluate=None, **options):
    def make(r, seed):
        chosen = {key: choose(r) for key, choose in options.items()} | {"weight_decay": r.choice([None, r.log(1e-4, 0.5)])}
        if name == "AdamW":
            chosen["weight_decay"] = r.decay()
        return keras_case(name, rule, chosen, r.rate(*rate), seed, evaluate)
    return make


def averaged(optimizer, y):
    """x = (y - (1 - beta_1) z) / beta_1, as the optimizer's update_step has it."""
    z = keras.ops.convert_to_numpy(optimizer._momentums[0].value).astype(float).tolist()
    b = optimizer.beta_1
    return [(y_i - (1 - b) * z_i) / b for y_i, z_i in zip(y, z)]


MOMENTS = {"beta_1": Random.beta, "beta_2": Random.beta, "epsilon": Random.epsilon}
RULES = {
    "sgd": simple("SGD", "momentum", momentum=lambda r: r.choice([0.9, 0.5, 0.99]), nesterov=Random.flag),
    "sgd_plain": simple("SGD", "sgd"),
    "adam": simple("Adam", "adam", **MOMENTS, amsgrad=Random.flag),
    "adamw": simple("AdamW", "adamw", **MOMENTS, amsgrad=Random.flag),
    "nadam": simple("Nadam", "nadam", **MOMENTS),
    "adamax": simple("Adamax", "adamax", **MOMENTS),
    "adagrad": simple("Adagrad", "adagrad", initial_accumulator_value=lambda r: r.choice([0.1, r.log(1e-3, 1)]),
                      epsilon=lambda r: r.log(1e-10, 1e-2)),
    "adadelta": simple("Adadelta", "adadelta", (0.01, 2), rho=Random.beta, epsilon=lambda r: r.log(1e-8, 1e-3)),
    "rmsprop": simple("RMSprop", "rmsprop", (1e-4, 1e-2), rho=lambda r: r.choice([0.5, 0.7, 0.9]), epsilon=lambda r: r.log(1e-6, 1e-2),
                      momentum=lambda r: r.choice([0.0, r.beta()]), centered=Random.flag),
    "lion": simple("Lion", "lion", (1e-4, 1e-2), beta_1=Random.beta, beta_2=Random.beta),
    "schedule_free": simple("ScheduleFreeAdamW", "schedule_free", (1e-4, 0.05), averaged, beta_1=lambda r: r.choice([0.9, 0.95, 0.5]),
                            beta_2=Random.beta, epsilon=Random.epsilon, warmup_steps=lambda r: r.choice([0, 10, 37])),
    "ftrl": simple("Ftrl", "ftrl", (1e-3, 0.5), learning_rate_power=lambda r: r.choice([-0.5, -0.3]),
                   initial_accumulator_value=lambda r: r.choice([0.1, 1.0]), l1_regularization_strength=lambda r: r.choice([0.0, 0.1]),
                   l2_regularization_strength=lambda r: r.choice([0.0, 0.05]),
                   l2_shrinkage_regularization_strength=lambda r: r.choice([0.0, 0.02]), beta=lambda r: r.choice([0.0, 0.5])),
}

if __name__ == "__main__":
    main(RULES, {"keras": keras.__version__, "jax": jax.__version__})
