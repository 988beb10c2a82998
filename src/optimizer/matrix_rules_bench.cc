// SPDX-License-Identifier: MIT
// Rules of matrices, on a square one.
//
// Muon: the products of an iteration are counted as 4 n^3 operations, since A and A^2 are symmetric.
//
//   muon/4096/bf16/2           side, products, threads
//   seconds, GFLOPs            of a step
//   roof                       GFLOP/s: float32: multiply-adds in registers; bf16: a product that stays in the first-level cache
//   of_roof
//
// Shampoo and SOAP: a step that keeps its roots or bases, and one that works them out anew. Their roof is the time that their operations
// take as multiply-adds in registers, those in double at half the rate.
//
//   shampoo/256/2              rule, side, threads
//   kept, renewed              seconds of such a step
//   kept_of_roof, renewed_of_roof
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
#include "src/optimizer/stopwatch.h"

namespace calando {
namespace {

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

/// A square matrix with random gradients, and its optimizer.
class Trained {
 public:
  Trained(const AnyRule& rule, std::size_t side, const std::shared_ptr<cpu::Team>& team)
      : values_(side * side),
        gradients_(random_gradients(side * side)),
        optimizer_(rule, {{.name = "w", .values = values_, .gradients = gradients_, .shape = {side, side}}},
                   with(team)) {}

  double seconds() {
    const auto start = std::chrono::steady_clock::now();
    optimizer_.step(1e-3);
    return seconds_since(start);
  }

 private:
  static std::vector<float> random_gradients(std::size_t count) {
    std::vector<float> gradients(count);
    std::uint32_t random = 1;
    for (float& g : gradients) {
      random = random * 1664525U + 1013904223U;
      g = static_cast<float>(static_cast<std::int32_t>(random)) * 0x1p-31F;
    }
    return gradients;
  }
  static OptimizerOptions with(const std::shared_ptr<cpu::Team>& team) {
    OptimizerOptions options;
    options.team = team;
    return options;
  }

  std::vector<float> values_, gradients_;
  Optimizer optimizer_;
};

void bench_muon(benchmark::State& state, std::size_t side, bool bf16, int threads) {
  if (bf16 && !cpu::has_bf16_products()) return state.SkipWithError("no avx512_bf16 here");
  const auto team = std::make_shared<cpu::Team>(threads);
  Muon rule;
  rule.products = bf16 ? MuonProducts::bf16 : MuonProducts::full;
  Trained muon(rule, side, team);
  std::vector<double> times;
  for (auto _ : state) {
    times.push_back(muon.seconds());
    state.SetIterationTime(times.back());
  }
  const double seconds = median(times), n = static_cast<double>(side);
  const double gflops = rule.steps * 4 * n * n * n / seconds * 1e-9;
  const double roof = bf16 ? bf16_gflops(*team) : cpu::fma_gflops(*team);
  state.counters["seconds"] = seconds;
  state.counters["GFLOPs"] = gflops;
  state.counters["roof"] = roof;
  state.counters["of_roof"] = gflops / roof;
}

/// Operations of a step, in units of n^3.
struct Work {
  double floats, doubles;

  double seconds(std::size_t side, double gflops) const {
    const auto n = static_cast<double>(side);
    return (floats + 2 * doubles) * n * n * n / gflops * 1e-9;
  }
};

/// Of a step that keeps its roots or bases, and what renewing them for both axes adds: a symmetric product is 1, any other one 2.
template <class Rule>
struct WorkOf;
template <>
struct WorkOf<Shampoo> {
  static constexpr Work kKept{2 * 1 + 2 * 2, 0};
  static constexpr Work kRenewal{0, 2 * (20 + 2)};  // an eigendecomposition, V diag V^T
};
template <>
struct WorkOf<Soap> {
  static constexpr Work kKept{3 * 2 * 2, 2 * 1};         // into the basis twice, and back; G G^T in double
  static constexpr Work kRenewal{0, 2 * (2 + 8.0 / 3)};  // L Q, and the orthogonal factor of it
};

template <class Rule>
void bench_preconditioned(benchmark::State& state, std::size_t side, int threads) {
  const auto team = std::make_shared<cpu::Team>(threads);
  Rule rule;
  rule.frequency = 1;
  Trained renews(rule, side, team);
  rule.frequency = 1000000;
  Trained keeps(rule, side, team);
  renews.seconds();  // the first step begins
  keeps.seconds();
  std::vector<double> kept, renewed;
  for (auto _ : state) {
    kept.push_back(keeps.seconds());
    renewed.push_back(renews.seconds());
    state.SetIterationTime(renewed.back());
  }
  using Counted = WorkOf<Rule>;
  const double gflops = cpu::fma_gflops(*team), roof = Counted::kKept.seconds(side, gflops);
  state.counters["kept"] = median(kept);
  state.counters["renewed"] = median(renewed);
  state.counters["kept_of_roof"] = roof / median(kept);
  state.counters["renewed_of_roof"] = (roof + Counted::kRenewal.seconds(side, gflops)) / median(renewed);
}

template <class Rule>
void add_preconditioned() {
  for (const std::size_t side : {std::size_t{256}, std::size_t{1024}}) {
    for (const int threads : {1, 2}) {
      const std::string name =
          std::string(Rule::kName) + "/" + std::to_string(side) + "/" + std::to_string(threads);
      benchmark::RegisterBenchmark(name.c_str(), bench_preconditioned<Rule>, side, threads)
          ->UseManualTime()
          ->Iterations(side > 512 ? 2 : 10)
          ->Unit(benchmark::kMillisecond);
    }
  }
}

const bool added = [] {
  add_preconditioned<Shampoo>();
  add_preconditioned<Soap>();
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
