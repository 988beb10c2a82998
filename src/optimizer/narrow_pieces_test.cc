// SPDX-License-Identifier: MIT
// Pieces in few bits: what one loop does to them is what widening, the rule on floats and rounding do one after the other, and the same on
// every instruction set.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
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

enum class Kind { floats, bf16, signed8, unsigned8 };

template <class Rule>
StateKind state_kind(std::size_t state) {
  if constexpr (requires { Rule::kKinds; }) return Rule::kKinds[state];
  return StateKind::exact;
}

/// One array of a piece: floats, and what they are stored in.
struct Array {
  Kind kind;
  std::vector<float> wide;
  std::vector<BFloat16> halves = {};
  std::vector<cpu::Block8> blocks = {};

  void* stored() {
    switch (kind) {
      case Kind::floats:
        return wide.data();
      case Kind::bf16:
        return halves.data();
      default:
        return blocks.data();
    }
  }
  void round(cpu::RoundingStream stream) {
    halves.resize(wide.size());
    blocks.resize((wide.size() + cpu::kBlock8 - 1) / cpu::kBlock8);
    if (kind == Kind::bf16) cpu::narrow_bf16_randomly(wide.data(), halves.data(), wide.size(), stream);
    if (kind == Kind::signed8) cpu::narrow_signed8(wide.data(), blocks.data(), wide.size(), stream);
    if (kind == Kind::unsigned8) cpu::narrow_unsigned8(wide.data(), blocks.data(), wide.size(), stream);
  }
  void widen() {
    if (kind == Kind::bf16) cpu::widen_bf16(halves.data(), wide.data(), wide.size());
    if (kind == Kind::signed8) cpu::widen_signed8(blocks.data(), wide.data(), wide.size());
    if (kind == Kind::unsigned8) cpu::widen_unsigned8(blocks.data(), wide.data(), wide.size());
  }
  std::vector<std::uint32_t> words() const {
    std::vector<std::uint32_t> all;
    if (kind == Kind::signed8 || kind == Kind::unsigned8) {
      all.resize(blocks.size() * sizeof(cpu::Block8) / sizeof(all[0]));
      if (!all.empty()) std::memcpy(all.data(), blocks.data(), blocks.size() * sizeof(cpu::Block8));
      return all;
    }
    for (const float x : kind == Kind::bf16 ? std::vector<float>(halves.begin(), halves.end()) : wide)
      all.push_back(word(x));
    return all;
  }
};

/// A piece of a tensor: values, gradients, then states, from element `first` on.
struct Numbers {
  std::uint64_t first;
  std::vector<Array> arrays;

  template <class Rule>
  Numbers(const Rule& rule, std::uint64_t place, std::size_t count, Kind values, Kind states) : first(place) {
    for (std::size_t a = 0; a < 2 + rule.states(); ++a) {
      const StateKind kind = a < 2 ? StateKind::moment : state_kind<Rule>(a - 2);
      arrays.push_back({a < 2                                                  ? values
                        : kind == StateKind::exact                             ? Kind::floats
                        : kind == StateKind::square && states == Kind::signed8 ? Kind::unsigned8
                                                                               : states,
                        awkward(count, static_cast<std::uint32_t>(a))});
      arrays.back().round({kKey + static_cast<std::uint32_t>(a), first});
      arrays.back().widen();
    }
  }
  /// Usual sizes, and here and there a block with any bits whatever, NaN, infinities and denormals among them.
  static std::vector<float> awkward(std::size_t count, std::uint32_t array) {
    const cpu::Random random(4, cpu::Purpose::test, array);
    std::vector<float> numbers(count);
    for (std::size_t i = 0; i < count; ++i) {
      const bool any = i / cpu::kBlock8 % 3 == array % 3 && random.below(2 * i, 50) < 5;
      const std::uint32_t bits = random.words(2 * i + 1)[0];
      numbers[i] = std::bit_cast<float>(any ? bits : 0x3C000000U | (bits & 0x81FFFFFFU));
      if (array > 2) numbers[i] = std::abs(numbers[i]);
    }
    return numbers;
  }
  std::size_t count() const { return arrays[0].wide.size(); }
  cpu::Piece piece(bool as_floats) {
    std::array<void*, 2 + cpu::kMostStates> at{};
    for (std::size_t a = 0; a < arrays.size(); ++a)
      at[a] = as_floats ? arrays[a].wide.data() : arrays[a].stored();
    return {at[0], at[1], {at[2], at[3], at[4], at[5]}, nullptr, first, static_cast<std::uint32_t>(count()),
            0,     0};
  }
  /// What arrays in few bits become.
  void round() {
    for (std::size_t a = 0; a < arrays.size(); ++a) {
      if (a != 1) arrays[a].round({cpu::key_of_array(kKey, a < 2 ? a : a - 1), first});
    }
  }
  std::vector<std::vector<std::uint32_t>> words() const {
    std::vector<std::vector<std::uint32_t>> all;
    for (const Array& array : arrays) all.push_back(array.words());
    return all;
  }
};

