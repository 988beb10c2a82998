// SPDX-License-Identifier: MIT
// Search and similarities beside the roofs of the same run: what the memory gives to a loop that only reads, and a large matrix product.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "calando/search.h"
#include "src/cpu/random.h"
#include "src/cpu/roof.h"

namespace calando {
namespace {

double read_roof(int threads) {
  static std::map<int, double> known;
  if (!known.contains(threads)) {
    cpu::Team team(threads);
    known[threads] = cpu::stream_gigabytes(team, {.read = 1}, std::size_t{1} << 28);
  }
  return known[threads];
}

double product_roof(int threads) {
  static std::map<int, double> known;
  if (!known.contains(threads)) {
    cpu::Team team(threads);
    known[threads] = cpu::matmul_gflops(team);
  }
  return known[threads];
}

/// About Gaussian numbers: sums of four uniform ones. A table of them repeats after a prime number of elements.
std::vector<float> gaussian(std::size_t count, std::uint32_t part) {
  constexpr std::size_t kTable = 1'048'573;
  const cpu::Random random(3, cpu::Purpose::test, part);
  std::vector<float> table(std::min(count, kTable));
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = static_cast<float>(random.uniform(4 * i) + random.uniform(4 * i + 1) +
                                  random.uniform(4 * i + 2) + random.uniform(4 * i + 3) - 2);
  std::vector<float> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = table[i % table.size()];
  return numbers;
}

struct Case {
  std::size_t rows;
  std::size_t dimension;
  std::size_t queries;
  Element element;
};

/// One corpus at a time is kept.
struct Data {
  std::size_t rows = 0, dimension = 0;
  std::vector<float> numbers;
  StoredVectors stored;

  Vectors rows_as(Element element, std::size_t count, std::size_t size) {
    if (count != rows || size != dimension) {
      stored = {};
      numbers.clear();
      numbers = gaussian(count * size, 1);
      rows = count;
      dimension = size;
    }
    const Vectors floats = vectors_of(std::span<const float>(numbers), size);
    if (element == Element::f32) return floats;
    if (stored.rows.data == nullptr || stored.rows.element != element) stored = stored_as(element, floats);
    return stored.rows;
  }
};
Data data;

/// The best iteration counts, because everything that disturbs one makes it slower.
template <class Work>
double best_seconds(benchmark::State& state, const Work& work) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

void bench_search(benchmark::State& state, const Case& at, int threads) {
  const Vectors rows = data.rows_as(at.element, at.rows, at.dimension);
  const Corpus corpus(rows);
  const std::vector<float> questions = gaussian(at.queries * at.dimension, 2);
  const Vectors queries = vectors_of(std::span<const float>(questions), at.dimension);
  SearchOptions options;
  options.threads = threads;
  const double seconds =
      best_seconds(state, [&] { benchmark::DoNotOptimize(search(corpus, queries, 10, options)); });
  state.counters["ms"] = 1e3 * seconds;
  if (at.queries == 1) {
    const double gigabytes = static_cast<double>(at.rows * rows.stride) / seconds * 1e-9;
    state.counters["GB/s"] = gigabytes;
    state.counters["of_read"] = gigabytes / read_roof(threads);
  } else {
    const double gflops = 2e-9 * static_cast<double>(at.rows * at.dimension * at.queries) / seconds;
    state.counters["GFLOPs"] = gflops;
    state.counters["of_product"] = gflops / product_roof(threads);
  }
}

/// Pairs above 0.9 beside a search of all against all.
void bench_pairs(benchmark::State& state, bool half, int threads) {
  const Vectors rows = data.rows_as(Element::f32, 100'000, 128);
  const Corpus corpus(rows);
  SearchOptions options;
  options.threads = threads;
  const double seconds = best_seconds(state, [&] {
    if (half) {
      benchmark::DoNotOptimize(similar_pairs(corpus, 0.9, options));
    } else {
      benchmark::DoNotOptimize(search_at_least(corpus, rows, 0.9, options));
    }
  });
  state.counters["ms"] = 1e3 * seconds;
}

void add(const std::string& name, const Case& at) {
  for (const int threads : {1, 2})
    benchmark::RegisterBenchmark((name + "/" + std::to_string(threads)).c_str(), bench_search, at, threads)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
}

const bool added = [] {
  constexpr std::size_t million = 1'000'000;
  add("search_1_of_1Mx128", {million, 128, 1, Element::f32});
  add("search_16_of_1Mx128", {million, 128, 16, Element::f32});
  add("search_1024_of_1Mx128", {million, 128, 1024, Element::f32});
  add("search_1_of_1Mx128_f16", {million, 128, 1, Element::f16});
  add("search_1_of_1Mx128_i8", {million, 128, 1, Element::i8});
  add("search_1_of_1Mx768", {million, 768, 1, Element::f32});
  add("search_256_of_1Mx768", {million, 768, 256, Element::f32});
  for (const bool half : {false, true})
    for (const int threads : {1, 2})
      benchmark::RegisterBenchmark(
          ((half ? "pairs_100000x128/" : "all_against_all_100000x128/") + std::to_string(threads)).c_str(),
          bench_pairs, half, threads)
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
  return true;
}();

}  // namespace
}  // namespace calando
