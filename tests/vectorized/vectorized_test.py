# SPDX-License-Identifier: MIT
"""Each rule of the list, for each instruction set and number type: the loop that updates its arrays stores whole vectors.

Arguments: objdump, rules/list.h, the object files, of which map_float and map_double are read. A loop that writes the parameters and N
states holds at least N + 1 stores of the widest vector outside of the stack; a scalar loop holds none."""
import re
import subprocess
import sys

objdump, rule_list, *objects = sys.argv[1:]

# What Highway calls the targets, and what stores of their vectors go from: AVX-512 may use half of its registers.
WIDE = {"N_AVX3": r"%[zy]mm\d+", "N_AVX2": r"%ymm\d+", "N_SCALAR": r"%xmm\d+"}
STORE = r"\bv?mov[au](?:ps|pd)\b|\bv?movdq[au](?:8|16|32|64)?\b"


def rules():
    text = re.sub(r"\\\n", " ", open(rule_list).read())
    return re.findall(r"X\((\w+)\)", re.search(r"#define CALANDO_FOR_EACH_RULE\(X\)(.*)", text).group(1))


def functions(path):
    """Name and instructions of each function of an object file."""
    text = subprocess.run([objdump, "-drC", "--no-show-raw-insn", path], capture_output=True, text=True, check=True).stdout
    for part in re.split(r"\n(?=[0-9a-f]+ <)", text):
        head = re.match(r"[0-9a-f]+ <(.*)>:\n", part)
        if head:
            yield head.group(1), part[head.end():].splitlines()


def wide_stores(lines, register):
    pattern = re.compile(rf"(?:{STORE})\s+{register},(?!.*\(%[re]?[sb]p)[^%]*\(%")
    return sum(1 for line in lines if pattern.search(line))


# The double cube root divides whole numbers of 64 bits by 3, for which there is no vector instruction.
SCALAR_IN_DOUBLE = {"Madgrad"}

failures = []
for number in ["float", "double"]:
    (path,) = [o for o in objects if o.endswith(f"/map_{number}.cc.o")]
    stores = {}  # by target and kernel
    kernels = {}  # by target and rule: what the rule's function goes on to, which compilers merge where the code is the same
    for name, lines in functions(path):
        kernel = re.search(r"(N_\w+)::update_with<calando::(\w+), (\d+)ul>", name)
        if kernel and kernel.group(1) in WIDE:
            stores[kernel.group(1, 2, 3)] = wide_stores(lines, WIDE[kernel.group(1)])
        entry = re.search(r"(N_\w+)::update_(\w+)\(", name)
        if entry:
            called = set(re.findall(r"(N_\w+)::update_with<calando::(\w+), (\d+)ul>", "\n".join(lines)))
            kernels[entry.group(1, 2)] = sorted(called)
    for target in WIDE:
        for rule in rules():
            if number == "double" and rule in SCALAR_IN_DOUBLE:
                continue
            if not kernels.get((target, rule)):
                failures.append(f"{number} {target} {rule}: no kernel found")
            for kernel in kernels.get((target, rule), []):
                if stores[kernel] < int(kernel[2]) + 1:
                    failures.append(f"{number} {target} {rule} with {kernel[2]} states: {stores[kernel]} wide stores, "
                                    f"expected {int(kernel[2]) + 1}")
    print(f"{number}: {len(rules())} rules on {len(WIDE)} instruction sets")
print("\n".join(failures))
sys.exit(1 if failures else 0)
