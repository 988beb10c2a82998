# SPDX-License-Identifier: MIT
"""Golden values of packages that have what torch, optax and Keras do not, or in the authors' own form.

pip install torch timm schedulefree pytorch_optimizer adabelief-pytorch madgrad torch-optimizer;   python3 packages_golden.py --seed 20 --cases 3 packages.json
"""
import importlib.metadata

import adabelief_pytorch
import madgrad
import pytorch_optimizer
import schedulefree
import timm.optim
import torch_optimizer
from golden import Random, call, case, main
from with_torch import run


def package_case(rule, text, make, rate, seed, evaluate=None, peer=None):
    return case(rule, text, seed, lambda double: run(make, rate[1], seed, evaluate, double), peer)


def betas(r):
    return r.beta(), r.beta()


def averaged(optimizer, p):
    optimizer.eval()
    return p.detach().double().tolist()


def schedule_free_sgd(r, seed):
    options = {"momentum": r.choice([0.9, 0.5]), "weight_decay": r.decay(), "warmup_steps": r.choice([0, 10]),
               "r": r.choice([0.0, 1.5]), "weight_lr_power": r.choice([2, 1, 0])}
    rate = r.rate(1e-3, 0.5)
    return package_case("schedule_free_sgd", call("schedulefree.SGDScheduleFree", rate[0], options),
                        lambda p, lr: schedulefree.SGDScheduleFree(p, lr=lr, **options), rate, seed, averaged)


def schedule_free(r, seed):
    options = {"betas": (r.choice([0.9, 0.95]), r.beta()), "eps": r.epsilon(), "weight_decay": r.decay(),
               "warmup_steps": r.choice([0, 10]), "r": r.choice([0.0, 1.5]), "weight_lr_power": r.choice([2.0, 1.0, 0.0])}
    rate = r.rate(1e-4, 0.05)
    return package_case("schedule_free", call("schedulefree.AdamWScheduleFree", rate[0], options),
                        lambda p, lr: schedulefree.AdamWScheduleFree(p, lr=lr, **options), rate, seed, averaged)


def timm_case(name, rule, options, rate, seed):
    return package_case(rule, call(f"timm.optim.{name}", rate[0], options),
                        lambda p, lr: getattr(timm.optim, name)(p, lr=lr, **options), rate, seed)


def rmsprop_tf(r, seed):
    options = {"alpha": r.choice([0.5, 0.9]), "eps": r.log(1e-10, 1e-2), "weight_decay": r.decay(), "momentum": r.choice([0.0, r.beta()]),
               "centered": r.flag(), "decoupled_decay": r.flag(), "lr_in_momentum": r.flag()}
    return timm_case("RMSpropTF", "rmsprop", options, r.rate(1e-4, 1e-2), seed)


def lion(r, seed):
    return timm_case("Lion", "lion", {"betas": betas(r), "weight_decay": r.decay()}, r.rate(1e-4, 1e-2), seed)


def adan(r, seed):
    options = {"betas": (r.beta(), r.beta(), r.beta()), "eps": r.epsilon(), "weight_decay": r.decay(), "no_prox": r.flag()}
    return timm_case("Adan", "adan", options, r.rate(), seed)


def adopt(r, seed):
    options = {"betas": betas(r), "eps": r.log(1e-8, 1e-3), "clip_exp": r.choice([None, 0.333, 0.25]), "weight_decay": r.decay(),
               "decoupled": r.flag()}
    return timm_case("Adopt", "adopt", options, r.rate(), seed)


def native(rule, make, seed, rate, theirs, ours):
    """theirs: options of the package's class; ours: the same in our words."""
    return package_case(rule, call(rule, rate[0], ours), lambda p, lr: make(p, lr=lr, **theirs), rate, seed,
                        peer=make.__module__.split(".")[0])


def ademamix(r, seed):
    b1, b2, b3 = r.choice([0.9, 0.95, 0.5]), r.beta(), r.choice([0.9999, 0.999])
    alpha, eps, decay, apart, warm = r.choice([5.0, 2.0]), r.epsilon(), r.decay(), r.flag(), r.choice([None, 50, 200])
    return native("ademamix", pytorch_optimizer.AdEMAMix, seed, r.rate(),
                  {"betas": (b1, b2, b3), "alpha": alpha, "eps": eps, "weight_decay": decay, "weight_decouple": apart,
                   "t_alpha_beta3": warm, "foreach": False},
                  {"beta1": b1, "beta2": b2, "beta3": b3, "alpha": alpha, "epsilon": eps, "weight_decay": decay,
                   "decay": "decoupled" if apart else "coupled", "warmup": warm or 0})


