// SPDX-License-Identifier: MIT
// A call of a schedule at random steps. The roof: the same calls of a function that returns its argument as a double.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "calando/schedule.h"

namespace calando {
namespace {

constexpr std::size_t kSteps = 4096;

std::vector<Step> random_steps(Step end) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<Step> step(0, end);
  std::vector<Step> steps(kSteps);
  for (Step& t : steps) t = step(random);
  return steps;
}

void measure(benchmark::State& state, const Schedule& schedule, Step end) {
  const std::vector<Step> steps = random_steps(end);
  double sum = 0;
  for (auto _ : state) {
    for (const Step t : steps) sum += schedule(t);
  }
  benchmark::DoNotOptimize(sum);
  state.counters["ns_per_call"] =
      benchmark::Counter(static_cast<double>(kSteps) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

[[gnu::noinline]] double identity(Step t) { return static_cast<double>(t); }

void roof(benchmark::State& state) {
  const std::vector<Step> steps = random_steps(1000);
  double sum = 0;
  for (auto _ : state) {
    for (const Step t : steps) sum += identity(t);
  }
  benchmark::DoNotOptimize(sum);
  state.counters["ns_per_call"] =
      benchmark::Counter(static_cast<double>(kSteps) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(roof);

void ten_cosines(benchmark::State& state) {
  Schedule schedule = cosine(1, 0.5, 100);
  for (int i = 1; i < 10; ++i) schedule = schedule.then(cosine(1, 0.5, 100 + 10 * i));
  measure(state, schedule, 1500);
}
BENCHMARK(ten_cosines);

void ten_mixed(benchmark::State& state) {
  const Schedule schedule = parse_schedule(
      "linear(0, 1, 100) then constant(1, 50) then cosine(1, 0.1, 300) then polynomial(0.1, 0.05, 100, "
      "power=2) then "
      "linear(0, 1, 100) then constant(1, 50) then cosine(1, 0.1, 300) then one_minus_sqrt(0.1, 0.05, 100) "
      "then "
      "linear(0, 1, 100) then cosine(1, 0, 300)");
  measure(state, schedule, 1500);
}
BENCHMARK(ten_mixed);

void restarts(benchmark::State& state) {
  measure(state, cosine(1, 0, 10).repeat(kEndless, 1.5, 0.9), 1'000'000);
}
BENCHMARK(restarts);

}  // namespace
}  // namespace calando
