# SPDX-License-Identifier: MIT
"""The C interface by foreign-function calls: AdamW against its formula. Argument: the shared library."""
import ctypes as c
import math
import sys

F32 = 0


class Parameter(c.Structure):
    _fields_ = [("name", c.c_char_p), ("values", c.c_void_p), ("gradients", c.c_void_p), ("size", c.c_size_t),
                ("values_type", c.c_int), ("gradients_type", c.c_int), ("shape", c.POINTER(c.c_size_t)), ("axes", c.c_size_t)]


lib = c.CDLL(sys.argv[1])
lib.calando_optimizer_new.argtypes = [c.POINTER(c.c_void_p), c.c_char_p, c.POINTER(Parameter), c.c_size_t, c.c_void_p,
                                      c.c_char_p, c.c_size_t]
lib.calando_optimizer_step.argtypes = [c.c_void_p, c.c_double, c.c_void_p, c.c_char_p, c.c_size_t]
lib.calando_optimizer_free.argtypes = [c.c_void_p]

n = 1000
values = (c.c_float * n)(*[math.sin(i) for i in range(n)])
gradients = (c.c_float * n)(*[math.cos(i) for i in range(n)])
start = list(values)
parameter = Parameter(b"w", c.addressof(values), c.addressof(gradients), n, F32, F32, None, 0)
error = c.create_string_buffer(256)
optimizer = c.c_void_p()
assert lib.calando_optimizer_new(c.byref(optimizer), b"adamw(weight_decay=0.1)", c.byref(parameter), 1, None, error, 256) == 0, error.value
for _ in range(3):
    assert lib.calando_optimizer_step(optimizer, 1e-2, None, error, 256) == 0, error.value

for i in range(n):
    p, m, v, g = start[i], 0.0, 0.0, gradients[i]
    for t in range(1, 4):
        p *= 1 - 1e-2 * 0.1
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        p -= 1e-2 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    # Three steps of 1e-2, each within some roundings of a float: 8 units in the last place of 1.
    assert abs(values[i] - p) <= 8 * 2**-24, (i, values[i], p)

assert lib.calando_optimizer_step(optimizer, -1, None, error, 256) == 2
assert b"learning rate" in error.value
lib.calando_optimizer_free(optimizer)
print("ok")
