// SPDX-License-Identifier: MIT
// The words with which a plain struct of options describes itself, once, for everything that needs to know: parsing, printing,
// validation, --help, checkpoints, documentation.
//
//   enum class Decay { coupled, decoupled };
//   constexpr std::array<std::string_view, 2> enum_names(Decay) { return {"coupled", "decoupled"}; }
//
//   struct Adam {
//     double beta1 = 0.9;
//     Decay decay = Decay::decoupled;
//     bool amsgrad = false;
//
//     template <class Self, class Visit>
//     static void fields(Self& self, Visit&& visit) {
//       visit("beta1", self.beta1, range::half_open(0, 1), "decay of the first moment");
//       visit("decay", self.decay, "where the weight decay acts");
//       visit("amsgrad", self.amsgrad, "keep the largest second moment");
//     }
//   };
//
// Numbers (double, float, whole numbers, std::optional<double>) have a range; bool, enums and texts have none. The order of the visits is the
// order of the arguments by position. Reading and printing: src/spec/fields.h.
#pragma once

#include <array>
#include <limits>
#include <string_view>

namespace calando {

/// The finite numbers from `low` to `high`, each end included or not. NaN lies in none.
struct Interval {
  enum class End { closed, open };

  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  End low_end = End::open;
  End high_end = End::open;

  constexpr bool contains(double value) const {
    const bool above = low_end == End::closed ? value >= low : value > low;
    const bool below = high_end == End::closed ? value <= high : value < high;
    return above && below;
  }
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

namespace range {

inline constexpr Interval any{};
inline constexpr Interval positive{.low = 0};
inline constexpr Interval not_negative{.low = 0, .low_end = Interval::End::closed};

/// low <= value
constexpr Interval at_least(double low) { return {.low = low, .low_end = Interval::End::closed}; }
/// low <= value <= high
constexpr Interval closed(double low, double high) {
  return {.low = low, .high = high, .low_end = Interval::End::closed, .high_end = Interval::End::closed};
}
/// low <= value < high
constexpr Interval half_open(double low, double high) {
  return {.low = low, .high = high, .low_end = Interval::End::closed};
}
/// low < value < high
constexpr Interval open(double low, double high) { return {.low = low, .high = high}; }
/// low < value <= high
constexpr Interval above_up_to(double low, double high) {
  return {.low = low, .high = high, .high_end = Interval::End::closed};
}

}  // namespace range
}  // namespace calando
