// SPDX-License-Identifier: MIT
// How far a step in float is from the same step in double: a proven bound, by running the rule's own formula on numbers that carry their
// rounding errors along, and what 1000 steps make of it, measured.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "calando/optimizer.h"
#include "src/cpu/map.h"
#include "src/cpu/random.h"

namespace calando {
namespace {

constexpr double kUnit = 0x1p-24;       // of float: half of the distance of 1 to the next
constexpr double kFlushed = 0x1p-126;   // what a denormal result may lose
constexpr double kSlack = 1 + 0x1p-40;  // covers the arithmetic on the bounds themselves

/// A float and a bound of its distance from what exact arithmetic makes of the same operands. `torn`: a comparison could have gone
/// otherwise, so nothing is known.
struct Tracked {
  float x = 0;
  double error = 0;
  bool torn = false;

  constexpr Tracked() = default;
  constexpr Tracked(double exact)
      : x(static_cast<float>(exact)), error(exact > x ? exact - x : x - exact) {}  // NOLINT
  constexpr Tracked(float value, double bound, bool t) : x(value), error(bound), torn(t) {}

  static Tracked rounded(float value, double inherited, bool t) {
    return {value, (inherited + kUnit * std::abs(static_cast<double>(value)) + kFlushed) * kSlack, t};
  }
  static constexpr Tracked exact_of(float value) { return {value, 0, false}; }

  friend Tracked operator+(Tracked a, Tracked b) {
    return rounded(a.x + b.x, a.error + b.error, a.torn || b.torn);
  }
  friend Tracked operator-(Tracked a, Tracked b) {
    return rounded(a.x - b.x, a.error + b.error, a.torn || b.torn);
  }
  friend Tracked operator-(Tracked a) { return {-a.x, a.error, a.torn}; }
  friend Tracked operator*(Tracked a, Tracked b) {
    const double inherited = std::abs(static_cast<double>(a.x)) * b.error +
                             std::abs(static_cast<double>(b.x)) * a.error + a.error * b.error;
    return rounded(a.x * b.x, inherited, a.torn || b.torn);
  }
  friend Tracked operator/(Tracked a, Tracked b) {
    const float q = a.x / b.x;
    const double least = std::abs(static_cast<double>(b.x)) - b.error;
    const double inherited =
        least > 0 ? (a.error + (std::abs(static_cast<double>(q)) + kUnit * std::abs(static_cast<double>(q))) *
                                   b.error) /
                        least
                  : std::numeric_limits<double>::infinity();
    return rounded(q, inherited, a.torn || b.torn);
  }
  friend Tracked sqrt(Tracked a) {
    const double root = std::sqrt(static_cast<double>(a.x));
    return rounded(std::sqrt(a.x), a.error == 0 ? 0 : std::min(std::sqrt(a.error), a.error / root), a.torn);
  }
  friend Tracked abs(Tracked a) { return {std::abs(a.x), a.error, a.torn}; }

