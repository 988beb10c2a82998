#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Seconds to a certified error, side by side with QuantEcon, mdpsolver (pip install quantecon mdpsolver numpy scipy) and madupite.

    python3 src/bellman/peers_bench.py build/release/calando [FAMILY ...] [--peers quantecon,mdpsolver] [--discounts 0.99]
        [--threads 1,2] [--settings "quantecon mod.* 100|madupite"] [--madupite "mpirun -n 2 ./madupite_driver"]

Every solver has the same model, starts from zero and uses all processors it can; calando has a line for each of --threads. A
peer's answer counts where it lies within TOLERANCE of the bounds that calando proves at a tenth of it; its own tolerance is
tightened by tens until then. madupite writes six digits, so its own residual, below TOLERANCE x (1 - discount), has to vouch for
it; it is built from its sources with tests/peers/madupite_driver.cc. Loading and building are apart. A peer runs each setting in
a process of its own, so that none starts from another's answer; QuantEcon's compiler runs before, on a small model. A setting has
--patience seconds, and fewer once another one of the same peer has been faster. First come the machine's roofs, where
calando_bellman_bench was built beside the program. Prints a line a solver: family, discount, solver, setting, load seconds, solve
seconds, largest error; and one for each family and discount with the best peer over calando.
"""
import argparse
import functools
import importlib.util
import json
import multiprocessing
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

import numpy

TOLERANCE = 1e-6
MOST_BYTES = 23 << 30  # of a peer
FAMILIES = {
    "garnet": "garnet(100000, 10, 10)",
    "sis": "sis(5000)",
    "maze": "maze(1001, 1001)",
    "forest": "forest(1000000)",
    "queue": "queue(limit=299)",
    "pendulum": "pendulum(401, 401, 201)",
}


def read_native(path):
    """The tensors of a safetensors file."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    types = {"U32": numpy.uint32, "F64": numpy.float64}
    data = numpy.memmap(path, dtype=numpy.uint8, mode="r", offset=8 + size)
    return {name: data[at["data_offsets"][0]:at["data_offsets"][1]].view(types[at["dtype"]])
            for name, at in header.items() if name != "__metadata__" and at["dtype"] in types}


def seconds_of(action):
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def quantecon_setting(tensors, discount, setting, tolerance):
    from quantecon.markov import DiscreteDP
    from scipy.sparse import csr_matrix

    def build():
        states = len(tensors["choice_begin"]) - 1
        counts = numpy.diff(tensors["choice_begin"].astype(numpy.int64))
        rows = csr_matrix((tensors["probability"], tensors["target"].astype(numpy.int32),
                           tensors["row_begin"].astype(numpy.int64)), shape=(len(tensors["reward"]), states))
        s_indices = numpy.repeat(numpy.arange(states), counts)
        a_indices = numpy.arange(len(s_indices)) - numpy.repeat(tensors["choice_begin"][:-1].astype(numpy.int64), counts)
        return DiscreteDP(numpy.array(tensors["reward"]), rows, discount, s_indices, a_indices)

    small = DiscreteDP(numpy.array([1.0, 0.0]), csr_matrix(numpy.ones((2, 1))), 0.5, numpy.zeros(2, int), numpy.arange(2))
    method, k = setting
    options = {"method": method, "epsilon": tolerance, "max_iter": 10**8, "v_init": None}
    if k:
        options["k"] = k
    small.solve(**{**options, "v_init": numpy.zeros(1)})
    load, model = seconds_of(build)
    options["v_init"] = numpy.zeros(model.num_states)
    solve, answer = seconds_of(lambda: model.solve(**options))
    return load, solve, numpy.asarray(answer.v)


def mdpsolver_setting(tensors, discount, setting, tolerance):
    import mdpsolver

    def build():
        begin, row = tensors["choice_begin"].tolist(), tensors["row_begin"].tolist()
        target, probability, reward = (tensors[name].tolist() for name in ("target", "probability", "reward"))
        choices = [range(begin[s], begin[s + 1]) for s in range(len(begin) - 1)]
        model = mdpsolver.model()
        model.mdp(discount=discount, rewards=[[reward[c] for c in of] for of in choices],
                  tranMatProbs=[[probability[row[c]:row[c + 1]] for c in of] for of in choices],
                  tranMatColumns=[[target[row[c]:row[c + 1]] for c in of] for of in choices])
        return model

    algorithm, update, limit = setting
    load, model = seconds_of(build)
    solve, _ = seconds_of(lambda: model.solve(algorithm=algorithm, tolerance=tolerance, update=update, parIterLim=limit,
                                              postProcessing=True, parallel=True))
    return load, solve, numpy.array(model.getValueVector())


