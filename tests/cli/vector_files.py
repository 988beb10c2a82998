# SPDX-License-Identifier: MIT
"""Files of vectors, written without NumPy."""
import struct

NPY_TYPES = {"d": "<f8", "f": "<f4", "e": "<f2", "b": "|i1", "B": "|u1", "?": "|b1", "h": "<i2", "q": "<i8"}


def flat(rows):
    return [number for row in rows for number in row]


def npy(rows, code="f", shape=None, fortran=False):
    shape = shape or (len(rows), len(rows[0]))
    numbers = flat(zip(*rows)) if fortran else flat(rows)
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (NPY_TYPES[code], fortran, tuple(shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(numbers)}{code}", *numbers)


def read_npy(content):
    """Shape and numbers of an array of int64 or float64."""
    size = struct.unpack("<H", content[8:10])[0]
    header = eval(content[10 : 10 + size])
    code = {"<i8": "q", "<f8": "d"}[header["descr"]]
    data = content[10 + size :]
    return header["shape"], list(struct.unpack(f"<{len(data) // 8}{code}", data))


def vecs(rows, code="f"):
    return b"".join(struct.pack(f"<I{len(row)}{code}", len(row), *row) for row in rows)


def idx(rows):
    return struct.pack(">BBBBII", 0, 0, 8, 2, len(rows), len(rows[0])) + bytes(flat(rows))
