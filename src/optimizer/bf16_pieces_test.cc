// SPDX-License-Identifier: MIT
// Pieces in bfloat16: what one loop does to them is what widening, the rule on floats and rounding do one after the other.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "src/cpu/map.h"
#include "src/cpu/narrow.h"
#include "src/cpu/random.h"
#include "src/cpu/targets_test.h"
#include "src/optimizer/rule_variants_test.h"

namespace calando {
namespace {

constexpr std::uint32_t kKey = 77;
constexpr float kScale = 0.5F;

/// Bits that mean a number, with one word for all NaN.
std::uint32_t word(float x) { return std::isnan(x) ? ~0U : std::bit_cast<std::uint32_t>(x); }

/// A piece of a tensor: values, gradients, then states, in bfloat16 where the rule lets them be and `narrow` says so.
struct Numbers {
  std::size_t first;
  std::vector<std::vector<BFloat16>> few;
  std::vector<std::vector<float>> wide;
  std::vector<bool> is_few;

  template <class Rule>
  Numbers(const Rule& rule, std::size_t place, std::size_t count, bool narrow) : first(place) {
    for (std::size_t a = 0; a < 2 + rule.states(); ++a) {
      const cpu::Random random(4, cpu::Purpose::test, static_cast<std::uint32_t>(a));
      is_few.push_back(a < 2 || (narrow && few_allowed<Rule>(a - 2)));
      few.emplace_back(count);
      wide.emplace_back(count);
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t kind =
            random.below(2 * i, 50);  // any bits whatever, NaN and infinities among them, or a usual size
        const auto bits = static_cast<std::uint16_t>(random.bits(2 * i + 1));
        few[a][i].bits = kind < 5 ? bits : static_cast<std::uint16_t>(0x3C00U | (bits & 0x81FFU));
        if (a > 2) few[a][i].bits &= 0x7FFFU;
        wide[a][i] = few[a][i];
      }
    }
  }
  template <class Rule>
  static bool few_allowed(std::size_t state) {
    if constexpr (requires { Rule::kKinds; }) return Rule::kKinds[state] != StateKind::exact;
    return false;
  }
  std::size_t count() const { return wide[0].size(); }
  void* at(std::size_t a, bool as_floats) {
    if (is_few[a] && !as_floats) return few[a].data();
    return wide[a].data();
  }
  cpu::Piece piece(bool as_floats) {
    cpu::Piece made{
        at(0, as_floats), at(1, as_floats), {}, nullptr, first, static_cast<std::uint32_t>(count()), 0, 0};
    for (std::size_t a = 2; a < wide.size(); ++a) made.states[a - 2] = at(a, as_floats);
    return made;
  }
  /// What arrays in few bits become.
  void round() {
    for (std::size_t a = 0; a < wide.size(); ++a) {
      if (a == 1 || !is_few[a]) continue;
      cpu::narrow_bf16_randomly(wide[a].data(), few[a].data(), count(),
                                {cpu::key_of_array(kKey, a < 2 ? a : a - 1), first});
    }
  }
  std::vector<std::vector<std::uint32_t>> words() const {
    std::vector<std::vector<std::uint32_t>> all;
    for (std::size_t a = 0; a < wide.size(); ++a) {
      all.emplace_back();
      for (std::size_t i = 0; i < count(); ++i)
        all.back().push_back(word(is_few[a] ? static_cast<float>(few[a][i]) : wide[a][i]));
    }
    return all;
  }
};

template <class Rule>
void check(const Rule& rule, std::size_t first, std::size_t count, bool narrow) {
  SCOPED_TRACE(::testing::Message() << count << " elements from " << first
                                    << (narrow ? ", states in bfloat16" : ""));
  const cpu::NoDenormals mode;
  typename Rule::Scalars scalars;
  rule.template at<float>(1, 0.01, scalars);
  const auto k = rule.template at<float>(2, 0.01, scalars);
  Numbers expected(rule, first, count, narrow), got(rule, first, count, narrow);

  const cpu::Piece wide = expected.piece(true);
  double expected_squares = -1, squares = -1;
  cpu::update_pieces<Rule, float>(k, {std::span(&wide, 1), kScale, nullptr, &expected_squares},
                                  rule.states());
  expected.round();

  const cpu::Piece few = got.piece(false);
  cpu::update_bf16_pieces<Rule>(k, {std::span(&few, 1), &kKey, kScale, nullptr, &squares}, rule.states(),
                                narrow);
  ASSERT_EQ(got.words(), expected.words());
  ASSERT_EQ(std::isnan(squares), std::isnan(expected_squares));
  if (!std::isnan(squares)) {
    ASSERT_EQ(squares, expected_squares);
  }
}

TEST(Bf16Pieces, AreWidenedUpdatedAndRounded) {
  std::size_t checked = 0;
  cpu::on_every_target([&] {
    optimizer::for_each_variant([&](const auto& rule, const std::string& text) {
      SCOPED_TRACE(text);
      for (const bool narrow : {false, true}) {
        for (const std::size_t count : {0, 1, 2, 3, 31, 64, 65, 511, 512, 513, 2000}) {
          for (const std::size_t first : {0, 8192, 511, 777}) check(rule, first, count, narrow);
        }
      }
      ++checked;
    });
  });
  std::printf("%zu rules with options x instruction sets\n", checked);
}

}  // namespace
}  // namespace calando
