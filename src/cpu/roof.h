// SPDX-License-Identifier: MIT
// What this machine can do at best, measured: every benchmark prints its share of one of these, taken in the same run.
#pragma once

#include <cstddef>

#include "src/cpu/threads.h"

namespace calando::cpu {

/// GFLOP/s of fused multiply-adds (two operations each) that stay in registers, all threads together.
double fma_gflops(Team& team);

/// GFLOP/s of a square product by matmul(), side x side.
double matmul_gflops(Team& team, std::size_t side = 2048);

/// What a loop does with arrays of float32.
struct Stream {
  int read = 0;     // arrays that are only read
  int updated = 0;  // read and written in place
  int written = 0;  // only written
};

/// GB/s that a plain loop over such arrays of `length` numbers each moves, all threads together: every read and every
/// write of a number counts 4 bytes. A fused Adam step has {.read = 1, .updated = 3}.
///
/// Throws:  UsageError where there is no array or no number.
double stream_gigabytes(Team& team, Stream stream, std::size_t length);

}  // namespace calando::cpu