MADUPITE = [("gmres", 1e-4), ("bcgs", 0.05), ("richardson", 0.1)]
PEERS = {
    "quantecon": (quantecon_setting, [("modified_policy_iteration", k) for k in (5, 20, 100)] + [("policy_iteration", 0), ("value_iteration", 0)]),
    "mdpsolver": (mdpsolver_setting, [("mpi", "standard", k) for k in (20, 100, 1000)] + [("mpi", "gs", 100)]),
}


def in_process(pipe, run, path, *words):
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    try:
        pipe.send(run(read_native(path), *words))
    except MemoryError:
        pipe.send("does not fit in memory")
    except Exception as error:  # a peer's own
        pipe.send(f"{type(error).__name__}: {error}")


def measure_peer(run, path, discount, setting, tolerance, patience):
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=in_process, args=(theirs, run, path, discount, setting, tolerance))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(patience) else f"more than {patience:.0f} s, load included"
    except EOFError:
        return "killed, out of memory"
    finally:
        process.kill()
        process.join()


def measure_ours(program, path, discount, tolerance, repeats, folder, threads):
    words = [program, "solve", path, "--discount", repr(discount), "--tolerance", repr(tolerance), "--json", "--quiet",
             "--threads", str(threads)]
    keep = [word for name in ("values", "lower", "upper") for word in (f"--{name}", f"{folder}/{name}.npy")]
    runs = [json.loads(subprocess.run(words + keep, capture_output=True, check=False).stdout) for _ in range(repeats)]
    summary = sorted(runs, key=lambda one: one["seconds"]["solve"])[repeats // 2]
    return summary, [numpy.load(f"{folder}/{name}.npy") for name in ("lower", "upper")]


def measure_madupite(command, folder, discount, setting, patience):
    """Its stopwatch, and what its residual leaves open."""
    method, forcing = setting
    stats = f"{folder}/stats.json"
    words = shlex.split(command) + [f"{folder}/model_P.bin", f"{folder}/model_g.bin", repr(discount), "-ksp_type", method, "-pc_type", "none",
                                    "-alpha", str(forcing), "-atol_pi", repr(TOLERANCE * (1 - discount)), "-file_stats", stats,
                                    "-file_cost", f"{folder}/cost.txt", "-file_policy", f"{folder}/policy.txt", "-overwrite", "true"]
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=limit)
    try:
        said, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
        return f"more than {patience:.0f} s, load included"
    if process.returncode != 0:
        return "failed: " + " ".join(said.split()[-12:])
    with open(stats, encoding="utf-8") as file:
        run = json.load(file)["runs"]
    run = run[-1] if isinstance(run, list) else run
    load = float(said.split("load ")[1].split()[0])
    return load, run["total_solver_time"] / 1000, run["iterations"][-1]["residual"] / (1 - discount)


def report_roofs(program, families):
    """What the machine reads and gathers at best, and the sweep beside it."""
    bench = os.path.join(os.path.dirname(program), "src", "calando_bellman_bench")
    if not os.path.exists(bench):
        report("roofs", "-", "-", f"{bench} is not built")
        return
    wanted = "|".join(f"sweep/{name}/" for name in families)
    words = [bench, f"--benchmark_filter={wanted}", "--benchmark_format=json"]
    found = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    for one in found["benchmarks"]:
        _, family, threads = one["name"].split("/")[:3]
        report("roofs", family, f"threads {threads}", f"reads {one['read_roof']:.1f} GB/s", f"sweep {one['GB/s']:.1f} GB/s",
               f"{one['of_read']:.2f} of reading", f"{one['of_gather']:.2f} of gathering", f"{one['ns/transition']:.2f} ns a transition")


def report(*columns):
    print(*columns, sep="\t", flush=True)


def words_of(setting):
    return " ".join(str(word) for word in setting if word)


def compare(options, name, folder):
    path = f"{folder}/{name}.mdp"
    subprocess.run([options.program, "mdp", FAMILIES[name], "--out", path, "--quiet"], check=True)
    for discount in options.discounts:
        for threads in options.threads:
            ours, _ = measure_ours(options.program, path, discount, TOLERANCE, options.repeats, folder, threads)
            report(name, discount, "calando", f"{ours['method']}, threads {threads}", f"{ours['seconds']['load']:.3f}",
                   f"{ours['seconds']['solve']:.4f}", f"{ours['gap'] / 2:.2g}", ours["status"], f"{ours['sweeps']:.4g} sweeps")
        if options.peers or options.madupite:
            compare_peers(options, name, discount, path, folder, ours["seconds"]["solve"])
    os.remove(path)


