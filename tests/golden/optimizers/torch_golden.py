# SPDX-License-Identifier: MIT
"""Golden values of torch.optim.   pip install torch;   python3 torch_golden.py --seed 20 --cases 3 torch.json"""
import torch
from golden import Random, call, case, main
from with_torch import run


def torch_case(name, rule, options, rate, seed, evaluate=None, **hidden):
    text, rates = rate

    def make(parameters, lr):
        return getattr(torch.optim, name)(parameters, lr=lr, **options, **hidden)

    return case(rule, call(f"torch.optim.{name}", text, options), seed, lambda double: run(make, rates, seed, evaluate, double))


def betas(r):
    return r.beta(), r.beta()


def sgd(r, seed):
    options = {"momentum": r.choice([0, r.beta()]), "weight_decay": r.decay()}
    if options["momentum"] > 0:
        options |= {"nesterov": True} if r.flag() else {"dampening": r.choice([0, 0.3])}
    return torch_case("SGD", "momentum" if options["momentum"] else "sgd", options, r.rate(), seed)


def adam_like(name, rule, **more):
    def make(r, seed):
        options = {"betas": betas(r), "eps": r.epsilon(), "weight_decay": r.decay()}
        options |= {key: choose(r) for key, choose in more.items()}
        return torch_case(name, rule, options, r.rate(), seed)
    return make


def adagrad(r, seed):
    options = {"lr_decay": r.choice([0, r.log(1e-3, 0.1)]), "weight_decay": r.decay(),
               "initial_accumulator_value": r.choice([0, r.log(1e-3, 1)]), "eps": r.log(1e-12, 1e-4)}
    return torch_case("Adagrad", "adagrad", options, r.rate(), seed)


def adadelta(r, seed):
    options = {"rho": r.beta(), "eps": r.log(1e-8, 1e-3), "weight_decay": r.decay()}
    return torch_case("Adadelta", "adadelta", options, r.rate(0.01, 2), seed)


def rmsprop(r, seed):
    options = {"alpha": r.beta(), "eps": r.log(1e-8, 1e-2), "weight_decay": r.decay(),
               "momentum": r.choice([0, r.beta()]), "centered": r.flag()}
    if options["centered"]:    # at the first steps the variance is a difference of near numbers
        options["alpha"] = r.choice([0.5, 0.7, 0.9])
    return torch_case("RMSprop", "rmsprop", options, r.rate(1e-4, 1e-2), seed)


def rprop(r, seed):
    options = {"etas": (r.choice([0.5, 0.3]), r.choice([1.2, 1.1])), "step_sizes": (r.log(1e-7, 1e-3), r.log(0.1, 50))}
    return torch_case("Rprop", "rprop", options, r.rate(scheduled=0), seed)


def asgd(r, seed):
    options = {"lambd": r.log(1e-5, 1e-1), "alpha": r.choice([0.75, 0.5, 1.0]), "t0": r.choice([1000000.0, 10, 0]),
               "weight_decay": r.decay()}
    return torch_case("ASGD", "asgd", options, r.rate(), seed, lambda o, p: o.state[p]["ax"].double().tolist())


RULES = {
    "sgd": sgd,
    "adam": adam_like("Adam", "adam", amsgrad=Random.flag, decoupled_weight_decay=Random.flag),
    "adamw": adam_like("AdamW", "adamw", amsgrad=Random.flag),
    "nadam": adam_like("NAdam", "nadam", momentum_decay=lambda r: r.choice([0.004, 0, 0.1]), decoupled_weight_decay=Random.flag),
    "radam": adam_like("RAdam", "radam", decoupled_weight_decay=Random.flag),
    "adamax": adam_like("Adamax", "adamax"),
    "adagrad": adagrad,
    "adadelta": adadelta,
    "rmsprop": rmsprop,
    "rprop": rprop,
    "asgd": asgd,
}

if __name__ == "__main__":
    main(RULES, {"torch": torch.__version__.split("+")[0]})
