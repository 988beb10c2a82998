// SPDX-License-Identifier: MIT
// The roofs: the best of several times, because everything that disturbs a measurement makes it slower.
#ifndef CALANDO_PORTABLE
#include "src/cpu/roof.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "calando/error.h"
#include "hwy/aligned_allocator.h"
#include "src/cpu/matmul.h"
#include "src/cpu/roof_kernel.h"

namespace calando::cpu {
namespace {

/// Long enough that a busy neighbour leaves some times undisturbed.
constexpr int kLeastTimes = 5;
constexpr double kLeastSeconds = 0.1;

template <class Work>
double best_seconds(const Work& work) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::infinity();
  double total = 0;
  for (int times = 0; times < kLeastTimes || total < kLeastSeconds; ++times) {
    const Clock::time_point start = Clock::now();
    work();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, seconds);
    total += seconds;
  }
  return best;
}

/// Bytes that one pass over the numbers of all arrays moves, for each of them.
double bytes_per_number(Stream s) { return 4.0 * (s.read + 2 * s.updated + s.written); }

}  // namespace

double fma_gflops(Team& team) {
  constexpr std::size_t kRounds = 100'000;
  const std::size_t threads = static_cast<std::size_t>(team.size());
  std::vector<MultiplyAdds> done(threads);
  const double seconds = best_seconds(
      [&] { team.run(threads, [&](std::size_t i) { done[i] = multiply_add_rounds(kRounds); }); });
  return done[0].operations * static_cast<double>(threads) / seconds * 1e-9;
}

double matmul_gflops(Team& team, std::size_t side) {
  const std::size_t size = side * side;
  const auto a = hwy::AllocateAligned<float>(size);
  const auto b = hwy::AllocateAligned<float>(size);
  const auto c = hwy::AllocateAligned<float>(size);
  std::fill_n(a.get(), size, 0.5F);
  std::fill_n(b.get(), size, 0.25F);
  const Product product{row_major(a.get(), side, side), row_major(b.get(), side, side), c.get(), side, {}};
  const double seconds = best_seconds([&] { matmul(team, product); });
  return 2.0 * static_cast<double>(size) * static_cast<double>(side) / seconds * 1e-9;
}

double stream_gigabytes(Team& team, Stream stream, std::size_t length) {
  const int count = stream.read + stream.updated + stream.written;
  if (count < 1 || std::min({stream.read, stream.updated, stream.written}) < 0 || length < 1)
    throw UsageError("stream of " + std::to_string(count) + " arrays of " + std::to_string(length) +
                     " numbers: expected at least one of each");
  const std::size_t steps = (length + kStreamStep - 1) / kStreamStep;
  std::vector<hwy::AlignedFreeUniquePtr<float[]>> owned;
  std::vector<float*> arrays;
  for (int i = 0; i < count; ++i) {
    arrays.push_back(owned.emplace_back(hwy::AllocateAligned<float>(steps * kStreamStep)).get());
    std::fill_n(arrays.back(), steps * kStreamStep, 0.0F);
  }
  const std::size_t parts = 8 * static_cast<std::size_t>(team.size());
  std::vector<float> sums(parts);
  const double seconds = best_seconds([&] {
    team.run(parts, [&](std::size_t i) {
      sums[i] = stream_range(arrays, stream, steps * i / parts * kStreamStep,
                             steps * (i + 1) / parts * kStreamStep);
    });
  });
  return bytes_per_number(stream) * static_cast<double>(steps * kStreamStep) / seconds * 1e-9;
}

}  // namespace calando::cpu
#endif
