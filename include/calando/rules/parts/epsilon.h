// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "calando/lane.h"

namespace calando {

/// Where epsilon keeps a denominator from zero.
enum class EpsilonPlace { outside, inside };
constexpr std::array<std::string_view, 2> enum_names(EpsilonPlace) { return {"outside", "inside"}; }

/// The same where the root's operand is corrected for its bias: `hat` adds epsilon before the correction.
///
///   outside:  sqrt(v / c) + eps      inside:  sqrt(v / c + eps)      hat:  (sqrt(v) + eps) / sqrt(c)
///
/// Source:  Kingma & Ba 2015, algorithm 1 (outside) and the end of section 2 (epsilon hat).
enum class MomentEpsilon { outside, inside, hat };
constexpr std::array<std::string_view, 3> enum_names(MomentEpsilon) { return {"outside", "inside", "hat"}; }

/// sqrt(scale v + inside) + outside
template <class T>
struct Root {
  T scale, inside, outside;

  CALANDO_LANE T operator()(T v, bool has_inside = true) const {
    using std::sqrt;
    return sqrt(has_inside ? v * scale + inside : v * scale) + outside;
  }
};

template <class T>
Root<T> plain_root(double epsilon, EpsilonPlace place) {
  const bool in = place == EpsilonPlace::inside;
  return {T{1}, static_cast<T>(in ? epsilon : 0.0), static_cast<T>(in ? 0.0 : epsilon)};
}

/// `bias` is what the mean lacks, c = 1 - beta^t; `under` is added below the root as well.
template <class T>
Root<T> moment_root(double epsilon, MomentEpsilon place, double under, double bias) {
  const double inside = place == MomentEpsilon::inside ? epsilon : 0.0;
  const double outside = place == MomentEpsilon::inside ? 0.0
                         : place == MomentEpsilon::hat  ? epsilon / std::sqrt(bias)
                                                        : epsilon;
  return {static_cast<T>(1 / bias), static_cast<T>(inside + under), static_cast<T>(outside)};
}

}  // namespace calando
