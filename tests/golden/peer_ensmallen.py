# SPDX-License-Identifier: MIT
"""ensmallen's SGDR: ENSMALLEN is the path of its include/ensmallen_bits/sgdr/cyclical_decay.hpp, compiled alone with c++;
ENSMALLEN_VERSION the commit."""
import ctypes
import os
import subprocess
import tempfile

from schedule_cases import Case, call, rate, some

PEER = "ensmallen"
VERSION = os.environ.get("ENSMALLEN_VERSION", "")
BEFORE = """
#include <cmath>
#include <cstddef>
namespace arma { struct datum { static constexpr double pi = 3.14159265358979323846; }; }
"""
GLUE = """
extern "C" void rates(std::size_t restart, double mult, double lr, double batches, int count, double* out) {
  ens::CyclicalDecay decay(restart, mult, lr);
  decay.EpochBatches() = batches;
  ens::CyclicalDecay::Policy<int, int> policy(decay);
  int nothing = 0;
  for (int t = 0; t < count; ++t) {
    out[t] = lr_now(lr, t);
    policy.Update(nothing, lr, nothing);
  }
}
"""


def load():
    folder = tempfile.mkdtemp()
    with open(os.environ["ENSMALLEN"]) as header, open(os.path.join(folder, "s.cc"), "w") as source:
        source.write(BEFORE + header.read() + "static double lr_now(double lr, int) { return lr; }\n" + GLUE)
    library = os.path.join(folder, "s.so")
    subprocess.run(["c++", "-shared", "-fPIC", "-O1", os.path.join(folder, "s.cc"), "-o", library], check=True)
    return ctypes.CDLL(library).rates


def cases(random):
    rates = load()
    while True:
        lr = rate(random)
        arguments = {**some(random, epochRestart=random.choice([1, 5, 10, 50]), multFactor=random.choice([1.0, 2.0, 1.5, 3.0]), batchSize=random.choice([1, 8, 32])),
                     "stepSize": lr, "numFunctions": random.choice([64, 100, 1000, random.randint(1, 2000)])}
        batches = arguments["numFunctions"] / arguments.get("batchSize", 1000)
        out = (ctypes.c_double * 1000)()
        rates(ctypes.c_size_t(arguments.get("epochRestart", 50)), ctypes.c_double(arguments.get("multFactor", 2.0)), ctypes.c_double(lr),
              ctypes.c_double(batches), 1000, out)
        yield Case("SGDR", call("ensmallen.SGDR", **arguments), list(out), "closed")
