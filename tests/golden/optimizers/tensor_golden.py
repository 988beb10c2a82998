# SPDX-License-Identifier: MIT
"""Golden values of the rules that see whole tensors: matrices and a vector, 100 steps.

torch.optim.Muon and timm's round their products to bfloat16, pytorch_optimizer's SOAP decomposes in float32, optax's Adafactor works its
decay out in float32, Keras takes means, norms, and the root of a side's length in Muon's scale in float32: here the same code runs in the
type of the parameters. optax's Muon with nesterov corrects biases that its norm would take out, so it is compared without. SOAP's float32
run is luck where eigenvalues lie close (of 28 cases, calando's error was 0.04 to 1.6 times the peer's, and in two 2.8 and 3.2 times), so
its errors are compared in sum. SOAP's basis is free where a preconditioner has not full rank after one gradient, so its tensors are those
whose axes are not longer than the others together.

pip install torch timm optax keras prodigyopt dadaptation pytorch-optimizer;   KERAS_BACKEND=jax python3 tensor_golden.py tensor.json
"""
import importlib.metadata
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import dadaptation
import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import optax._src.factorized as optax_factorized
import prodigyopt
import pytorch_optimizer
import pytorch_optimizer.optimizer.soap as soap_module
import timm.optim
import timm.optim.muon as timm_muon
import torch
import torch.optim._muon as torch_muon
from golden import STEPS, call, case, gradient, main, start

SHAPES = [(8, 12), (12, 8), (64,)]
FULL_RANK = [(8, 8), (4, 4, 4), (64,), (8, 8)]


def parts(numbers, shapes=None):
    first = 0
    for shape in shapes or SHAPES:
        size = int(np.prod(shape))
        yield np.array(numbers[first:first + size]).reshape(shape)
        first += size


def flat(tensors):
    return np.concatenate([np.asarray(t, np.float64).ravel() for t in tensors]).tolist()


def run_torch(make, rates, seed, double, shapes=None):
    dtype = torch.float64 if double else torch.float32
    torch.set_default_dtype(dtype)
    ps = [torch.nn.Parameter(torch.tensor(p, dtype=dtype)) for p in parts(start(seed), shapes)]
    optimizers = make(ps, rates[0])
    points = []
    for step in range(1, STEPS + 1):
        for p, g in zip(ps, parts(gradient(seed, step), shapes)):
            p.grad = torch.tensor(g, dtype=dtype)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rates[step - 1] * group.get("times", 1)
            optimizer.step()
        points.append(flat([p.detach().numpy() for p in ps]))
    return points, None


def run_optax(make, rates, seed, double):
    with jax.enable_x64(double):
        dtype = jnp.float64 if double else jnp.float32
        optimizer = make(lambda count: jnp.array(rates, dtype)[jnp.array(count, int)])
        ps = [jnp.array(p, dtype) for p in parts(start(seed))]
        state = optimizer.init(ps)
        if double:    # else a power of the step's whole number is a float32
            state = jax.tree.map(lambda x: x.astype(dtype) if x.dtype == jnp.int32 else x, state)
        points = []
        for step in range(1, STEPS + 1):
            updates, state = optimizer.update([jnp.array(g, dtype) for g in parts(gradient(seed, step))], state, ps)
            ps = optax.apply_updates(ps, updates)
            points.append(flat(ps))
        return points, None


keras.src.ops.mean = lambda x, axis=None, keepdims=False: jnp.mean(jnp.asarray(x), axis, keepdims=keepdims)
keras.src.ops.norm = lambda x, ord=None, axis=None, keepdims=False: jnp.linalg.norm(jnp.asarray(x), ord, axis, keepdims)
keras_root = keras.src.ops.sqrt
keras.src.ops.sqrt = lambda x: keras_root(x.astype(keras.config.floatx()) if jnp.issubdtype(x.dtype, jnp.integer) else x)


