# SPDX-License-Identifier: MIT
"""Golden values of the rules that see whole tensors: two matrices and a vector, 100 steps.

torch.optim.Muon rounds its products to bfloat16; here the same code runs in the type of the parameters.

pip install torch timm optax;   python3 tensor_golden.py tensor.json
"""
import importlib.metadata

import jax
import jax.numpy as jnp
import numpy as np
import optax
import timm.optim
import torch
import torch.optim._muon as torch_muon
from golden import STEPS, call, case, gradient, main, start

SHAPES = [(8, 12), (12, 8), (64,)]


def parts(numbers):
    first = 0
    for shape in SHAPES:
        size = int(np.prod(shape))
        yield np.array(numbers[first:first + size]).reshape(shape)
        first += size


def flat(tensors):
    return np.concatenate([np.asarray(t, np.float64).ravel() for t in tensors]).tolist()


def run_torch(make, rates, seed, double):
    dtype = torch.float64 if double else torch.float32
    torch.set_default_dtype(dtype)
    ps = [torch.nn.Parameter(torch.tensor(p, dtype=dtype)) for p in parts(start(seed))]
    optimizers = make(ps, rates[0])
    points = []
    for step in range(1, STEPS + 1):
        for p, g in zip(ps, parts(gradient(seed, step))):
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


def made(name, ours, rate, seed, run, make):
    return case(name, call(name, rate[0], ours), seed, lambda double: run(make, rate[1], seed, double))


def word(flag):
    return Word("true" if flag else "false")


class Word(str):
    __repr__ = str.__str__


def lamb_optax(r, seed):
    o = {"b1": r.beta(), "b2": r.beta(), "eps": r.epsilon(), "weight_decay": r.decay()}
    ours = {"beta1": o["b1"], "beta2": o["b2"], "epsilon": o["eps"], "weight_decay": o["weight_decay"]}
    return made("lamb", ours, r.rate(), seed, run_optax, lambda lr: optax.lamb(lr, **o))


def lamb_timm(r, seed):
    b1, b2, eps, wd, bias, clip = r.beta(), r.beta(), r.epsilon(), r.decay(), r.flag(), r.flag()
    ours = {"beta1": b1, "beta2": b2, "epsilon": eps, "weight_decay": wd, "bias_correction": word(bias),
            "largest_ratio": 1 if clip else 0}
    return made("lamb", ours, r.rate(), seed, run_torch, lambda ps, lr: [timm.optim.Lamb(
        ps, lr=lr, betas=(b1, b2), eps=eps, weight_decay=wd, bias_correction=bias, max_grad_norm=None, trust_clip=clip,
        always_adapt=True, foreach=False)])


def lars_optax(r, seed):
    o = {"weight_decay": r.decay(), "trust_coefficient": r.log(1e-3, 1), "eps": r.choice([0.0, 1e-6]),
         "momentum": r.choice([0.9, 0.5]), "nesterov": r.flag()}
    ours = {"weight_decay": o["weight_decay"], "trust": o["trust_coefficient"], "epsilon": o["eps"], "momentum": o["momentum"],
            "nesterov": word(o["nesterov"]), "norm": Word("decayed")}
    return made("lars", ours, r.rate(), seed, run_optax, lambda lr: optax.lars(lr, **o))


def lars_timm(r, seed):
    wd, trust, momentum, nesterov = r.decay(), r.log(1e-3, 1), r.choice([0.9, 0.5]), r.flag()
    ours = {"weight_decay": wd, "trust": trust, "epsilon": 1e-8, "momentum": momentum, "nesterov": word(nesterov),
            "rate_in_momentum": word(False)}
    return made("lars", ours, r.rate(), seed, run_torch, lambda ps, lr: [timm.optim.Lars(
        ps, lr=lr, momentum=momentum, weight_decay=wd, nesterov=nesterov, trust_coeff=trust, eps=1e-8, always_adapt=True,
        foreach=False)])


def novograd_optax(r, seed):
    o = {"b1": r.beta(), "b2": r.beta(), "eps": r.epsilon(), "weight_decay": r.decay()}
    ours = {"beta1": o["b1"], "beta2": o["b2"], "epsilon": o["eps"], "weight_decay": o["weight_decay"]}
    return made("novograd", ours, r.rate(1e-4, 1e-2), seed, run_optax, lambda lr: optax.novograd(lr, **o))


def novograd_timm(r, seed):
    b1, b2, eps, wd, mean = r.beta(), r.beta(), r.epsilon(), r.decay(), r.flag()
    ours = {"beta1": b1, "beta2": b2, "epsilon": eps, "weight_decay": wd, "gradient_averaging": word(mean)}
    return made("novograd", ours, r.rate(1e-4, 1e-2), seed, run_torch, lambda ps, lr: [timm.optim.NvNovoGrad(
        ps, lr=lr, betas=(b1, b2), eps=eps, weight_decay=wd, grad_averaging=mean)])


def adafactor_torch(r, seed):
    o = {"beta2_decay": -r.choice([0.8, 0.5]), "eps": (r.log(1e-10, 1e-4), r.choice([1e-3, 0.5])), "d": r.choice([1.0, 2.0]),
         "weight_decay": r.decay()}
    ours = {"decay_power": -o["beta2_decay"], "epsilon": o["eps"][0], "smallest_scale": o["eps"][1], "clip": o["d"],
            "weight_decay": o["weight_decay"], "epsilon_place": Word("floor")}
    return made("adafactor", ours, r.rate(), seed, run_torch,
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
    return made("adafactor", ours, r.rate(), seed, run_optax, make)


class InParameterType:
    """torch, but for the type that Muon rounds to."""
    def __getattr__(self, name):
        return torch.get_default_dtype() if name == "bfloat16" else getattr(torch, name)


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
    return made("muon", ours, r.rate(), seed, run_torch, make)


if __name__ == "__main__":
    main({"lamb_optax": lamb_optax, "lamb_timm": lamb_timm, "lars_optax": lars_optax, "lars_timm": lars_timm,
          "novograd_optax": novograd_optax, "novograd_timm": novograd_timm, "adafactor_torch": adafactor_torch,
          "adafactor_optax": adafactor_optax, "muon_torch": muon_torch},
         {name: importlib.metadata.version(name) for name in ("torch", "timm", "optax", "jax")}, "torch, timm, optax")
