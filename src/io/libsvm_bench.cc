// SPDX-License-Identifier: MIT
// Sparse rows as text, 40 entries in each, read by one thread and by two.
#include <fmt/format.h>

#include <iterator>

#include "src/cpu/random.h"
#include "src/io/libsvm.h"
#include "src/io/text_bench.h"

namespace calando::io {
namespace {

constexpr std::size_t kRows = 100000;
constexpr std::size_t kEntries = 40;

std::string sparse_rows_as_text() {
  const cpu::Random random(2, cpu::Purpose::test);
  std::string text;
  auto out = std::back_inserter(text);
  for (std::size_t row = 0; row < kRows; ++row) {
    text += random.below(row, 2) == 0 ? "-1" : "+1";
    for (std::size_t entry = 0; entry < kEntries; ++entry) {
      const std::size_t draw = row * kEntries + entry;
      fmt::format_to(out, " {}:{:.6g}", entry * 1000 + 1 + random.below(draw, 1000), random.uniform(draw));
    }
    text += '\n';
  }
  return text;
}

const std::string& rows_path() {
  static const BenchFile file(sparse_rows_as_text());
  static const std::string path = file.path();
  return path;
}

void read_rows_of_file(benchmark::State& state) {
  cpu::Team team(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(read_libsvm(rows_path(), &team).rows());
  count_bytes(state, rows_path());
}
BENCHMARK(read_rows_of_file)
    ->Name("libsvm/threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void roof(benchmark::State& state) { read_roof(state, rows_path()); }
BENCHMARK(roof)->Name("libsvm/roof: bytes read")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace calando::io
