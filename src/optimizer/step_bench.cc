// SPDX-License-Identifier: MIT
// Steps of every rule, many shapes of a model and every precision. Each figure stands beside the bandwidth of a plain loop over as many
// arrays of the same length, the model's own where it is one tensor, taken in turns with the steps, so that whatever else the machine does
// hits both. Medians.
//
//   step/adam/32M/f32/2        rule, model, precision, threads
//   ns_per_param, GBs          of the step: every read and every write of a number that its precision stores
//   loop_ns                    of the plain loop
//   f32_norm                   with the norm of the gradients, which a step measures unless it is told not to
//   of_loop                    the loop's time by the step's: the median over pairs of neighbours in time
//   of_avx2                    in cache: the time of a loop written by hand for AVX2 by the step's
#include <benchmark/benchmark.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/cpu/arena.h"
#include "src/cpu/map.h"
#include "src/cpu/roof_kernel.h"
#include "src/cpu/threads.h"
#include "src/optimizer/elementwise_rule.h"
#include "src/optimizer/rule_text.h"
#include "src/optimizer/stopwatch.h"

namespace calando {
namespace {

struct Shape {
  const char* name;
  std::size_t tensors, size;
};
// Not 2^25: malloc puts two arrays of that 2^27 + 4096 bytes apart, where loops over both, ours and the plain one, take a fifth longer (Zen 4).
constexpr Shape kShapes[] = {{"32M", 1, 32000000},
                             {"1000x32K", 1000, 32768},
                             {"10000x100", 10000, 100},
                             {"1M", 1, 1000000},
                             {"4K", 1, 4096}};

struct Precision {
  const char* name;
  NumberType parameters, gradients;
  Bf16Parameters bf16;
  StateStorage states;
  bool norm = false;  // of the gradients, measured beside the step
};
constexpr Precision kPrecisions[] = {
    {"f32", NumberType::f32, NumberType::f32, Bf16Parameters::master, StateStorage::f32},
    {"f32_norm", NumberType::f32, NumberType::f32, Bf16Parameters::master, StateStorage::f32, true},
    {"f32_bits8", NumberType::f32, NumberType::f32, Bf16Parameters::master, StateStorage::bits8},
    {"bf16_all", NumberType::bf16, NumberType::bf16, Bf16Parameters::stochastic, StateStorage::bf16},
    {"bf16_f32", NumberType::bf16, NumberType::bf16, Bf16Parameters::stochastic, StateStorage::f32},
    {"bf16_bits8", NumberType::bf16, NumberType::bf16, Bf16Parameters::stochastic, StateStorage::bits8},
    {"bf16_master", NumberType::bf16, NumberType::bf16, Bf16Parameters::master, StateStorage::f32},
    {"bf16_kahan", NumberType::bf16, NumberType::bf16, Bf16Parameters::kahan, StateStorage::bf16},
};

/// The parameters and gradients of a model, each in ordinary memory of its own.
struct Model {
  std::vector<std::vector<std::byte>> memory;
  std::vector<Parameter> parameters;

  Model(const Shape& shape, const Precision& precision) {
    for (std::size_t t = 0; t < shape.tensors; ++t) {
      Parameter p;
      p.name = std::to_string(t);
      p.values = {filled(shape.size, precision.parameters), shape.size, precision.parameters};
      p.gradients = {filled(shape.size, precision.gradients), shape.size, precision.gradients};
      parameters.push_back(std::move(p));
    }
  }

  std::byte* filled(std::size_t size, NumberType type) {
    std::vector<std::byte>& bytes = memory.emplace_back(size * (type == NumberType::f32 ? 4 : 2));
    for (std::size_t i = 0; i < size; ++i) {
      const float x = 0.01F * static_cast<float>(static_cast<int>(i % 13) - 6);
      const auto half = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x) >> 16);
      if (type == NumberType::f32) {
        reinterpret_cast<float*>(bytes.data())[i] = x;
      } else {
        reinterpret_cast<std::uint16_t*>(bytes.data())[i] = half;
      }
    }
    return bytes.data();
  }
};

