# SPDX-License-Identifier: MIT
"""Golden values of what stands around a rule, and of what calls say of gradients: averages, Lookahead, masks, clipping, maximize.

pip install torch timm keras jax pytorch-optimizer;   KERAS_BACKEND=jax python3 wrapped_golden.py wrapped.json
"""
import importlib.metadata
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import pytorch_optimizer
import timm.optim
import torch
from golden import Random, call, case, main
from keras_golden import run as run_keras
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from with_torch import run

SHAPES = [(256,)]


def averaged(r, seed, text, average, update_at):
    """AdamW with an AveragedModel that is updated after the steps that update_at names."""
    lr, rates = r.rate()
    options = {"betas": (r.beta(), r.beta()), "weight_decay": r.decay()}

    class Averaged(torch.optim.AdamW):
        def step(self, closure=None):
            super().step(closure)
            self.done = getattr(self, "done", 0) + 1
            if self.done == 1:
                self.holder = torch.nn.Module()
                self.holder.p = self.param_groups[0]["params"][0]
                self.model = AveragedModel(self.holder, **average)
            if update_at(self.done):
                self.model.update_parameters(self.holder)

    inner = call("torch.optim.AdamW", lr, options)
    return case(text.split("(")[0], text.format(inner), seed, lambda double: run(
        lambda ps, first: Averaged(ps, lr=first, **options), rates, seed,
        lambda optimizer, p: optimizer.model.module.p.detach().double().tolist(), double)) | {"shapes": SHAPES}


def ema(r, seed):
    decay = r.choice([0.9, 0.99, 0.999])
    return averaged(r, seed, f"ema({{}}, decay={decay})", {"multi_avg_fn": get_ema_multi_avg_fn(decay)}, lambda done: True)


def swa(r, seed):
    first, every = r.choice([0, 10, 60]), r.choice([1, 3])
    return averaged(r, seed, f"swa({{}}, start={first}, every={every})", {}, lambda done: done > first and (done - first) % every == 0)


def lookahead(r, seed):
    lr, rates = r.rate()
    k, alpha = r.choice([5, 6, 1]), r.choice([0.5, 0.8])
    options = {"betas": (r.beta(), r.beta()), "eps": r.epsilon(), "weight_decay": r.decay()}
    return case("lookahead", f"lookahead({call('torch.optim.Adam', lr, options)}, k={k}, alpha={alpha})", seed, lambda double: run(
        lambda ps, first: pytorch_optimizer.Lookahead(torch.optim.Adam(ps, lr=first, **options), k=k, alpha=alpha), rates, seed,
        double=double), "pytorch_optimizer") | {"shapes": SHAPES}


def with_torch(name, function, options, r, seed, rate=(1e-4, 0.1)):
    lr, rates = r.rate(*rate)
    return case(name, call(f"{function.__module__.split('.')[0]}.optim.{function.__name__}", lr, options), seed, lambda double: run(
        lambda ps, first: function(ps, lr=first, **options), rates, seed, double=double)) | {"shapes": SHAPES}


def cautious_adamw(r, seed):
    return with_torch("cautious", timm.optim.AdamWLegacy, {"betas": (r.beta(), r.beta()), "eps": r.epsilon(), "weight_decay": r.decay(),
                                                           "caution": True}, r, seed)


def cautious_lion(r, seed):
    return with_torch("cautious", timm.optim.Lion, {"betas": (r.beta(), r.beta()), "weight_decay": r.decay(), "caution": True}, r, seed,
                      (1e-4, 1e-2))


def maximize(r, seed):
    function = r.choice([torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD, torch.optim.Adagrad])
    return with_torch("maximize", function, {"weight_decay": r.decay(), "maximize": True}, r, seed, (1e-4, 1e-2))


def clipped_keras(r, seed):
    options = {r.choice(["clipnorm", "clipvalue", "global_clipnorm"]): r.choice([0.01, 0.1, 1.0]), "weight_decay": r.choice([None, 0.01])}
    name = r.choice(["Adam", "SGD", "Adagrad", "Lion"])
    lr, rates = r.rate(scheduled=0)
    return case("clip", call(f"keras.optimizers.{name}", lr, options, "learning_rate"), seed, lambda double: run_keras(
        lambda: getattr(keras.optimizers, name)(learning_rate=rates[0], **options), seed, None, double)) | {"shapes": SHAPES}


def ema_keras(r, seed):
    options = {"use_ema": True, "ema_momentum": r.choice([0.9, 0.99])}
    lr, rates = r.rate(scheduled=0)

    def average(optimizer, _):
        return keras.ops.convert_to_numpy(optimizer._model_variables_moving_average[0].value).astype(float).tolist()
    return case("ema", call("keras.optimizers.Adam", lr, options, "learning_rate"), seed, lambda double: run_keras(
        lambda: keras.optimizers.Adam(learning_rate=rates[0], **options), seed, average, double)) | {"shapes": SHAPES}


if __name__ == "__main__":
    main({"ema": ema, "swa": swa, "lookahead": lookahead, "cautious_adamw": cautious_adamw, "cautious_lion": cautious_lion,
          "maximize": maximize, "clipped_keras": clipped_keras, "ema_keras": ema_keras},
         {name: importlib.metadata.version(name) for name in ("torch", "timm", "keras", "jax", "pytorch-optimizer")})
