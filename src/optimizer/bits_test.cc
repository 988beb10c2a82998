// SPDX-License-Identifier: MIT
// The bits of the scalar formula: every rule of the list, every option that chooses something, instruction set, length, misalignment,
// number of threads, order and division of the parameters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/cpu/map.h"
#include "src/cpu/random.h"
#include "src/cpu/targets_test.h"
#include "src/cpu/threads.h"
#include "src/optimizer/rule_variants_test.h"

namespace calando {
namespace {

using cpu::kMostStates;
using cpu::on_every_target;
using optimizer::for_each_variant;

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
std::vector<BitsOf<T>> bits(std::span<const T> numbers) {
  std::vector<BitsOf<T>> result;
  for (const T x : numbers)
    result.push_back(std::isnan(x) ? ~BitsOf<T>{0} : std::bit_cast<BitsOf<T>>(x));  // payloads may differ
  return result;
}

/// Numbers of many sizes: denormals, zeros of both signs, huge ones, infinities and NaN among them.
template <class T>
std::vector<T> awkward(std::size_t count, std::uint32_t part) {
  const cpu::Random random(3, cpu::Purpose::test, part);
  std::vector<T> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double size = std::exp2(static_cast<double>(random.below(4 * i, 40)) - 25);
    const double x = (2 * random.uniform(4 * i + 1) - 1) * size;
    const std::uint64_t kind = random.below(4 * i + 2, 60);
    result[i] = static_cast<T>(kind == 0   ? 1e-42
                               : kind == 1 ? -0.0
                               : kind == 2 ? 1e38
                               : kind == 3 ? HUGE_VAL
                               : kind == 4 ? NAN
                                           : x);
  }
  return result;
}

/// The parts of a test step: values, gradients and states, each `shift` elements behind an aligned place.
template <class T>
struct Arrays {
  std::vector<std::vector<T>> storage;
  std::size_t count, shift;

  Arrays(std::size_t n, std::size_t by, std::size_t states) : count(n), shift(by) {
    for (std::size_t a = 0; a < 2 + states; ++a) {
      std::vector<T> numbers = awkward<T>(n + by, static_cast<std::uint32_t>(a));
      if (a >= 3) {
        for (T& x : numbers) x = std::abs(x);  // second moments
      }
      storage.push_back(std::move(numbers));
    }
  }
  T* at(std::size_t array) { return storage[array].data() + shift; }
  std::array<T*, kMostStates> states() {
    std::array<T*, kMostStates> result{};
    for (std::size_t a = 2; a < storage.size(); ++a) result[a - 2] = at(a);
    return result;
  }
  std::vector<std::vector<BitsOf<T>>> all() {
    std::vector<std::vector<BitsOf<T>>> result;
    for (std::size_t a = 0; a < storage.size(); ++a) result.push_back(bits<T>({at(a), count}));
    return result;
  }
};

/// The formula, one element at a time, as no vectorizer sees it.
template <class Rule, class T>
void scalar_loop(const cpu::CoefficientsOf<Rule, T>& k, T scale, Arrays<T>& arrays, std::size_t states) {
  const cpu::NoDenormals mode;
  [&]<std::size_t... N>(std::index_sequence<N...>) {
    const auto with = [&]<std::size_t kStates>(std::integral_constant<std::size_t, kStates>) {
      if constexpr (cpu::kTakesStates<Rule, T, kStates>) {
        if (states != kStates) return;
        for (std::size_t i = 0; i < arrays.count; ++i) {
          std::array<T*, kMostStates> one = arrays.states();
          for (std::size_t s = 0; s < kStates; ++s) one[s] += i;
          volatile std::size_t single = 1;
          cpu::update_all<Rule, T>(k, scale, arrays.at(0) + i, arrays.at(1) + i, one, single,
                                   std::make_index_sequence<kStates>());
        }
      }
    };
    (with(std::integral_constant<std::size_t, N>()), ...);
  }
  (std::make_index_sequence<kMostStates + 1>());
}

/// Steps of a rule that were compared.
struct Tally {
  std::size_t variants = 0, equal = 0, different = 0;
};

template <class Rule, class T>
void check_lengths(const Rule& rule, Tally& tally) {
  typename Rule::Scalars scalars;
  rule.template at<T>(1, 0.01, scalars);
  const auto k = rule.template at<T>(2, 0.01, scalars);
  std::vector<std::size_t> lengths{100, 1000};
  for (std::size_t n = 0; n <= 2 * 64 / sizeof(T) + 1; ++n) lengths.push_back(n);
  for (const std::size_t n : lengths) {
    for (const std::size_t shift : {0, 1, 3}) {
      SCOPED_TRACE(::testing::Message() << n << " elements, " << shift << " behind an aligned place");
      Arrays<T> expected(n, shift, rule.states());
      Arrays<T> got = expected;
      scalar_loop<Rule, T>(k, T{0.5}, expected, rule.states());
      const cpu::NoDenormals mode;
      cpu::Piece piece{got.at(0), got.at(1), {}, nullptr, 0, static_cast<std::uint32_t>(n), 0, 0};
      for (std::size_t s = 0; s < rule.states(); ++s) piece.states[s] = got.at(2 + s);
      cpu::update_pieces<Rule, T>(k, {std::span(&piece, 1), T{0.5}}, rule.states());
      const bool equal = got.all() == expected.all();
      ++(equal ? tally.equal : tally.different);
      EXPECT_TRUE(equal);
    }
  }
}

void print(const std::map<std::string, std::map<std::string, Tally>>& tallies) {
  std::printf(
      "bits of the scalar formula: steps of 0 to 33 float or 17 double, 100 and 1000 elements, at 3 "
      "alignments\n");
  std::printf("%-20s%10s", "rule", "variants");
  for (const auto& [target, rules] : tallies) std::printf("%12s", target.c_str());
  std::printf("%12s\n", "different");
  for (const auto& [rule, first] : tallies.begin()->second) {
    std::printf("%-20s%10zu", rule.c_str(), first.variants);
    std::size_t different = 0;
    for (const auto& [target, rules] : tallies) {
      std::printf("%12zu", rules.at(rule).equal);
      different += rules.at(rule).different;
    }
    std::printf("%12zu\n", different);
  }
}

TEST(Bits, AreTheScalarFormulasOnEveryInstructionSet) {
  std::map<std::string, std::map<std::string, Tally>> tallies;  // by target, then by rule
  on_every_target([&](const char* target) {
    for_each_variant([&]<class Rule>(const Rule& rule, const std::string& text) {
      SCOPED_TRACE(text);
      Tally& tally = tallies[target][std::string(Rule::kName)];
      ++tally.variants;
      check_lengths<Rule, float>(rule, tally);
      check_lengths<Rule, double>(rule, tally);
    });
  });
  print(tallies);
}

struct Tensors {
  std::vector<std::vector<float>> values, gradients;
  std::vector<Parameter> parameters;