/// A plain loop over arrays as many as the rule's: gradients read, values and states updated. Gradients and values are the model's own
/// where they are one array of floats each, since the time depends on which pages an array was given, by a tenth; else as many in ordinary
/// memory. States in memory of the kind that the optimizer takes.
class PlainLoop {
 public:
  PlainLoop(std::size_t states, std::size_t length, const Model& model, cpu::Team& team)
      : updated_(states + 1), length_(length), team_(team) {
    const Parameter& first = model.parameters.front();
    const bool shared = model.parameters.size() == 1 && first.values.type() == NumberType::f32 &&
                        first.gradients.type() == NumberType::f32;
    if (!shared) own_.assign(2, std::vector<float>(length));
    arrays_ = {shared ? static_cast<float*>(const_cast<void*>(first.gradients.data())) : own_[0].data(),
               shared ? static_cast<float*>(first.values.data()) : own_[1].data()};
    if (shared) kept_.assign(arrays_[1], arrays_[1] + length);
    for (std::size_t s = 0; s < states; ++s) {
      const std::size_t start = 64 * 17 * (s + 2);
      arenas_.push_back(cpu::make_arena(length * 4 + start));
      arrays_.push_back(reinterpret_cast<float*>(arenas_.back().get() + start));
    }
  }
  /// Of `times` passes, after which the values are again what they were.
  double seconds(int times) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) pass();
    const double all = seconds_since(start);
    std::ranges::copy(kept_, arrays_[1]);
    return all;
  }

 private:
  void pass() {
    const std::size_t parts = length_ < 65536 ? 1 : 8 * static_cast<std::size_t>(team_.size());
    const std::size_t steps = length_ / cpu::kStreamStep;
    const cpu::Stream stream{.read = 1, .updated = static_cast<int>(updated_)};
    team_.run(parts, [&](std::size_t i) {
      benchmark::DoNotOptimize(cpu::stream_range(arrays_, stream, steps * i / parts * cpu::kStreamStep,
                                                 steps * (i + 1) / parts * cpu::kStreamStep));
    });
  }

  std::size_t updated_, length_;
  cpu::Team& team_;
  std::vector<std::vector<float>> own_;
  std::vector<float> kept_;
  std::vector<cpu::Arena> arenas_;
  std::vector<float*> arrays_;
};

/// Adam as one would write it for AVX2 by hand: fused multiply-adds, no weight decay, nothing to choose.
class HandWrittenAdam {
 public:
  explicit HandWrittenAdam(std::size_t count) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return;
    if (count % 8 == 0) count_ = count;
#endif
    for (std::size_t a = 0; a < 4; ++a) {
      arenas_.push_back(cpu::make_arena(count_ * 4));
      float* const array = reinterpret_cast<float*>(arenas_.back().get());
      for (std::size_t i = 0; i < count_; ++i) array[i] = 0.01F * static_cast<float>(i % 13);
    }
  }
  bool usable() const { return count_ > 0; }
  /// Of a step, mean of several.
  double seconds(int times) {
    const cpu::NoDenormals mode;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) step(at(0), at(1), at(2), at(3));
    return seconds_since(start) / times;
  }

 private:
  float* at(std::size_t array) { return reinterpret_cast<float*>(arenas_[array].get()); }
#if defined(__x86_64__)
  __attribute__((target("avx2,fma"), noinline)) void step(float* p, const float* g, float* m,
                                                          float* v) const {
    const __m256 gain1 = _mm256_set1_ps(0.1F), beta2 = _mm256_set1_ps(0.999F), gain2 = _mm256_set1_ps(0.001F);
    const __m256 rate = _mm256_set1_ps(1e-6F), scale = _mm256_set1_ps(1.5F), epsilon = _mm256_set1_ps(1e-8F);
    for (std::size_t i = 0; i < count_; i += 8) {
      const __m256 x = _mm256_load_ps(g + i), old_m = _mm256_load_ps(m + i);
      const __m256 new_m = _mm256_fmadd_ps(gain1, _mm256_sub_ps(x, old_m), old_m);
      const __m256 new_v =
          _mm256_fmadd_ps(beta2, _mm256_load_ps(v + i), _mm256_mul_ps(gain2, _mm256_mul_ps(x, x)));
      const __m256 root = _mm256_add_ps(_mm256_sqrt_ps(_mm256_mul_ps(new_v, scale)), epsilon);
      _mm256_store_ps(m + i, new_m);
      _mm256_store_ps(v + i, new_v);
      _mm256_store_ps(p + i, _mm256_fnmadd_ps(rate, _mm256_div_ps(new_m, root), _mm256_load_ps(p + i)));
    }
  }
