// SPDX-License-Identifier: MIT
// Pairs of vectors in cache: 64 of 1536 numbers, as tests/peers/similarity_speed.py has them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "calando/similarity.h"
#include "src/cpu/random.h"

namespace calando {
namespace {

constexpr std::size_t kPairs = 64;

std::vector<float> numbers(std::size_t dimension, std::uint32_t part) {
  const cpu::Random random(29, cpu::Purpose::test, part);
  std::vector<float> result;
  for (std::size_t i = 0; i < kPairs * dimension; ++i)
    result.push_back(static_cast<float>(random.uniform(i) * 2 - 1));
  return result;
}

void bench_pairs(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  const auto dimension = static_cast<std::size_t>(state.range(0));
  const std::vector<float> x = numbers(dimension, 1), y = numbers(dimension, 2);
  const Vectors a = vectors_of(std::span<const float>(x), dimension),
                b = vectors_of(std::span<const float>(y), dimension);
  double best = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    benchmark::DoNotOptimize(paired_cosine_similarities(a, b));
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  const double seconds = best / static_cast<double>(kPairs);
  state.counters["ns_a_pair"] = 1e9 * seconds;
  state.counters["GB/s"] = 8e-9 * static_cast<double>(dimension) / seconds;
}
BENCHMARK(bench_pairs)->Arg(128)->Arg(768)->Arg(1536);

}  // namespace
}  // namespace calando
