// SPDX-License-Identifier: MIT
// Muon on a square matrix. The products of an iteration are counted as 4 n^3 operations, since A and A^2 are symmetric.
//
//   muon/4096/bf16/2           side, products, threads
//   seconds, GFLOPs            of a step
//   roof                       GFLOP/s: float32: multiply-adds in registers; bf16: a product that stays in the first-level cache
//   of_roof
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/cpu/matmul_bf16.h"
#include "src/cpu/roof.h"
#include "src/cpu/threads.h"

namespace calando {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The best of several, all threads together.
double bf16_gflops(cpu::Team& team) {
  constexpr std::size_t kSide = cpu::kBf16Side, kDepth = 256, kTimes = 20000;
  const auto threads = static_cast<std::size_t>(team.size());
  double best = HUGE_VAL;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto start = std::chrono::steady_clock::now();
    team.run(threads, [&](std::size_t) {
      const std::vector<BFloat16> a(kSide * kDepth, BFloat16{0x3C00});
      const std::vector<std::uint32_t> b(kSide * kDepth / 2, 0x3C003C00U);
      std::vector<float> c(kSide * kSide);
      for (std::size_t i = 0; i < kTimes; ++i)
        cpu::multiply_bf16({a.data(), kDepth, b.data(), kDepth, c.data(), kSide}, kSide, kSide);
      benchmark::DoNotOptimize(c.data());
    });
    best = std::min(best, seconds_since(start));
  }
  return 2.0 * kSide * kSide * kDepth * kTimes * static_cast<double>(threads) / best * 1e-9;
}

void bench_muon(benchmark::State& state, std::size_t side, bool bf16, int threads) {
  if (bf16 && !cpu::has_bf16_products()) return state.SkipWithError("no avx512_bf16 here");
  const auto team = std::make_shared<cpu::Team>(threads);
  std::vector<float> values(side * side), gradients(side * side);
  std::uint32_t random = 1;
  for (float& g : gradients) {
    random = random * 1664525U + 1013904223U;
    g = static_cast<float>(static_cast<std::int32_t>(random)) * 0x1p-31F;
  }
  OptimizerOptions options;
  options.team = team;
  Muon rule;
  rule.products = bf16 ? MuonProducts::bf16 : MuonProducts::full;
  Optimizer muon(rule, {{.name = "w", .values = values, .gradients = gradients, .shape = {side, side}}},
                 options);
  std::vector<double> times;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    muon.step(1e-3);
    times.push_back(seconds_since(start));
    state.SetIterationTime(times.back());
  }
  std::ranges::sort(times);
  const double seconds = times[times.size() / 2], n = static_cast<double>(side);
  const double gflops = rule.steps * 4 * n * n * n / seconds * 1e-9;
  const double roof = bf16 ? bf16_gflops(*team) : cpu::fma_gflops(*team);
  state.counters["seconds"] = seconds;
  state.counters["GFLOPs"] = gflops;
  state.counters["roof"] = roof;
  state.counters["of_roof"] = gflops / roof;
}

const bool added = [] {
  for (const std::size_t side : {std::size_t{1024}, std::size_t{4096}}) {
    for (const bool bf16 : {false, true}) {
      const std::string name = "muon/" + std::to_string(side) + (bf16 ? "/bf16/" : "/f32/") + "2";
      benchmark::RegisterBenchmark(name.c_str(), bench_muon, side, bf16, 2)
          ->UseManualTime()
          ->Iterations(side > 2048 ? 2 : 10)
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace calando
