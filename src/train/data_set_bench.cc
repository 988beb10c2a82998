// SPDX-License-Identifier: MIT
// A table of 500,000 rows, 20 numbers and a label (83 MB) from its text to a data set: read, understood, split, standardised.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "src/cpu/random.h"
#include "src/io/text_bench.h"
#include "src/train/data_set.h"

namespace calando::training {
namespace {

constexpr std::size_t kRows = 500000;
constexpr std::size_t kColumns = 20;

std::string numbers_as_text() {
  const cpu::Random random(1, cpu::Purpose::test);
  std::string text;
  for (std::size_t c = 0; c < kColumns; ++c) text += fmt::format("x{},", c);
  text += "label\n";
  auto out = std::back_inserter(text);
  for (std::size_t i = 0; i < kRows * kColumns; ++i) {
    // Normal by Box and Muller, as five digits print it.
    const double radius = std::sqrt(-2 * std::log(1 - random.uniform(2 * i)));
    fmt::format_to(out, "{:.5g},", radius * std::cos(6.283185307179586 * random.uniform(2 * i + 1)));
    if (i % kColumns == kColumns - 1) fmt::format_to(out, "{}\n", random.bits(2 * i) % 2);
  }
  return text;
}

const std::string& table_path() {
  static const io::BenchFile file(numbers_as_text());
  static const std::string path = file.path();
  return path;
}

void read_table(benchmark::State& state) {
  DataOptions options;
  options.path = table_path();
  options.target = "label";
  for (auto _ : state) {
    cpu::Team team(static_cast<int>(state.range(0)));
    benchmark::DoNotOptimize(read_data(options, 1, team).training.rows());
  }
  io::count_bytes(state, table_path());
}
BENCHMARK(read_table)
    ->Name("data/table/threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void roof(benchmark::State& state) { io::read_roof(state, table_path()); }
BENCHMARK(roof)->Name("data/roof: bytes read")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace calando::training
