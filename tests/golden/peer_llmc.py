# SPDX-License-Identifier: MIT
"""llm.c's schedules: LLMC is the path of its llmc/schedulers.h, compiled alone with cc; LLMC_VERSION the commit."""
import ctypes
import os
import subprocess
import tempfile

from schedule_cases import Case, call, rate, share, steps

PEER = "llmc"
VERSION = os.environ.get("LLMC_VERSION", "")
GLUE = """
float rate(const char* type, float lr, int warmup, int batches, float frac, int step) {
  LearningRateScheduler s;
  lr_scheduler_init(&s, type, lr, warmup, batches, frac);
  return get_learning_rate(&s, step);
}
"""


def load():
    folder = tempfile.mkdtemp()
    with open(os.environ["LLMC"]) as header, open(os.path.join(folder, "s.c"), "w") as source:
        source.write("#define _GNU_SOURCE\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n" + header.read() + GLUE)
    library = os.path.join(folder, "s.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", os.path.join(folder, "s.c"), "-o", library, "-lm"], check=True)
    function = ctypes.CDLL(library).rate
    function.restype = ctypes.c_float
    function.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_int, ctypes.c_int, ctypes.c_float, ctypes.c_int]
    return function


def cases(random):
    function = load()
    while True:
        kind = random.choice(["cosine", "linear", "constant", "wsd"])
        warm = random.choice([0, 1, 5, random.randint(0, 100)])
        batches = warm + steps(random)
        arguments = {"learning_rate": rate(random), "warmup_iterations": warm, "train_num_batches": batches, "final_learning_rate_frac": share(random)}
        values = [function(kind.encode(), *arguments.values(), t) for t in range(min(2000, batches + 1))]
        yield Case(kind, call("llmc." + kind, **arguments), values, "float32")
