# SPDX-License-Identifier: MIT
"""Times of the peers on the work of src/search/search_bench.cc: python3 similarity_speed.py [build/release/calando] [NAME...]

Needs numpy, faiss-cpu, simsimd, numkong and usearch. Run it beside the benchmark, on the same idle machine; the best of several
times counts, as there. Rows are unit vectors, because FAISS has no cosine."""
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal, getcontext
from fractions import Fraction
from importlib.metadata import version

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
import faiss
import numkong
import numpy as np
import simsimd
from usearch.index import MetricKind, search

K = 10


def best(work, least_seconds=1.0):
    times = []
    while sum(times) < least_seconds or len(times) < 3:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def unit_rows(count, dimension, seed):
    rows = np.random.default_rng(seed).standard_normal((count, dimension), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def report(name, peer, threads, seconds):
    print(f"{name}/{threads}\t{peer}\t{1e3 * seconds:.4g} ms", flush=True)


def searches(name, rows, queries, simple_peers):
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    for threads in (1, 2):
        faiss.omp_set_num_threads(threads)
        report(name, f"FAISS {version('faiss-cpu')} IndexFlatIP", threads, best(lambda: index.search(queries, K)))
        if simple_peers:
            found = lambda: search(rows, queries, K, metric=MetricKind.Cos, exact=True, threads=threads)
            report(name, f"USearch {version('usearch')} exact", threads, best(found))
    if simple_peers and len(queries) == 1:
        top = lambda distances: np.argpartition(np.asarray(distances).ravel(), K)[:K]
        report(name, f"SimSIMD {version('simsimd')} cdist", 1, best(lambda: top(simsimd.cdist(queries, rows, metric="cosine"))))
        one = np.broadcast_to(queries, rows.shape)
        report(name, f"NumKong {version('numkong')} angular", 1, best(lambda: top(numkong.angular(one, rows))))


def exact_similarity(a, b):
    """Of float32 numbers, by integers: their products with 2^149 are whole."""
    whole = lambda row: [int(Fraction(float(x)) * 2**149) for x in row]
    x, y = whole(a), whole(b)
    dot, aa, bb = (sum(p * q for p, q in zip(u, v)) for u, v in ((x, y), (x, x), (y, y)))
    getcontext().prec = 50
    return Decimal(dot) / (Decimal(aa).sqrt() * Decimal(bb).sqrt())


def similarities(program, a, b):
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, name) for name in ("a.npy", "b.npy")]
        for file, rows in zip(files, (a, b)):
            np.save(file, rows)
        lines = subprocess.run([program, "similarity", *files], capture_output=True, text=True, check=True).stdout
    return [Decimal(line.split()[1]) for line in lines.splitlines()]


def pairs_in_cache(program):
    """64 pairs of 1536 numbers: what one call of Python costs is divided by 64. Every other pair is nearly parallel, for the error."""
    a, b = unit_rows(64, 1536, 1), unit_rows(64, 1536, 2)
    b[::2] = a[::2] + np.float32(1e-3) * b[::2]
    exact = [exact_similarity(*pair) for pair in zip(a, b)]
    for peer, work in (f"SimSIMD {version('simsimd')}", lambda: simsimd.cosine(a, b)), (
        f"NumKong {version('numkong')}", lambda: numkong.angular(a, b)):
        repeated = lambda: [work() for _ in range(100)]
        seconds = best(repeated) / 6400
        error = max(abs(1 - Decimal(float(distance)) - s) for distance, s in zip(np.asarray(work()), exact))
        print(f"pair_1536\t{peer}\t{1e9 * seconds:.4g} ns\tlargest error {error:.2g}", flush=True)
    if program:
        error = max(abs(found - s) for found, s in zip(similarities(program, a, b), exact))
        print(f"pair_1536\tcalando\t-\tlargest error {error:.2g}", flush=True)


CASES = {
    "search_1_of_1Mx128": (1_000_000, 128, 1, True),
    "search_16_of_1Mx128": (1_000_000, 128, 16, False),
    "search_1024_of_1Mx128": (1_000_000, 128, 1024, False),
    "search_1_of_1Mx768": (1_000_000, 768, 1, True),
    "search_256_of_1Mx768": (1_000_000, 768, 256, False),
}


def main():
    program = next((word for word in sys.argv[1:] if os.path.isfile(word)), None)
    wanted = [word for word in sys.argv[1:] if word != program] or ["pair_1536", *CASES]
    if "pair_1536" in wanted:
        pairs_in_cache(program)
    for name in wanted:
        if name in CASES:
            count, dimension, queries, simple_peers = CASES[name]
            searches(name, unit_rows(count, dimension, 1), unit_rows(queries, dimension, 2), simple_peers)


if __name__ == "__main__":
    main()