def run_keras(make, rates, seed, double):
    with jax.enable_x64(double):
        dtype = "float64" if double else "float32"
        keras.config.set_floatx(dtype)
        optimizer = make()
        ps = [keras.Variable(p, dtype=dtype, name=f"p{i}") for i, p in enumerate(parts(start(seed)))]
        optimizer.build(ps)
        points = []
        for step in range(1, STEPS + 1):
            optimizer.apply([keras.ops.convert_to_tensor(g, dtype) for g in parts(gradient(seed, step))], ps)
            points.append(flat([keras.ops.convert_to_numpy(p.value) for p in ps]))
        return points, None


def made(name, peer, ours, rate, seed, run, make):
    """In our words."""
    return case(name, call(name, rate[0], ours), seed, lambda double: run(make, rate[1], seed, double), peer)


def theirs(rule, name, function, options, rate, seed, shapes=None):
    """In the peer's own words: name(lr=..., options)."""
    made = case(rule, call(name, rate[0], options), seed,
                lambda double: run_torch(lambda ps, lr: [function(ps, lr=lr, **options)], rate[1], seed, double, shapes))
    return made | ({"shapes": shapes} if shapes else {})


def keras_theirs(rule, name, options, rate, seed):
    function = getattr(keras.optimizers, name)
    return case(rule, call(f"keras.optimizers.{name}", rate[0], options, "learning_rate"), seed,
                lambda double: run_keras(lambda: function(learning_rate=rate[1][0], **options), rate[1], seed, double))


def word(flag):
    return Word("true" if flag else "false")


class Word(str):
    __repr__ = str.__str__


def lamb_optax(r, seed):
    o = {"b1": r.beta(), "b2": r.beta(), "eps": r.epsilon(), "weight_decay": r.decay()}
    ours = {"beta1": o["b1"], "beta2": o["b2"], "epsilon": o["eps"], "weight_decay": o["weight_decay"]}
    return made("lamb", "optax", ours, r.rate(), seed, run_optax, lambda lr: optax.lamb(lr, **o))


def lamb_timm(r, seed):
    b1, b2, eps, wd, bias, clip = r.beta(), r.beta(), r.epsilon(), r.decay(), r.flag(), r.flag()
    ours = {"beta1": b1, "beta2": b2, "epsilon": eps, "weight_decay": wd, "bias_correction": word(bias),
            "largest_ratio": 1 if clip else 0}
    return made("lamb", "timm", ours, r.rate(), seed, run_torch, lambda ps, lr: [timm.optim.Lamb(
        ps, lr=lr, betas=(b1, b2), eps=eps, weight_decay=wd, bias_correction=bias, max_grad_norm=None, trust_clip=clip,
        always_adapt=True, foreach=False)])


def lars_optax(r, seed):
    o = {"weight_decay": r.decay(), "trust_coefficient": r.log(1e-3, 1), "eps": r.choice([0.0, 1e-6]),
         "momentum": r.choice([0.9, 0.5]), "nesterov": r.flag()}
    ours = {"weight_decay": o["weight_decay"], "trust": o["trust_coefficient"], "epsilon": o["eps"], "momentum": o["momentum"],
            "nesterov": word(o["nesterov"]), "norm": Word("decayed")}
    return made("lars", "optax", ours, r.rate(), seed, run_optax, lambda lr: optax.lars(lr, **o))


def lars_timm(r, seed):
    wd, trust, momentum, nesterov = r.decay(), r.log(1e-3, 1), r.choice([0.9, 0.5]), r.flag()
    ours = {"weight_decay": wd, "trust": trust, "epsilon": 1e-8, "momentum": momentum, "nesterov": word(nesterov),
            "rate_in_momentum": word(False)}
    return made("lars", "timm", ours, r.rate(), seed, run_torch, lambda ps, lr: [timm.optim.Lars(
        ps, lr=lr, momentum=momentum, weight_decay=wd, nesterov=nesterov, trust_coeff=trust, eps=1e-8, always_adapt=True,
        foreach=False)])


def novograd_optax(r, seed):
    o = {"b1": r.beta(), "b2": r.beta(), "eps": r.epsilon(), "weight_decay": r.decay()}
    ours = {"beta1": o["b1"], "beta2": o["b2"], "epsilon": o["eps"], "weight_decay": o["weight_decay"]}
    return made("novograd", "optax", ours, r.rate(1e-4, 1e-2), seed, run_optax, lambda lr: optax.novograd(lr, **o))


