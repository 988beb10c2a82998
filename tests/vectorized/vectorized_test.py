# SPDX-License-Identifier: MIT
"""Each rule of the list, for each instruction set and number type: the loop that updates its arrays stores whole vectors.

Arguments: objdump, rules/list.h, the object files, of which those of the four drivers are read. A loop that writes the parameters and N
states holds at least N + 1 stores of the widest vector outside of the stack; a scalar loop holds none. On states in 8 bits, the loop that
starts with its prefetches has four numbers of each array in a word, hence four times as many stores, and no arithmetic on single numbers."""
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


def loops_with_prefetches(lines):
    """From a prefetch to the first jump back to before it."""
    last = -1
    for i, line in enumerate(lines):
        if i <= last or "prefetch" not in line:
            continue
        start = int(line.split(":")[0], 16)
        jumps = (re.search(r"\bj\w+\s+([0-9a-f]+) <", rest) for rest in lines[i:])
        last = i + next(n for n, jump in enumerate(jumps) if jump and int(jump.group(1), 16) <= start)
        yield lines[i:last]


def wide_stores(lines, register):
    pattern = re.compile(rf"(?:{STORE})\s+{register},(?!.*\(%[re]?[sb]p)[^%]*\(%")
    return sum(1 for line in lines if pattern.search(line))


# The double cube root divides whole numbers of 64 bits by 3, for which there is no vector instruction.
SCALAR_IN_DOUBLE = {"Madgrad"}
SCALAR = re.compile(r"\bv?(?:mul|div|sqrt|add|sub)ss\b")

# By file: the name of a rule's kernel, and what tells how many states it has.
DRIVERS = {"float": ("update", "one"), "double": ("update", "one"), "bf16": ("update_bf16", "list"), "bits8": ("update_bits8", "list")}


def problem(file, lines, states, register):
    if file != "bits8":
        found = wide_stores(lines, register)
        return f"{found} wide stores, expected {states + 1}" if found < states + 1 else ""
    loops = list(loops_with_prefetches(lines))
    for loop in loops:
        found, scalar = wide_stores(loop, register), sum(1 for line in loop if SCALAR.search(line))
        if found < 4 * (states + 1) or scalar > 0:
            return f"{found} wide stores and {scalar} scalar operations in a loop, expected {4 * (states + 1)} and 0"
    return "" if loops else "no loop with prefetches"


failures = []
for file, (driver, kind) in DRIVERS.items():
    (path,) = [o for o in objects if o.endswith(f"/map_{file}.cc.o")]
    kernel_name = re.compile(rf"(N_\w+)::{driver}_with<calando::(\w+),? ?([^>]*)>")
    entry_name = re.compile(rf"(N_\w+)::{driver}_(\w+)\(")
    problems = {}  # by kernel
    kernels = {}  # by target and rule: what the rule's function goes on to, which compilers merge where the code is the same
    for name, lines in functions(path):
        kernel = kernel_name.search(name)
        if kernel and kernel.group(1) in WIDE:
            numbers = re.findall(r"(\d+)ul", kernel.group(3))
            states = int(numbers[0]) if kind == "one" else len(numbers)
            problems[kernel.groups()] = problem(file, lines, states, WIDE[kernel.group(1)])
        entry = entry_name.search(name)
        if entry:
            kernels[entry.groups()] = sorted(set(kernel_name.findall("\n".join(lines))))
    checked = set()
    for target in WIDE:
        for rule in rules():
            if file == "double" and rule in SCALAR_IN_DOUBLE:
                continue
            found = kernels.get((target, rule), [])
            if not found and file != "bits8":  # there only the rules that have a moment
                failures.append(f"{file} {target} {rule}: no kernel found")
            checked.update(found)
            failures += [f"{file} {target} {rule} {kernel[2]}: {problems[kernel]}" for kernel in found if problems[kernel]]
    if not checked:
        failures.append(f"{file}: no kernels")
    print(f"{file}: {len(checked)} kernels of {len(rules())} rules on {len(WIDE)} instruction sets")
print("\n".join(failures))
sys.exit(1 if failures else 0)