  explicit Tensors(const std::vector<std::size_t>& sizes) {
    const cpu::Random random(9, cpu::Purpose::test);
    std::size_t drawn = 0;
    for (const std::size_t size : sizes) {
      for (auto* list : {&values, &gradients}) {
        list->emplace_back(size);
        for (float& x : list->back()) x = static_cast<float>(random.uniform(drawn++) - 0.5);
      }
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      parameters.push_back({.name = std::string("p").append(std::to_string(i)),
                            .values = values[i],
                            .gradients = gradients[i]});
    }
  }
};

std::vector<std::vector<std::uint32_t>> after_steps(const AnyRule& rule, const OptimizerOptions& options,
                                                    bool reversed) {
  Tensors tensors({1, 100, 70000, 0, 8192, 8193, 17, 300});
  std::vector<Parameter> parameters = tensors.parameters;
  if (reversed) std::ranges::reverse(parameters);
  Optimizer optimizer(rule, parameters, options);
  std::vector<std::vector<std::uint32_t>> result;
  for (int step = 0; step < 3; ++step) {
    const StepReport report = optimizer.step(0.01);
    result.push_back({std::bit_cast<std::uint32_t>(static_cast<float>(report.gradient_norm))});
  }
  for (const auto& values : tensors.values) result.push_back(bits<float>(values));
  return result;
}

TEST(Bits, DoNotDependOnThreadsOrTheOrderOfParameters) {
  for_each_variant([&](const auto& rule, const std::string& text) {
    SCOPED_TRACE(text);
    for (const OptimizerOptions& options : {OptimizerOptions{}, OptimizerOptions{.clip = 1},
                                            OptimizerOptions{.clip = 1, .states = StateStorage::bits8}}) {
      const auto after = [&](int threads, bool reversed) {
        OptimizerOptions with = options;
        with.threads = threads;
        return after_steps(rule, with, reversed);
      };
      const auto expected = after(1, false);
      EXPECT_EQ(after(3, false), expected);
      EXPECT_EQ(after(2, true), expected);
    }
  });
}

TEST(Bits, DoNotDependOnHowAModelIsDivided) {
  for_each_variant([&](const auto& rule, const std::string& text) {
    SCOPED_TRACE(text);
    Tensors whole({20001});
    Tensors parts({20001});
    std::vector<Parameter> divided;
    std::size_t first = 0;
    for (const std::size_t size : {1, 7, 12000, 993, 7000}) {
      divided.push_back({.name = std::to_string(first),
                         .values = std::span(parts.values[0]).subspan(first, size),
                         .gradients = std::span(std::as_const(parts.gradients[0])).subspan(first, size)});
      first += size;
    }
    ASSERT_EQ(first, 20001U);
    Optimizer one(rule, whole.parameters);
    Optimizer many(rule, divided);
    for (int step = 0; step < 3; ++step) {
      one.step(0.01);
      many.step(0.01);
    }
    EXPECT_EQ(bits<float>(parts.values[0]), bits<float>(whole.values[0]));
  });
}

}  // namespace
}  // namespace calando