def novograd_timm(r, seed):
    b1, b2, eps, wd, mean = r.beta(), r.beta(), r.epsilon(), r.decay(), r.flag()
    ours = {"beta1": b1, "beta2": b2, "epsilon": eps, "weight_decay": wd, "gradient_averaging": word(mean)}
    return made("novograd", "timm", ours, r.rate(1e-4, 1e-2), seed, run_torch, lambda ps, lr: [timm.optim.NvNovoGrad(
        ps, lr=lr, betas=(b1, b2), eps=eps, weight_decay=wd, grad_averaging=mean)])


def adafactor_torch(r, seed):
    o = {"beta2_decay": -r.choice([0.8, 0.5]), "eps": (r.log(1e-10, 1e-4), r.choice([1e-3, 0.5])), "d": r.choice([1.0, 2.0]),
         "weight_decay": r.decay()}
    ours = {"decay_power": -o["beta2_decay"], "epsilon": o["eps"][0], "smallest_scale": o["eps"][1], "clip": o["d"],
            "weight_decay": o["weight_decay"], "epsilon_place": Word("floor")}
    return made("adafactor", "torch", ours, r.rate(), seed, run_torch,
                lambda ps, lr: [torch.optim.Adafactor(ps, lr=lr, foreach=False, **o)])


def adafactor_optax(r, seed):
    o = {"min_dim_size_to_factor": r.choice([1, 8, 128]), "decay_rate": r.choice([0.8, 0.5]),
         "multiply_by_parameter_scale": r.flag(), "clipping_threshold": r.choice([1.0, 0.5, None]),
         "momentum": r.choice([None, 0.9]), "weight_decay_rate": r.choice([None, 1e-3]), "eps": r.choice([1e-30, 1e-6])}
    ours = {"smallest_factored": o["min_dim_size_to_factor"], "decay_power": o["decay_rate"],
            "scale_parameter": word(o["multiply_by_parameter_scale"]), "clip": o["clipping_threshold"] or 0,
            "beta1": o["momentum"] or 0, "weight_decay": o["weight_decay_rate"] or 0, "decay": Word("none"), "epsilon": o["eps"],
            "relative_step": word(False)}

    def make(lr):
        dtype = jnp.float64 if jax.config.jax_enable_x64 else jnp.float32
        return optax.adafactor(lr, dtype_momentum=dtype, **o)
    return made("adafactor", "optax", ours, r.rate(), seed, run_optax, make)


def wide_decay(factored):
    """scale_by_factored_rms with 1 - t^-power in the type of the parameters."""
    def wrapped(*arguments):
        def decay(count, power):
            return 1 - jnp.asarray(count + 1, jnp.float64 if jax.config.jax_enable_x64 else jnp.float32) ** -power
        return factored(*arguments, decay_rate_fn=decay)
    return wrapped


optax_factorized.scale_by_factored_rms = wide_decay(optax_factorized.scale_by_factored_rms)


class InParameterType:
    """torch, but for a type that a package rounds to."""
    def __init__(self, rounded="bfloat16"):
        self.rounded = rounded

    def __getattr__(self, name):
        return torch.get_default_dtype() if name == self.rounded else getattr(torch, name)


def prodigy(r, seed):
    o = {"betas": (r.beta(), r.choice([0.99, 0.999])), "beta3": r.choice([None, 0.9]), "eps": r.epsilon(), "weight_decay": r.decay(),
         "decouple": r.flag(), "use_bias_correction": r.flag(), "safeguard_warmup": r.flag(), "d0": r.log(1e-6, 1e-3),
         "d_coef": r.choice([1.0, 0.5]), "growth_rate": r.choice([float("inf"), 1.1])}
    return theirs("prodigy", "prodigyopt.Prodigy", prodigyopt.Prodigy, o, r.rate(0.1, 1), seed)