def compare_peers(options, name, discount, path, folder, ours):
    _, (lower, upper) = measure_ours(options.program, path, discount, TOLERANCE / 10, 1, folder, max(options.threads))
    best = []
    for peer in options.peers:
        if importlib.util.find_spec(peer) is None:
            report(name, discount, peer, "-", "-", "-", "-", f"not installed: pip install {peer}")
            continue
        run, settings = PEERS[peer]
        one = functools.partial(compare_peer, name, discount, (peer, run), path, (lower, upper))
        best += best_of(options, peer, settings, one)
    if options.madupite:
        subprocess.run([options.program, "mdp", path, "--to", "petsc", "--out", f"{folder}/model_P.bin", "--quiet"], check=True)
        one = functools.partial(compare_madupite, name, discount, options.madupite, folder)
        best += best_of(options, "madupite", MADUPITE, one)
    else:
        report(name, discount, "madupite", "-", "-", "-", "-", "not installed: --madupite says how to start it")
    if best:
        seconds, who = min(best)
        report("best", name, discount, who, f"{seconds:.4f}", f"{seconds / ours:.1f} times calando's {ours:.4f}")


def best_of(options, who, settings, compare_one):
    """The fastest setting, if any came to an end: [(seconds, what)]."""
    best = []
    patience = options.patience
    for setting in settings:
        if not re.search(options.settings, f"{who} {words_of(setting)}"):
            continue
        found = compare_one(setting, patience)
        if found is None:
            continue
        load, solve = found
        best = min(best or [(solve, f"{who} {words_of(setting)}")], [(solve, f"{who} {words_of(setting)}")])
        patience = min(patience, 3 * load + 2 * best[0][0] + 10)
    return best


def compare_madupite(name, discount, command, folder, setting, patience):
    found = measure_madupite(command, folder, discount, setting, patience)
    if isinstance(found, str):
        report(name, discount, "madupite", words_of(setting), "-", "-", "-", found)
        return None
    load, solve, error = found
    report(name, discount, "madupite", words_of(setting), f"{load:.3f}", f"{solve:.4f}", f"{error:.2g}", "by its residual")
    return (load, solve) if error <= TOLERANCE else None


def compare_peer(name, discount, peer, path, bounds, setting, patience):
    who, run = peer
    words = words_of(setting)
    tolerance = TOLERANCE
    while tolerance > 1e-16:
        found = measure_peer(run, path, discount, setting, tolerance, patience)
        if isinstance(found, str):
            report(name, discount, who, words, "-", "-", "-", f"{found}, its tolerance {tolerance:g}")
            return None
        load, solve, values = found
        error = max(numpy.max(bounds[1] - values), numpy.max(values - bounds[0]))
        if error <= TOLERANCE:
            report(name, discount, who, words, f"{load:.3f}", f"{solve:.4f}", f"{error:.2g}", f"its tolerance {tolerance:g}")
            return load, solve
        tolerance /= 10
    report(name, discount, who, words, f"{load:.3f}", f"{solve:.4f}", f"{error:.2g}", "never within the tolerance")
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--peers", default="quantecon,mdpsolver", type=lambda text: [p for p in text.split(",") if p])
    parser.add_argument("--madupite", default="", metavar="COMMAND", help="starts the driver of tests/peers/madupite_driver.cc")
    parser.add_argument("--discounts", default="0.99,0.999", type=lambda text: [float(x) for x in text.split(",")])
    parser.add_argument("--threads", default="2", type=lambda text: [int(x) for x in text.split(",")], help="of calando")
    parser.add_argument("--settings", default="", help="only those that this regular expression finds: peer, setting")
    parser.add_argument("--repeats", default=5, type=int)
    parser.add_argument("--patience", default=120, type=float, help="seconds for one setting of a peer")
    options = parser.parse_args()
    report("family", "discount", "solver", "setting", "load", "solve", "error", "note")
    report_roofs(options.program, options.families or FAMILIES)
    with tempfile.TemporaryDirectory() as folder:
        for name in options.families or FAMILIES:
            compare(options, name, folder)


if __name__ == "__main__":
    sys.exit(main())
