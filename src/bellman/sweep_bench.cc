// SPDX-License-Identifier: MIT
// The sweep as a share of what the machine can do at best: reading the model's arrays, or gathering its successors' values.
#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "calando/mdp.h"
#include "src/bellman/operator.h"
#include "src/cpu/roof.h"

namespace calando::bellman {
namespace {

const Mdp& model_of(const std::string& family) {
  static std::map<std::string, Mdp> models;
  const auto found = models.find(family);
  return found != models.end() ? found->second : models.emplace(family, make_mdp(family)).first->second;
}

/// Whether every row's successors follow each other: these are not read one by one then.
bool has_runs(const MdpArrays& a) {
  for (std::size_t c = 0; c + 1 < a.row_begin.size(); ++c) {
    for (std::uint32_t i = a.row_begin[c] + 1; i < a.row_begin[c + 1]; ++i)
      if (a.target[i] != a.target[i - 1] + 1) return false;
  }
  return true;
}

/// What a sweep has to read and write: 12 bytes a transition and 12 a choice; per state an offset, its value twice, the policy.
double bytes_of(const Mdp& model) {
  const bool runs = has_runs(model.arrays());
  return (runs ? 8.0 : 12.0) * static_cast<double>(model.transitions()) +
         (runs ? 16.0 : 12.0) * static_cast<double>(model.choices()) +
         24.0 * static_cast<double>(model.states());
}

/// Seconds of a loop over all targets that gathers values and adds them up, and does nothing else.
double gather_seconds(const Mdp& model, cpu::Team& team) {
  const MdpArrays& a = model.arrays();
  const Blocks blocks = make_blocks(a);
  const std::vector<double> v(model.states(), 1);
  std::vector<double> sums(blocks.count());
  const auto run = [&] {
    team.run(blocks.count(), [&](std::size_t block) {
      const std::uint32_t first = a.row_begin[a.choice_begin[blocks.first[block]]];
      const std::uint32_t last = a.row_begin[a.choice_begin[blocks.first[block + 1]]];
      double sum0 = 0;
      double sum1 = 0;
      double sum2 = 0;
      double sum3 = 0;
      std::uint32_t i = first;
      for (; i + 4 <= last; i += 4) {
        sum0 += v[a.target[i]];
        sum1 += v[a.target[i + 1]];
        sum2 += v[a.target[i + 2]];
        sum3 += v[a.target[i + 3]];
      }
      for (; i < last; ++i) sum0 += v[a.target[i]];
      sums[block] = sum0 + sum1 + sum2 + sum3;
    });
    benchmark::DoNotOptimize(sums.data());
  };
  run();
  double best = 1e9;
  for (int k = 0; k < 5; ++k) {
    const auto start = std::chrono::steady_clock::now();
    run();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

void sweep(benchmark::State& state, const std::string& family) {
  const Mdp& model = model_of(family);
  cpu::Team team(static_cast<int>(state.range(0)));
  const BellmanOperator bellman(model, {.factor = 0.99}, Objective::maximise, team);
  std::vector<double> v(model.states());
  std::vector<double> next(model.states());
  std::vector<std::uint32_t> policy(model.states());
  double best = 1e9;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(bellman.sweep(v, next, policy));
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    v.swap(next);
  }
  const double read_roof = cpu::stream_gigabytes(team, {.read = 1}, std::size_t{1} << 26);
  const double gather_roof = gather_seconds(model, team);
  state.counters["GB/s"] = bytes_of(model) / best / 1e9;
  state.counters["read_roof"] = read_roof;
  state.counters["of_read"] = bytes_of(model) / best / 1e9 / read_roof;
  state.counters["of_gather"] = gather_roof / best;
  state.counters["ns/transition"] = best * 1e9 / static_cast<double>(model.transitions());
}

BENCHMARK_CAPTURE(sweep, garnet, "garnet(100000, 10, 10)")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(sweep, sis, "sis(5000)")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(sweep, pendulum, "pendulum(201, 201, 51)")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(sweep, maze, "maze(1001, 1001)")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(sweep, forest, "forest(1000000)")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(sweep, queue, "queue(limit=299)")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace calando::bellman
