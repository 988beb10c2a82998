// SPDX-License-Identifier: MIT
// A table of 500,000 rows, 20 numbers and a label (83 MB), read by one thread and by two. Peers on such a file,
// with two threads: polars 170 MB/s, Arrow 196 MB/s.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "src/cpu/random.h"
#include "src/io/csv.h"
#include "src/io/text_bench.h"

namespace calando::io {
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
  static const BenchFile file(numbers_as_text());
  static const std::string path = file.path();
  return path;
}

void read_table(benchmark::State& state) {
  cpu::Team team(static_cast<int>(state.range(0)));
  const std::string& path = table_path();  // made outside of the measured loop
  for (auto _ : state) benchmark::DoNotOptimize(read_csv(path, {}, &team).rows);
  count_bytes(state, table_path());
}
BENCHMARK(read_table)->Name("csv/threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Block by block, as predictions are made: no memory for the whole.
void stream_table(benchmark::State& state) {
  for (auto _ : state) {
    CsvReader reader{Source(table_path())};
    while (reader.next()) benchmark::DoNotOptimize(reader.table().columns[0].values.data());
  }
  count_bytes(state, table_path());
}
BENCHMARK(stream_table)->Name("csv/stream")->UseRealTime()->Unit(benchmark::kMillisecond);

void roof(benchmark::State& state) { read_roof(state, table_path()); }
BENCHMARK(roof)->Name("csv/roof: bytes read")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace calando::io
