// SPDX-License-Identifier: MIT
// Matrix products of a training step (batch 128) and large ones: share of the multiply-add roof measured in the same
// run, beside OpenBLAS and oneDNN where their libraries are installed.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "hwy/aligned_allocator.h"
#include "src/cpu/matmul.h"
#include "src/cpu/roof.h"

namespace calando::cpu {
namespace {

/// A function of a library that need not be there.
template <class Function>
Function* find(const char* library, const char* name) {
  void* handle = dlopen(library, RTLD_NOW);
  return handle == nullptr ? nullptr : reinterpret_cast<Function*>(dlsym(handle, name));
}

constexpr const char* kOpenBlas = "libopenblas.so.0";
constexpr const char* kOneDnn = "libdnnl.so.2";
using CblasSgemm = void(int, int, int, int, int, int, float, const float*, int, const float*, int, float,
                        float*, int);
using DnnlSgemm = int(char, char, std::int64_t, std::int64_t, std::int64_t, float, const float*, std::int64_t,
                      const float*, std::int64_t, float, float*, std::int64_t);
using SetThreads = void(int);

struct Case {
  const char* name;
  std::size_t rows, inner, cols;
  bool a_transposed, b_transposed;
};
constexpr Case kCases[] = {
    {"layer1_forward", 128, 784, 256, false, false}, {"layer1_weights", 784, 128, 256, true, false},
    {"layer2_forward", 128, 256, 128, false, false}, {"layer2_weights", 256, 128, 128, true, false},
    {"layer2_input", 128, 128, 256, false, true},    {"layer3_forward", 128, 128, 10, false, false},
    {"layer3_weights", 128, 128, 10, true, false},   {"layer3_input", 128, 10, 128, false, true},
    {"softmax_forward", 128, 784, 10, false, false}, {"logistic_forward", 128, 20, 1, false, false},
    {"logistic_weights", 20, 128, 1, true, false},   {"square_1024", 1024, 1024, 1024, false, false},
    {"square_4096", 4096, 4096, 4096, false, false}};

/// The three matrices of a case, and the product by each library.
class Matrices {
 public:
  explicit Matrices(const Case& shape)
      : shape_(shape),
        a_(filled(shape.rows * shape.inner)),
        b_(filled(shape.inner * shape.cols)),
        c_(filled(shape.rows * shape.cols)) {}

  double operations() const { return 2.0 * static_cast<double>(shape_.rows * shape_.inner * shape_.cols); }
  void ours(Team& team) const {
    const auto& [name, m, k, n, ta, tb] = shape_;
    const MatrixView a = ta ? row_major(a_.get(), k, m).transposed() : row_major(a_.get(), m, k);
    const MatrixView b = tb ? row_major(b_.get(), n, k).transposed() : row_major(b_.get(), k, n);
    matmul(team, {a, b, c_.get(), n, {}});
  }
  void openblas(CblasSgemm* sgemm) const {
    constexpr int row_major_order = 101, plain = 111, transposed = 112;
    const int m = static_cast<int>(shape_.rows), k = static_cast<int>(shape_.inner),
              n = static_cast<int>(shape_.cols);
    sgemm(row_major_order, shape_.a_transposed ? transposed : plain, shape_.b_transposed ? transposed : plain,
          m, n, k, 1, a_.get(), shape_.a_transposed ? m : k, b_.get(), shape_.b_transposed ? k : n, 0,
          c_.get(), n);
  }
  void onednn(DnnlSgemm* sgemm) const {
    const auto m = static_cast<std::int64_t>(shape_.rows), k = static_cast<std::int64_t>(shape_.inner),
               n = static_cast<std::int64_t>(shape_.cols);
    sgemm(shape_.a_transposed ? 'T' : 'N', shape_.b_transposed ? 'T' : 'N', m, n, k, 1, a_.get(),
          shape_.a_transposed ? m : k, b_.get(), shape_.b_transposed ? k : n, 0, c_.get(), n);
  }

 private:
  using Numbers = hwy::AlignedFreeUniquePtr<float[]>;
  static Numbers filled(std::size_t count) {
    Numbers result = hwy::AllocateAligned<float>(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<float>(i % 13) - 6;
    return result;
  }
  Case shape_;
  Numbers a_, b_, c_;
};

/// The roof of a number of threads, measured once.
double roof(int threads) {
  static std::map<int, double> known;
  if (!known.contains(threads)) {
    Team team(threads);
    known[threads] = fma_gflops(team);
  }
  return known[threads];
}

/// Shares are of the best iteration: whatever disturbs one makes it slower, and the roof is taken the same way.
template <class Multiply>
void measure(benchmark::State& state, const Matrices& matrices, int threads, const Multiply& multiply) {
  using Clock = std::chrono::steady_clock;
  multiply();
  double best = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    multiply();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  const double gflops = matrices.operations() / best * 1e-9;
  state.counters["GFLOPs"] = gflops;
  state.counters["roof"] = roof(threads);
  state.counters["of_roof"] = gflops / roof(threads);
}

void bench_ours(benchmark::State& state, const Case& shape, int threads) {
  Team team(threads);
  const Matrices matrices(shape);
  measure(state, matrices, threads, [&] { matrices.ours(team); });
}

void bench_openblas(benchmark::State& state, const Case& shape, int threads) {
  CblasSgemm* const sgemm = find<CblasSgemm>(kOpenBlas, "cblas_sgemm");
  find<SetThreads>(kOpenBlas, "openblas_set_num_threads")(threads);
  state.SetLabel(find<char*()>(kOpenBlas, "openblas_get_corename")());
  const Matrices matrices(shape);
  measure(state, matrices, threads, [&] { matrices.openblas(sgemm); });
}

void bench_onednn(benchmark::State& state, const Case& shape, int threads) {
  DnnlSgemm* const sgemm = find<DnnlSgemm>(kOneDnn, "dnnl_sgemm");
  find<SetThreads>("libgomp.so.1", "omp_set_num_threads")(threads);
  const Matrices matrices(shape);
  measure(state, matrices, threads, [&] { matrices.onednn(sgemm); });
}

using Bench = void(benchmark::State&, const Case&, int);

void add(const std::string& library, Bench* bench) {
  for (const Case& shape : kCases)
    for (int threads : {1, 2})
      benchmark::RegisterBenchmark(
          (std::string(shape.name) + "/" + library + "/" + std::to_string(threads)).c_str(), bench, shape,
          threads)
          ->UseRealTime();
}

const bool added = [] {
  add("ours", bench_ours);
  if (find<CblasSgemm>(kOpenBlas, "cblas_sgemm") != nullptr) add("openblas", bench_openblas);
  if (find<DnnlSgemm>(kOneDnn, "dnnl_sgemm") != nullptr) add("onednn", bench_onednn);
  return true;
}();

}  // namespace
}  // namespace calando::cpu