def dadapt_adam(r, seed):
    o = {"betas": (r.beta(), r.choice([0.99, 0.999])), "eps": r.log(1e-10, 1e-4), "weight_decay": r.decay(), "decouple": r.flag(),
         "use_bias_correction": r.flag(), "d0": r.log(1e-6, 1e-3), "growth_rate": r.choice([float("inf"), 1.1])}
    return theirs("dadapt_adam", "dadaptation.DAdaptAdam", dadaptation.DAdaptAdam, o, r.rate(0.1, 1), seed)


def dadapt_sgd(r, seed):
    o = {"momentum": r.choice([0.0, 0.9]), "weight_decay": r.decay(), "d0": r.log(1e-6, 1e-3), "growth_rate": r.choice([float("inf"), 1.1])}
    return theirs("dadapt_sgd", "dadaptation.DAdaptSGD", dadaptation.DAdaptSGD, o, r.rate(0.1, 1), seed)


def shampoo(r, seed):
    o = {"weight_decay": r.decay(), "weight_decouple": r.flag(), "matrix_eps": r.log(1e-4, 1e-1)}
    return theirs("shampoo", "pytorch_optimizer.Shampoo", pytorch_optimizer.Shampoo, o, r.rate(1e-3, 0.1), seed)


def soap(r, seed):
    soap_module.torch = InParameterType("float32")
    o = {"betas": (r.choice([0.9, 0.95]), r.choice([0.9, 0.95, 0.99])), "shampoo_beta": r.choice([None, 0.8]), "weight_decay": r.decay(),
         "precondition_frequency": r.choice([1, 3, 10]), "precondition_1d": False, "correct_bias": r.flag(), "eps": r.log(1e-8, 1e-4)}
    return theirs("soap", "pytorch_optimizer.SOAP", pytorch_optimizer.SOAP, o, r.rate(1e-3, 0.02), seed, FULL_RANK)


def lamb_keras(r, seed):
    o = {"beta_1": r.beta(), "beta_2": r.beta(), "epsilon": r.epsilon()}
    return keras_theirs("lamb", "Lamb", o, r.rate(scheduled=0), seed)


def adafactor_keras(r, seed):
    o = {"beta_2_decay": -r.choice([0.8, 0.5]), "epsilon_1": r.choice([1e-30, 1e-6]), "epsilon_2": r.choice([1e-3, 0.5]),
         "clip_threshold": r.choice([1.0, 0.5])}
    return keras_theirs("adafactor", "Adafactor", o, r.rate(scheduled=0), seed)


MATRICES = [(8, 8), (8, 12), (12, 8)]


def muon_keras(r, seed):
    o = {"weight_decay": r.decay(), "adam_weight_decay": r.decay(), "adam_beta_1": r.beta(), "adam_beta_2": r.beta(), "epsilon": r.epsilon(),
         "momentum": r.choice([0.95, 0.9]), "nesterov": r.flag(), "ns_steps": r.choice([5, 3]), "adam_lr_ratio": r.choice([1.0, 0.5]),
         "rms_rate": r.choice([0.2, 0.5, None])}
    return keras_theirs("muon", "Muon", o, r.rate(scheduled=0), seed)


def muon_optax(r, seed):
    rms, momentum, steps, wd, b1, b2 = r.choice([0.2, 0.5]), r.choice([0.95, 0.9]), r.choice([5, 3]), r.decay(), r.beta(), r.beta()
    ours = {"momentum": momentum, "nesterov": word(False), "weight_decay": wd, "scale": Word("match_rms"), "rms": rms, "steps": steps,
            "adam_scale": 1, "beta1": b1, "beta2": b2, "epsilon": 1e-30, "adam_epsilon": 1e-30}

    def make(lr):
        muon = optax.contrib.muon(lr, ns_steps=steps, beta=momentum, eps=1e-30, weight_decay=wd, nesterov=False, adam_b1=b1, adam_b2=b2,
                                  consistent_rms=rms)
        return optax.GradientTransformation(muon.init, jax.jit(muon.update))    # its loop would be compiled at every step
    return made("muon", "optax", ours, r.rate(), seed, run_optax, make)


