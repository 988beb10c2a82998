#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The training images of Fashion-MNIST nearest to ten test images, drawn as a picture, and the near-duplicates among all training
images, found by `calando search` and `calando pairs`:

    CALANDO=build/release/calando examples/similar_images.py [--picture FILE.png] [--data FOLDER] [--rows N]

Needs nothing but Python and the data (Debian: dataset-fashion-mnist); without them it says so and ends."""
import argparse
import gzip
import os
import struct
import subprocess
import tempfile
import zlib

SIDE, SHOWN, NEAREST, GAP = 28, 10, 9, 2
PROGRAM = os.environ.get("CALANDO", "calando")


def read_images(path, count):
    with gzip.open(path) as file:
        file.seek(16)
        data = file.read(count * SIDE * SIDE)
    return [data[i : i + SIDE * SIDE] for i in range(0, len(data), SIDE * SIDE)]


def write_images(path, images):
    with open(path, "wb") as file:
        file.write(struct.pack(">BBBBIII", 0, 0, 8, 3, len(images), SIDE, SIDE) + b"".join(images))


def png(rows):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def sheet(lines):
    """Lines of images as rows of pixels, dark on white."""
    gap = b"\xff" * GAP
    rows = []
    for images in lines:
        rows += [gap.join(bytes(255 - p for p in image[y * SIDE : (y + 1) * SIDE]) for image in images) for y in range(SIDE)]
        rows += [b"\xff" * len(rows[0])] * GAP
    return rows


def run(*words):
    done = subprocess.run([PROGRAM, *words], check=True, capture_output=True, text=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--picture", help="draw the test images and what is nearest to them")
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist", help="the folder of IDX files")
    parser.add_argument("--rows", type=int, default=60000, help="training images to use")
    asked = parser.parse_args()
    data = asked.data
    training = os.path.join(data, "train-images-idx3-ubyte.gz")
    if not os.path.exists(training):
        print(f"{data} has no Fashion-MNIST")
        return
    train, test = read_images(training, asked.rows), read_images(os.path.join(data, "t10k-images-idx3-ubyte.gz"), SHOWN)
    lines = [[image] for image in test]
    with tempfile.TemporaryDirectory() as folder:
        queries, corpus = os.path.join(folder, "queries"), os.path.join(folder, "corpus")
        write_images(queries, test)
        write_images(corpus, train)
        for query, rank, found, similarity in run("search", corpus, queries, "-k", str(NEAREST)):
            lines[int(query)].append(train[int(found)])
            if rank == "1":
                print(f"test image {query}: training image {found}, similarity {float(similarity):.4f}")
        pairs = run("pairs", corpus, "--at-least", "0.998")
    if asked.picture:
        with open(asked.picture, "wb") as file:
            file.write(png(sheet(lines)))
    print(f"{len(pairs)} pairs of training images with a similarity of at least 0.998:")
    for first, second, similarity in pairs[:10]:
        print(f"  {first} and {second}: {float(similarity):.6f}")


if __name__ == "__main__":
    main()
