# SPDX-License-Identifier: MIT
"""What 8-bit states cost in training: the final training loss on Fashion-MNIST with f32 and with 8-bit states, in pairs of one seed.

    python3 tests/bench/bits8_quality.py build/release/calando [--seeds 10] [--epochs 3] [--model 'mlp(128)']

Prints optimizer, seed, loss with f32, loss with bits8; then optimizer, means of both, and by how many per cent the second is above the
first. Leaves with 1 where that is more than 2."""
import argparse
import json
import subprocess
import sys
import tempfile

RATES = {"adam": "1e-3", "lion": "1e-4", "adagrad": "1e-2"}


def loss(program, data, model, optimizer, states, seed, epochs):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", data, "--out", folder, "--overwrite", "--model", model, "--optimizer", optimizer, "--states", states,
                   "--schedule", f"cosine({RATES[optimizer]}, 0, 100%)", "--epochs", str(epochs), "--seed", str(seed), "--json", "--quiet"]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["train_loss"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--model", default="mlp(128)")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=3)
    args = parser.parse_args()
    worst = 0
    for optimizer in RATES:
        pairs = []
        for seed in range(1, args.seeds + 1):
            pairs.append([loss(args.program, args.data, args.model, optimizer, states, seed, args.epochs) for states in ("f32", "bits8")])
            print(optimizer, seed, *pairs[-1], sep="\t", flush=True)
        full, few = (sum(column) / len(pairs) for column in zip(*pairs))
        above = 100 * (few / full - 1)
        worst = max(worst, above)
        print(f"{optimizer}\tmean\t{full:.5f}\t{few:.5f}\t{above:+.2f} %", flush=True)
    sys.exit(worst > 2)


if __name__ == "__main__":
    main()