def muon_timm(r, seed):
    def in_parameter_type(x, steps, coefficients, **options):
        return wide_iteration(x, steps, coefficients, dtype=x.dtype, **options)
    timm_muon.zeropower_via_newtonschulz = in_parameter_type
    scale = r.choice([("original", "original"), ("match_rms", "match_rms_adamw"), ("spectral", "rms_to_rms")])
    momentum, nesterov, wd, steps = r.choice([0.95, 0.9]), r.flag(), r.decay(), r.choice([5, 3])
    a, b, c = r.choice([(3.4445, -4.775, 2.0315), (1.5, -0.5, 0.0)])
    ours = {"momentum": momentum, "nesterov": word(nesterov), "weight_decay": wd, "scale": Word(scale[0]), "steps": steps, "a": a, "b": b, "c": c}
    return made("muon", "timm", ours, r.rate(), seed, lambda make, rates, seed, double: run_torch(make, rates, seed, double, MATRICES),
                lambda ps, lr: [timm.optim.Muon(ps, lr=lr, weight_decay=wd, momentum=momentum, nesterov=nesterov, ns_steps=steps,
                                                ns_coefficients=(a, b, c), adjust_lr_fn=scale[1])]) | {"shapes": MATRICES}


wide_iteration = timm_muon.zeropower_via_newtonschulz


def muon_words(r, seed):
    torch_muon.torch = InParameterType()
    o = {"weight_decay": r.decay(), "momentum": r.choice([0.95, 0.9]), "nesterov": r.flag(), "ns_steps": r.choice([5, 3]),
         "adjust_lr_fn": r.choice([None, "original", "match_rms_adamw", "spectral_unclamped"])}
    return theirs("muon", "torch.optim.Muon", torch.optim.Muon, o, r.rate(), seed, MATRICES)


def adafactor_words(r, seed):
    o = {"beta2_decay": -r.choice([0.8, 0.5]), "eps": (r.log(1e-10, 1e-4), r.choice([1e-3, 0.5])), "d": r.choice([1.0, 2.0]),
         "weight_decay": r.decay()}
    return theirs("adafactor", "torch.optim.Adafactor", torch.optim.Adafactor, o, r.rate(), seed)


def muon_torch(r, seed):
    torch_muon.torch = InParameterType()
    scale = r.choice([("original", "original"), ("match_rms", "match_rms_adamw"), ("spectral", "spectral_unclamped")])
    momentum, nesterov, wd, steps, times = r.choice([0.95, 0.9]), r.flag(0.7), r.decay(), r.choice([5, 3]), 0.25
    beta1, beta2, eps = r.beta(), r.beta(), r.epsilon()
    ours = {"momentum": momentum, "nesterov": word(nesterov), "weight_decay": wd, "scale": Word(scale[0]), "steps": steps,
            "adam_scale": times, "beta1": beta1, "beta2": beta2, "adam_epsilon": eps}

    def make(ps, lr):
        muon = torch.optim.Muon(ps[:2], lr=lr, weight_decay=wd, momentum=momentum, nesterov=nesterov, ns_steps=steps,
                                adjust_lr_fn=scale[1])
        adam = torch.optim.Adam([{"params": ps[2:], "times": times}], lr=lr, betas=(beta1, beta2), eps=eps)
        return [muon, adam]
    return made("muon", "torch", ours, r.rate(), seed, run_torch, make)


if __name__ == "__main__":
    main({"lamb_optax": lamb_optax, "lamb_timm": lamb_timm, "lars_optax": lars_optax, "lars_timm": lars_timm,
          "novograd_optax": novograd_optax, "novograd_timm": novograd_timm, "adafactor_torch": adafactor_torch,
          "adafactor_optax": adafactor_optax, "muon_torch": muon_torch, "prodigy": prodigy, "dadapt_adam": dadapt_adam,
          "dadapt_sgd": dadapt_sgd, "shampoo": shampoo, "soap": soap, "lamb_keras": lamb_keras, "adafactor_keras": adafactor_keras,
          "muon_keras": muon_keras, "muon_optax": muon_optax, "muon_timm": muon_timm, "muon_words": muon_words, "adafactor_words": adafactor_words},
         {name: importlib.metadata.version(name) for name in ("torch", "timm", "optax", "jax", "keras", "prodigyopt", "dadaptation",
                                                              "pytorch-optimizer")})
