# SPDX-License-Identifier: MIT
"""Losses and gradients from PyTorch in double precision: python3 contrastive.py > contrastive.json

Needs torch. Inputs are multiples of 1/64, so that float32 holds them."""
import json

import torch
import torch.nn.functional as F


def rows(count, dimension, seed):
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randint(-128, 129, (count, dimension), generator=generator, dtype=torch.float64) / 64
    return numbers.requires_grad_()


def case(name, inputs, loss, **settings):
    loss.backward()
    return {"name": name, "dimension": inputs[0].shape[1], "loss": loss.item(),
            "inputs": [x.detach().flatten().tolist() for x in inputs],
            "gradients": [x.grad.flatten().tolist() for x in inputs], **settings}


def similarities(a, b):
    return F.normalize(a, dim=1) @ F.normalize(b, dim=1).T


def info_nce(queries, keys, temperature):
    return F.cross_entropy(similarities(queries, keys) / temperature, torch.arange(len(queries)))


def contrastive(scores, positive, seen):
    """Khosla et al. 2020, equation 2: the mean of the log-probabilities of all positives, per query that has one."""
    log_p = scores - torch.logsumexp(scores.masked_fill(~seen, -torch.inf), 1, keepdim=True)
    positive = positive & seen
    has = positive.any(1)
    return -((log_p * positive).sum(1)[has] / positive.sum(1)[has]).mean()


def cases():
    a, b = rows(6, 5, 1), rows(6, 5, 2)
    targets = [1, -1, 1, -1, -1, 1]
    yield case("cosine_embedding", [a, b], F.cosine_embedding_loss(a, b, torch.tensor(targets), margin=-0.1), targets=targets,
               margin=-0.1)
    a, p, n = rows(8, 7, 3), rows(8, 7, 4), rows(8, 7, 5)
    distance = lambda x, y: 1 - F.cosine_similarity(x, y)
    yield case("triplet", [a, p, n], F.triplet_margin_with_distance_loss(a, p, n, distance_function=distance, margin=0.3),
               margin=0.3)
    q, k = rows(5, 9, 6), rows(5, 9, 7)
    yield case("info_nce", [q, k], info_nce(q, k, 0.07), temperature=0.07)
    q, k = rows(5, 9, 8), rows(7, 9, 9)
    labels, keys = [0, 1, 2, 0, 9], [0, 0, 1, 2, 2, 2, 3]
    same = torch.tensor(labels)[:, None] == torch.tensor(keys)[None]
    yield case("info_nce", [q, k], contrastive(similarities(q, k) / 0.2, same, torch.ones_like(same)), temperature=0.2,
               labels=labels, key_labels=keys)
    x = rows(8, 6, 10)
    other = ~torch.eye(8, dtype=torch.bool)
    views = torch.arange(8)[:, None] % 4 == torch.arange(8)[None] % 4
    yield case("nt_xent", [x], contrastive(similarities(x, x) / 0.5, views, other), temperature=0.5, labels=[])
    x = rows(8, 6, 11)
    labels = [0, 0, 0, 1, 1, 2, 2, 3]
    same = torch.tensor(labels)[:, None] == torch.tensor(labels)[None]
    yield case("nt_xent", [x], contrastive(similarities(x, x) / 0.1, same, other), temperature=0.1, labels=labels)


if __name__ == "__main__":
    print(json.dumps({"made_with": f"torch {torch.__version__}", "cases": list(cases())}, indent=1))
