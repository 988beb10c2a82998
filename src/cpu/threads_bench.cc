// SPDX-License-Identifier: MIT
// What one run of a team costs: empty tasks, and tasks of a training step's size beside what they need alone.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>

#include "src/cpu/threads.h"

namespace calando::cpu {
namespace {

void compute(int rounds) {
  float x = 1;
  for (int i = 0; i < rounds; ++i) benchmark::DoNotOptimize(x = x * 0.5F + 1);
}

/// The overhead alone: as many empty tasks as threads.
void bench_empty_run(benchmark::State& state) {
  Team team(static_cast<int>(state.range(0)));
  for (auto _ : state) team.run(static_cast<std::size_t>(team.size()), [](std::size_t) { compute(1); });
}
BENCHMARK(bench_empty_run)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime();

/// 8 tasks of `rounds`: of_perfect is the time of perfect sharing over the time taken. Run it beside a busy process
/// to see what a neighbour costs.
void bench_shared_work(benchmark::State& state) {
  const int rounds = static_cast<int>(state.range(1));
  Team team(static_cast<int>(state.range(0)));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) compute(rounds);
  const double alone = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / 1000;
  const auto begin = std::chrono::steady_clock::now();
  for (auto _ : state) team.run(8, [&](std::size_t) { compute(rounds); });
  const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  state.counters["of_perfect"] = alone * 8 / team.size() * static_cast<double>(state.iterations()) / taken;
}
BENCHMARK(bench_shared_work)
    ->ArgsProduct({{1, 2}, {100, 1000, 10'000}})
    ->ArgNames({"threads", "rounds"})
    ->UseRealTime();

}  // namespace
}  // namespace calando::cpu