  /// Comparisons that the error could turn mark the numbers, through a flag that the test looks at.
  static inline bool turned = false;
  friend bool operator<(Tracked a, Tracked b) { return decided(a, b), a.x < b.x; }
  friend bool operator>(Tracked a, Tracked b) { return decided(a, b), a.x > b.x; }
  friend bool operator==(Tracked a, Tracked b) { return decided(a, b), a.x == b.x; }
  friend bool operator!=(Tracked a, Tracked b) { return decided(a, b), a.x != b.x; }
  static void decided(Tracked a, Tracked b) {
    const double apart = std::abs(static_cast<double>(a.x) - b.x);
    if (a.error + b.error > 0 && apart <= a.error + b.error) turned = true;
  }
};

/// The functions of a rule's formula that look at bits: by what their docstrings promise.
Tracked by_double(double value, double inherited, bool torn) {
  return {static_cast<float>(value), (inherited + 2 * kUnit * std::abs(value) + kFlushed) * kSlack, torn};
}

}  // namespace

template <>
Tracked cube_root(Tracked x) {
  const double root = std::cbrt(static_cast<double>(x.x));
  const double low = std::max(0.0, x.x - x.error);
  return by_double(root, std::max(root - std::cbrt(low), std::cbrt(x.x + x.error) - root), x.torn);
}
template <>
[[maybe_unused]] Tracked power(Tracked x, Tracked a) {
  const double value = std::pow(static_cast<double>(x.x), static_cast<double>(a.x));
  double farthest = 0;
  for (const double base : {std::max(0.0, x.x - x.error), x.x + x.error}) {
    for (const double exponent : {a.x - a.error, a.x + a.error}) {
      farthest = std::max(farthest, std::abs(std::pow(base, exponent) - value));  // monotonous in both
    }
  }
  return by_double(value, farthest, x.torn || a.torn);
}

namespace {

/// Ordinary numbers of a training run.
struct Operands {
  double p, g;
  std::array<double, cpu::kMostStates> states;
};
Operands operands(std::size_t i) {
  const cpu::Random random(31, cpu::Purpose::test);
  const auto draw = [&](std::size_t k) {
    return (random.uniform(32 * i + 2 * k) + 0.01) *
           std::exp2(-static_cast<double>(random.below(32 * i + 2 * k + 1, 12)));
  };
  const auto as_float = [](double x) { return static_cast<double>(static_cast<float>(x)); };
  Operands o{as_float(random.below(32 * i + 30, 2) == 0 ? draw(0) : -draw(0)),
             as_float(random.below(32 * i + 31, 2) == 0 ? draw(1) : -draw(1)),
             {}};
  for (std::size_t s = 0; s < o.states.size(); ++s) o.states[s] = as_float(draw(2 + s));
  return o;
}

struct Bound {
  double proven = 0, seen = 0;  // in units of the last place of the larger of parameter and step
  std::size_t checked = 0;
};

template <class Rule, std::size_t kStates>
void check_step(const Rule& rule, Bound& bound) {
  typename Rule::Scalars a, b, c;
  rule.template at<double>(1, 0.01, a), rule.template at<Tracked>(1, 0.01, b),
      rule.template at<float>(1, 0.01, c);
  const auto exact = rule.template at<double>(5, 0.01, a);
  const auto tracked = rule.template at<Tracked>(5, 0.01, b);
  const auto single = rule.template at<float>(5, 0.01, c);
  const cpu::NoDenormals mode;
  for (std::size_t i = 0; i < 2000; ++i) {
    const Operands o = operands(i);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      double p = o.p;
      auto p1 = static_cast<float>(o.p);
      Tracked pt = Tracked::exact_of(p1);
      std::array<double, kStates + 1> s{o.states[I]...};
      std::array<float, kStates + 1> s1{static_cast<float>(o.states[I])...};
      std::array<Tracked, kStates + 1> st{Tracked::exact_of(static_cast<float>(o.states[I]))...};
      Tracked::turned = false;
      Rule::template update<double>(exact, p, o.g, s[I]...);
      Rule::template update<float>(single, p1, static_cast<float>(o.g), s1[I]...);
      Rule::template update<Tracked>(tracked, pt, Tracked::exact_of(static_cast<float>(o.g)), st[I]...);
      if (Tracked::turned || pt.torn || !std::isfinite(pt.error)) return;
      const double size = std::max(std::abs(o.p), std::abs(p - o.p));
      const double ulp = std::exp2(std::floor(std::log2(size)) - 23);
      const double difference = std::abs(p1 - p);
      EXPECT_LE(difference, pt.error * kSlack + 0x1p-45 * size) << "p = " << o.p << ", g = " << o.g;
      bound.proven = std::max(bound.proven, pt.error / ulp);
      bound.seen = std::max(bound.seen, difference / ulp);
      ++bound.checked;
    }
    (std::make_index_sequence<kStates>());
  }
}

/// The largest distance of parameters in float from those in double after 1000 steps, in units of the last place of the largest.
template <class Rule>
double after_1000_steps(const Rule& rule) {
  constexpr std::size_t kSize = 64;
  std::vector<double> p(kSize), g(kSize);
  std::vector<float> p1(kSize), g1(kSize);
  for (std::size_t i = 0; i < kSize; ++i)
    p1[i] = static_cast<float>(p[i] = static_cast<float>(operands(i).p));
  Optimizer exact(rule, {{.name = "p", .values = p, .gradients = g}}, {.threads = 1});
  Optimizer single(rule, {{.name = "p", .values = p1, .gradients = g1}}, {.threads = 1});
  for (std::size_t t = 0; t < 1000; ++t) {
    for (std::size_t i = 0; i < kSize; ++i)
      g1[i] = static_cast<float>(g[i] = static_cast<float>(operands(1000 + t * kSize + i).g));
    exact.step(1e-3);
    single.step(1e-3);
  }
  double farthest = 0, largest = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    farthest = std::max(farthest, std::abs(p1[i] - p[i]));
    largest = std::max(largest, std::abs(p[i]));
  }
  return farthest / std::exp2(std::floor(std::log2(largest)) - 23);
}

TEST(ErrorBound, OneStepInFloatIsWithinWhatTheFormulaLoses) {
  std::printf("%-18s %12s %12s %16s\n", "ulp of a step", "proven", "seen", "1000 steps, seen");
#define CALANDO_BOUND(Name)                                                                                 \
  {                                                                                                         \
    SCOPED_TRACE(#Name);                                                                                    \
    const Name rule{};                                                                                      \
    Bound bound;                                                                                            \
    [&]<std::size_t... N>(std::index_sequence<N...>) {                                                      \
      const auto with = [&]<std::size_t kStates>(std::integral_constant<std::size_t, kStates>) {            \
        if constexpr (cpu::kTakesStates<Name, float, kStates>) {                                            \
          if (rule.states() == kStates) check_step<Name, kStates>(rule, bound);                             \
        }                                                                                                   \
      };                                                                                                    \
      (with(std::integral_constant<std::size_t, N>()), ...);                                                \
    }                                                                                                       \
    (std::make_index_sequence<cpu::kMostStates + 1>());                                                     \
    EXPECT_GT(bound.checked, 500U);                                                                         \
    std::printf("%-18s %12.2f %12.2f %16.1f\n", std::string(Name::kName).c_str(), bound.proven, bound.seen, \
                after_1000_steps(rule));                                                                    \
  }
  CALANDO_FOR_EACH_RULE(CALANDO_BOUND)
#undef CALANDO_BOUND
}

}  // namespace
}  // namespace calando