using Words = std::vector<std::vector<std::uint32_t>>;

template <class Rule>
Words check(const Rule& rule, std::uint64_t first, std::size_t count, Kind values, Kind states) {
  SCOPED_TRACE(::testing::Message() << count << " elements from " << first << ", states of kind "
                                    << static_cast<int>(states));
  const cpu::NoDenormals mode;
  typename Rule::Scalars scalars;
  rule.template at<float>(1, 0.01, scalars);
  const auto k = rule.template at<float>(2, 0.01, scalars);
  Numbers expected(rule, first, count, values, states), got = expected;

  const cpu::Piece wide = expected.piece(true);
  double expected_squares = -1, squares = -1;
  cpu::update_pieces<Rule, float>(k, {std::span(&wide, 1), kScale, nullptr, &expected_squares},
                                  rule.states());
  expected.round();

  const cpu::Piece few = got.piece(false);
  const cpu::NarrowBatch batch{std::span(&few, 1), &kKey, kScale, nullptr, &squares};
  if (values == Kind::bf16) {
    cpu::update_bf16_pieces<Rule>(k, batch, rule.states(), states == Kind::bf16);
  } else {
    cpu::update_bits8_pieces<Rule>(k, batch, rule.states());
  }
  EXPECT_EQ(got.words(), expected.words());
  EXPECT_EQ(std::isnan(squares), std::isnan(expected_squares));
  if (!std::isnan(squares)) {
    EXPECT_EQ(squares, expected_squares);
  }
  return got.words();
}

/// Checks f(rule) for each variant of a rule and instruction set, and that it gives the same on all of them.
template <class F>
void check_all(const F& f) {
  std::map<std::string, std::vector<Words>> expected;
  std::size_t checked = 0;
  cpu::on_every_target([&] {
    optimizer::for_each_variant([&](const auto& rule, const std::string& text) {
      if (::testing::Test::HasFailure()) return;
      SCOPED_TRACE(text);
      const std::vector<Words> got = f(rule);
      EXPECT_EQ(expected.try_emplace(text, got).first->second, got);
      checked += got.empty() ? 0 : 1;
    });
  });
  std::printf("%zu rules with options x instruction sets\n", checked);
}

TEST(Bf16Pieces, AreWidenedUpdatedAndRounded) {
  check_all([](const auto& rule) {
    std::vector<Words> all;
    for (const Kind states : {Kind::floats, Kind::bf16}) {
      for (const std::size_t count : {0, 1, 2, 3, 31, 64, 65, 511, 512, 513, 2000}) {
        for (const std::uint64_t first : {0, 8192, 511, 777})
          all.push_back(check(rule, first, count, Kind::bf16, states));
      }
    }
    return all;
  });
}

TEST(Bits8Pieces, AreWidenedUpdatedAndRounded) {
  check_all([]<class Rule>(const Rule& rule) {
    std::vector<Words> all;
    bool narrow = false;
    for (std::size_t s = 0; s < rule.states(); ++s)
      narrow = narrow || state_kind<Rule>(s) != StateKind::exact;
    if (!narrow) return all;  // never stored so
    for (const std::size_t count :
         {0, 1, 2, 15, 16, 17, 63, 64, 65, 255, 256, 257, 511, 512, 513, 2000, 2048}) {
      for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{8192}, std::uint64_t{1} << 41})
        all.push_back(check(rule, first, count, Kind::floats, Kind::signed8));
    }
    return all;
  });
}

}  // namespace
}  // namespace calando
