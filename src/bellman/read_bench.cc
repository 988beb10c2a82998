// SPDX-License-Identifier: MIT
// The text readers on one model of a million transitions, beside reading the bytes of the same text; writing it as well.
#include <benchmark/benchmark.h>

#include <map>
#include <string>

#include "src/bellman/writers.h"
#include "src/io/text_bench.h"

namespace calando::bellman {
namespace {

const Mdp& model() {
  static const Mdp made = make_mdp("garnet(20000, 10, 5)");
  return made;
}

const std::vector<WrittenFile>& written(ModelFormat format) {
  static std::map<ModelFormat, std::vector<WrittenFile>> files;
  const auto found = files.find(format);
  return found != files.end() ? found->second
                              : files.emplace(format, write_model(model(), format)).first->second;
}

std::int64_t bytes_of(const std::vector<WrittenFile>& files) {
  std::size_t sum = 0;
  for (const WrittenFile& file : files) sum += file.bytes.size();
  return static_cast<std::int64_t>(sum);
}

void read(benchmark::State& state, ModelFormat format) {
  const auto& files = written(format);
  for (auto _ : state) {
    const auto companion = [&](const std::string& ending) -> std::optional<io::File> {
      for (const WrittenFile& file : files) {
        if (file.ending == ending) return io::File{"beside", {file.bytes, nullptr}};
      }
      return std::nullopt;
    };
    benchmark::DoNotOptimize(read_model({"model", {files.front().bytes, nullptr}}, companion).states());
  }
  state.SetBytesProcessed(state.iterations() * bytes_of(files));
}

void write(benchmark::State& state, ModelFormat format) {
  for (auto _ : state) benchmark::DoNotOptimize(write_model(model(), format).size());
  state.SetBytesProcessed(state.iterations() * bytes_of(written(format)));
}

#define FORMAT(name)                                                                              \
  BENCHMARK_CAPTURE(read, name, ModelFormat::name)->UseRealTime()->Unit(benchmark::kMillisecond); \
  BENCHMARK_CAPTURE(write, name, ModelFormat::name)->UseRealTime()->Unit(benchmark::kMillisecond)
FORMAT(prism);
FORMAT(drn);
FORMAT(tuples);
FORMAT(gymnasium);
FORMAT(cassandra);
FORMAT(petsc);
#undef FORMAT

void roof(benchmark::State& state) {
  static const io::BenchFile file(written(ModelFormat::tuples).front().bytes);
  io::read_roof(state, file.path());
}
BENCHMARK(roof)->Name("read/roof: bytes of the tuples read")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace calando::bellman
