// SPDX-License-Identifier: MIT
// From values to places along an axis, and the round numbers that label it.
#pragma once

#include <string>
#include <vector>

namespace calando::plot {

enum class Mapping { linear, logarithmic };

/// One axis' map from values to [0, 1]. `low` above `high` turns the axis round (linear only).
struct Scale {
  Mapping mapping = Mapping::linear;
  double low = 0;
  double high = 1;

  /// 0 at `low`, 1 at `high`, beyond them outside; NaN where the value has no place: not finite, or not above
  /// 0 on a logarithmic axis.
  double place(double value) const noexcept;

  friend bool operator==(const Scale&, const Scale&) = default;
};

struct Tick {
  double value = 0;
  std::string text;  // plain: "0.05", "-2", "2e-5"

  friend bool operator==(const Tick&, const Tick&) = default;
};

/// Makes a scale drawable: an empty or too narrow range, or one that leaves the doubles, is widened about its
/// middle; a logarithmic one gets bounds above 0.
Scale sane(Scale scale);

/// Moves the bounds outward to the nearest round numbers.
Scale widened(const Scale& scale, int about);

/// The round numbers within the scale: multiples of 1, 2 or 5 times a power of ten, at most `about` + 1 of
/// them; powers of ten (or 1, 2, 5 times them) on a logarithmic scale.
///
/// Error:  each value is the double nearest to its text
std::vector<Tick> ticks(const Scale& scale, int about);

}  // namespace calando::plot