#else
  void step(float*, const float*, float*, float*) const {}
#endif

  std::size_t count_ = 0;
  std::vector<cpu::Arena> arenas_;
};

/// Bytes that a step moves for each parameter.
double bytes_of(const Precision& precision, const optimizer::ElementwiseRule& rule) {
  const double values = precision.parameters == NumberType::f32 ? 4 : 2;
  double bytes = 2 * values + (precision.gradients == NumberType::f32 ? 4 : 2);
  if (precision.parameters == NumberType::bf16 && precision.bf16 == Bf16Parameters::master)
    bytes += 8 - 2;  // bf16 is only written
  if (precision.parameters == NumberType::bf16 && precision.bf16 == Bf16Parameters::kahan) bytes += 4;
  for (std::size_t s = 0; s < rule.states(); ++s) {
    const bool narrow = rule.kind(s) != StateKind::exact;
    bytes += 2 * (!narrow || precision.states == StateStorage::f32 ? 4
                  : precision.states == StateStorage::bf16         ? 2
                                                                   : 260.0 / 256);
  }
  return bytes;
}

void bench_step(benchmark::State& state, const std::string& rule, const Shape& shape,
                const Precision& precision, int threads) {
  const auto team = std::make_shared<cpu::Team>(threads);
  Model model(shape, precision);
  OptimizerOptions options;
  options.bf16 = precision.bf16;
  options.states = precision.states;
  options.norm = precision.norm;
  options.team = team;
  const RuleOptions parsed = parse_rule(rule);
  Optimizer optimizer(parsed, model.parameters, options);
  const auto described = optimizer::make_elementwise(parsed.rule);
  const std::size_t count = shape.tensors * shape.size;
  PlainLoop loop(described->states(), count, model, *team);
  optimizer.step(1e-6);
  loop.seconds(1);
  std::vector<double> steps, loops;
  // Steps too short for the clock; and those whose arrays fit a cache, where the plain loop leaves its own.
  const int inner = count < 65536 ? 1000 : count <= std::size_t{1} << 21 ? 20 : 1;
  std::vector<double> shares, by_hand;
  HandWrittenAdam hand(count < 65536 ? count : 0);
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < inner; ++i) optimizer.step(1e-6);
    const double all = seconds_since(start);
    steps.push_back(all / inner);
    state.SetIterationTime(all);
    loops.push_back(loop.seconds(inner) / inner);
    shares.push_back(loops.back() / steps.back());
    if (hand.usable()) by_hand.push_back(hand.seconds(inner) / steps.back());
  }
  const double step = median(steps);
  if (!by_hand.empty()) state.counters["of_avx2"] = median(by_hand);
  const auto n = static_cast<double>(count);
  state.counters["ns_per_param"] = step / n * 1e9;
  state.counters["GBs"] = bytes_of(precision, *described) * n / step * 1e-9;
  state.counters["loop_ns"] = median(loops) / n * 1e9;
  state.counters["of_loop"] = median(shares);
}

void add(const std::string& rule, const Shape& shape, const Precision& precision) {
  for (const int threads : {1, 2}) {
    if (shape.size == 4096 && threads == 2) continue;  // one task
    const double seconds = shape.size == 4096 ? 0.05 : 0.5;
    const std::string name =
        "step/" + rule + "/" + shape.name + "/" + precision.name + "/" + std::to_string(threads);
    benchmark::RegisterBenchmark(name.c_str(), bench_step, rule, shape, precision, threads)
        ->UseManualTime()
        ->MinTime(seconds);
  }
}

const bool added = [] {
  for (const std::string& rule : optimizer::rule_names()) {
    if (optimizer::make_elementwise(parse_rule(rule).rule) != nullptr) add(rule, kShapes[0], kPrecisions[0]);
  }
  for (const Precision& precision : kPrecisions) {
    if (&precision == kPrecisions) continue;
    add("adam", kShapes[0], precision);
    add("adam", kShapes[4], precision);
  }
  for (const Shape& shape : kShapes) {
    if (&shape != kShapes) add("adam", shape, kPrecisions[0]);
  }
  return true;
}();

}  // namespace
}  // namespace calando