def grams(r, seed):
    b1, b2, eps, decay = r.beta(), r.beta(), r.epsilon(), r.decay()
    return native("adamw", pytorch_optimizer.Grams, seed, r.rate(),
                  {"betas": (b1, b2), "eps": eps, "weight_decay": decay, "foreach": False},
                  {"beta1": b1, "beta2": b2, "epsilon": eps, "weight_decay": decay, "mask": "grams"})


def signum(r, seed):
    beta, decay, apart = r.choice([0.0, r.beta()]), r.decay(), r.flag()
    return native("signum", pytorch_optimizer.SignSGD, seed, r.rate(1e-4, 1e-2),
                  {"momentum": beta, "weight_decay": decay, "weight_decouple": apart, "foreach": False},
                  {"beta": beta, "weight_decay": decay, "decay": "decoupled" if apart else "coupled"})


def adabelief(r, seed):
    b1, b2, eps, decay, apart, rectify = r.beta(), r.beta(), r.log(1e-16, 1e-6), r.decay(), r.flag(), r.flag()
    return native("adabelief", adabelief_pytorch.AdaBelief, seed, r.rate(),
                  {"betas": (b1, b2), "eps": eps, "weight_decay": decay, "weight_decouple": apart, "rectify": rectify,
                   "print_change_log": False},
                  {"beta1": b1, "beta2": b2, "epsilon": eps, "epsilon_root": eps, "weight_decay": decay, "rectify": rectify,
                   "decay": "decoupled" if apart else "coupled", "epsilon_place": "hat" if rectify else "outside"})


def yogi(r, seed):
    b1, b2, eps, decay, first = r.beta(), r.beta(), r.log(1e-6, 1e-2), r.decay(), r.log(1e-8, 1e-2)
    return native("yogi", torch_optimizer.Yogi, seed, r.rate(),
                  {"betas": (b1, b2), "eps": eps, "weight_decay": decay, "initial_accumulator": first},
                  {"beta1": b1, "beta2": b2, "epsilon": eps, "weight_decay": decay, "initial_accumulator": first})


def adabound(r, seed):
    b1, b2, eps, decay, last, gamma, ams = r.beta(), r.beta(), r.epsilon(), r.decay(), r.log(1e-3, 0.5), r.log(1e-4, 0.1), r.flag()
    return native("adabound", torch_optimizer.AdaBound, seed, r.rate(),
                  {"betas": (b1, b2), "eps": eps, "weight_decay": decay, "final_lr": last, "gamma": gamma, "amsbound": ams},
                  {"beta1": b1, "beta2": b2, "epsilon": eps, "weight_decay": decay, "final_rate": last, "gamma": gamma, "amsbound": ams})


def madgrad_(r, seed):
    momentum, decay, eps, apart = r.choice([0.0, r.beta()]), r.decay(), r.log(1e-8, 1e-4), r.flag()
    return native("madgrad", madgrad.MADGRAD, seed, r.rate(1e-3, 0.1),
                  {"momentum": momentum, "weight_decay": decay, "eps": eps, "decouple_decay": apart},
                  {"momentum": momentum, "weight_decay": decay, "epsilon": eps, "decay": "decoupled" if apart else "coupled"})


RULES = {"schedule_free_sgd": schedule_free_sgd, "schedule_free": schedule_free, "rmsprop_tf": rmsprop_tf, "lion": lion, "adan": adan,
         "adopt": adopt, "ademamix": ademamix, "grams": grams, "signum": signum, "adabelief": adabelief, "yogi": yogi,
         "adabound": adabound, "madgrad": madgrad_}
PACKAGES = ("torch", "timm", "schedulefree", "pytorch_optimizer", "adabelief-pytorch", "madgrad", "torch-optimizer")

if __name__ == "__main__":
    main(RULES, {name: importlib.metadata.version(name).split("+")[0] for name in PACKAGES})
