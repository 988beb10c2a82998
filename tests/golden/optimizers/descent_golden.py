# SPDX-License-Identifier: MIT
"""Golden paths on test functions, 15 steps: L-BFGS and SAM, which evaluate by themselves, and rules whose rate grows as they go.

L-BFGS in ten dimensions of Rosenbrock's valley, and iterations within a step close to a minimum, where the last bit decides when it
stops, amplify roundings beyond any bound: neither is among the cases.

pytorch_optimizer's SAM sums squares in float32; here they are summed in the type of the parameters.

pip install torch pytorch-optimizer prodigyopt dadaptation;   python3 descent_golden.py descent.json
"""
import importlib.metadata
import json
import sys

import dadaptation
import prodigyopt
import pytorch_optimizer
import pytorch_optimizer.optimizer.sam as sam_module
import torch
from golden import Random, peer_of

STEPS = 15


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def beale(x):
    return sum((c - x[0] + x[0] * x[1] ** (i + 1)) ** 2 for i, c in enumerate((1.5, 2.25, 2.625)))


def himmelblau(x):
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def quadratic(x):
    n = len(x)
    return sum(100 ** (i / (n - 1)) * x[i] ** 2 / 2 for i in range(n))


FUNCTIONS = {"rosenbrock": (rosenbrock, 2), "rosenbrock(dimension=10)": (rosenbrock, 10), "beale": (beale, 2),
             "himmelblau": (himmelblau, 2), "quadratic(dimension=5)": (quadratic, 5)}


def square_norm(groups, weight_adaptive=False):
    return sum(((p.abs() if weight_adaptive and g["adaptive"] else 1) * p.grad).square().sum() for g in groups for p in g["params"]).reshape(1)


sam_module.get_global_gradient_norm = square_norm


def path(make, function, start, double):
    dtype = torch.float64 if double else torch.float32
    torch.set_default_dtype(dtype)
    p = torch.nn.Parameter(torch.tensor(start, dtype=dtype))
    optimizer = make([p])
    points = []

    def closure():
        optimizer.zero_grad()
        loss = function(p)
        loss.backward()
        return loss

    for _ in range(STEPS):
        if hasattr(optimizer, "first_step"):
            closure()
            optimizer.first_step()
            closure()
            optimizer.second_step()
        else:
            optimizer.step(closure)
        points.append(p.detach().double().tolist())
    return points


def made(rule, text, make, name, start):
    function = FUNCTIONS[name][0]
    wide, narrow = (path(make, function, start, double) for double in (True, False))
    error = max(abs(a - b) for p, q in zip(wide, narrow) for a, b in zip(p, q))    # along the path: at its end it is luck
    peer = "pytorch_optimizer" if rule == "sam" else peer_of(text)
    return {"rule": rule, "peer": peer, "text": text, "function": name, "start": start, "points": wide, "float_error": error}


def lbfgs(r, name, start):
    options = {"lr": r.choice([1.0, 0.5]), "max_iter": 1 if name == "quadratic(dimension=5)" else r.choice([1, 2, 20]), "history_size": r.choice([3, 10, 100])}
    search = name != "quadratic(dimension=5)" or r.flag()
    options |= {"max_eval": 25, "line_search_fn": "strong_wolfe"} if search else {"line_search_fn": None}
    words = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return made("lbfgs", f"torch.optim.LBFGS(model.parameters(), {words})", lambda ps: torch.optim.LBFGS(ps, **options), name, start)


def sam(r, name, start):
    rho, adaptive, lr = r.choice([0.05, 0.5]), r.flag(), r.log(1e-5, 3e-4)
    momentum = r.choice([0.0, 0.9])
    return made("sam", f"sam(torch.optim.SGD(lr={lr}, momentum={momentum}), rho={rho}, adaptive={adaptive})",
                lambda ps: pytorch_optimizer.SAM(ps, torch.optim.SGD, rho=rho, adaptive=adaptive, lr=lr, momentum=momentum), name, start)


def adapting(package, rule, function):
    return lambda r, name, start: adapted(r, name, start, package, rule, function)


def adapted(r, name, start, package, rule, function):
    d0, growth = r.log(1e-3, 1e-1), r.choice(["float('inf')", "1.5"])
    options = {"d0": d0, "growth_rate": float("inf") if "inf" in growth else float(growth), "weight_decay": r.choice([0, 0.01])}
    return made(rule, f"{package}(model.parameters(), lr=1.0, d0={d0}, growth_rate={growth}, weight_decay={options['weight_decay']})",
                lambda ps: function(ps, lr=1.0, **options), name, start)


if __name__ == "__main__":
    cases = []
    chance = Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for maker in (lbfgs, sam, adapting("prodigyopt.Prodigy", "prodigy", prodigyopt.Prodigy),
                  adapting("dadaptation.DAdaptAdam", "dadapt_adam", dadaptation.DAdaptAdam),
                  adapting("dadaptation.DAdaptSGD", "dadapt_sgd", dadaptation.DAdaptSGD)):
        for function, (_, dimension) in FUNCTIONS.items():
            if (maker, function) == (lbfgs, "rosenbrock(dimension=10)"):
                continue
            for _ in range(2):
                first = [round(chance.uniform(-1.5, 1.5), 3) for _ in range(dimension)]
                case = maker(chance, function, first)
                while not max(map(abs, case["points"][-1])) < 100:    # it has diverged
                    case = maker(chance, function, first)
                cases.append(case)
    versions = {name: importlib.metadata.version(name) for name in ("torch", "pytorch-optimizer", "prodigyopt", "dadaptation")}
    with open(sys.argv[1], "w") as file:
        file.write(f'{{"versions": {json.dumps(versions)}, "cases": [\n' + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n")
