# SPDX-License-Identifier: MIT
"""The inputs on which similarities go wrong, through calando and its peers: python3 similarity_table.py CALANDO

Prints a table in Markdown. Needs numpy, simsimd, numkong, faiss-cpu and scikit-learn (versions are printed). Each cell is the
cosine similarity; a distance is turned into 1 - distance."""
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import faiss
import numkong
import numpy as np
import simsimd
from sklearn.metrics.pairwise import cosine_similarity

QUERY = [1, 2, 3, 4]


def case(name, a, b, dtype=np.float32):
    with np.errstate(all="ignore"):
        return name, np.array(a, dtype), np.array(b, dtype)


CASES = [
    case("ordinary", [1, 1, 0, 0], QUERY),
    case("one NaN", [1, np.nan, 0, 0], QUERY),
    case("one infinity", [1, np.inf, 0, 0], QUERY),
    case("f32 times 1e30", [1e30, 1e30, 0, 0], QUERY),
    case("f32 times 1e-30", [1e-30, 1e-30, 0, 0], QUERY),
    case("f32 subnormal", [1e-45, 1e-45, 0, 0], QUERY),
    case("f64 times 1e200", [1e200, 1e200, 0, 0], QUERY, np.float64),
    case("f64 times 1e-200", [1e-200, 1e-200, 0, 0], QUERY, np.float64),
    case("f64 subnormal", [5e-324, 5e-324, 0, 0], QUERY, np.float64),
    case("itself, 1536 x 0.1", [0.1] * 1536, [0.1] * 1536),
    case("one zero vector", [0, 0, 0, 0], QUERY),
    case("both zero", [0, 0, 0, 0], [0, 0, 0, 0]),
]


def with_calando(program):
    def similarity(a, b):
        with tempfile.TemporaryDirectory() as folder:
            for name, x in ("a", a), ("b", b):
                np.save(Path(folder, name + ".npy"), x[None])
            done = subprocess.run([program, "similarity", "a.npy", "b.npy"], cwd=folder, check=True, capture_output=True, text=True)
            return float(done.stdout.split("\t")[1])

    return similarity


def with_faiss(a, b):
    if a.dtype != np.float32:
        return None
    rows, query = a[None].copy(), b[None].copy()
    faiss.normalize_L2(rows)
    faiss.normalize_L2(query)
    index = faiss.IndexFlatIP(a.size)
    index.add(rows)
    scores, ids = index.search(query, 1)
    return scores[0, 0] if ids[0, 0] == 0 else "not found"


def with_sklearn(a, b):
    return cosine_similarity(a[None], b[None])[0, 0]


def shown(function, a, b):
    try:
        value = function(a, b)
    except ValueError:
        return "refused"
    return "-" if value is None else value if isinstance(value, str) else f"{float(value):.9g}"


def exact(a, b):
    """Of rational numbers, in 60 digits."""
    from decimal import Decimal, getcontext

    getcontext().prec, getcontext().Emax, getcontext().Emin = 60, 999999, -999999
    if not (np.isfinite(a).all() and np.isfinite(b).all()) or not (a.any() and b.any()):
        return "undefined"
    x, y = [[Decimal(float(number)) for number in v] for v in (a, b)]
    dot = lambda u, v: sum((p * q for p, q in zip(u, v)), Decimal(0))
    return f"{float(dot(x, y) / (dot(x, x) * dot(y, y)).sqrt()):.9g}"


def main():
    columns = {
        "calando": with_calando(str(Path(sys.argv[1]).resolve())),
        f"SimSIMD {version('simsimd')}": lambda a, b: 1 - float(simsimd.cosine(a, b)),
        f"NumKong {version('numkong')}": lambda a, b: 1 - float(numkong.angular(a, b)),
        f"FAISS {version('faiss-cpu')}": with_faiss,
        f"scikit-learn {version('scikit-learn')}": with_sklearn,
    }
    print("| input | exact | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 2) + "|")
    for name, a, b in CASES:
        print(f"| {name} | {exact(a, b)} | " + " | ".join(shown(f, a, b) for f in columns.values()) + " |")


if __name__ == "__main__":
    main()
