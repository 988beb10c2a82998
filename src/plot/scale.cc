// SPDX-License-Identifier: MIT
#include "src/plot/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "src/spec/number.h"

namespace calando::plot {
namespace {

constexpr double kNoPlace = std::numeric_limits<double>::quiet_NaN();
constexpr double kSmallest = 1e-290;  // below it a step of ticks would leave the normal numbers
constexpr double kLargest = 1e300;
constexpr double kNarrowest = 1e-10;  // a range below this share of its values is rounding, not data

/// mantissa x 10^exponent
struct Step {
  int mantissa = 1;
  int exponent = 0;

  double size() const { return times(1); }
  /// Read from its decimal digits, so that 3 steps of 0.1 are 0.3 and not 0.30000000000000004.
  double times(std::int64_t count) const {
    return spec::to_number(fmt::format("{}e{}", count * mantissa, exponent)).value_or(kNoPlace);
  }
};

/// The smallest step of 1, 2 or 5 times a power of ten that divides the length into at most `about` parts.
Step round_step(double length, int about) {
  const double ideal = length / about;
  const int exponent = static_cast<int>(std::floor(std::log10(ideal)));
  for (const Step step : {Step{1, exponent}, Step{2, exponent}, Step{5, exponent}}) {
    if (step.size() >= ideal * (1 - 1e-9)) return step;
  }
  return {1, exponent + 1};
}

std::int64_t first_multiple(double low, const Step& step) {
  return static_cast<std::int64_t>(std::ceil(low / step.size() - 1e-9));
}
std::int64_t last_multiple(double high, const Step& step) {
  return static_cast<std::int64_t>(std::floor(high / step.size() + 1e-9));
}

std::string scientific(double value) {
  std::string text = fmt::format("{:.12e}", value);
  const std::size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  mantissa.erase(mantissa.find_last_not_of('0') + 1);
  if (mantissa.back() == '.') mantissa.pop_back();
  return fmt::format("{}e{}", mantissa, std::stoi(text.substr(e + 1)));
}

/// All the labels of an axis in one notation, told by the largest value and the last decimal place needed.
std::string tick_text(double value, double largest, int decimals) {
  if (value == 0) return "0";
  const bool plain = largest < 1e7 && largest >= 1e-4 && decimals <= 12;
  return plain ? fmt::format("{:.{}f}", value, decimals) : scientific(value);
}

std::vector<Tick> linear_ticks(double low, double high, int about) {
  const Step step = round_step(high - low, about);
  const double largest = std::max(std::abs(low), std::abs(high));
  std::vector<Tick> result;
  for (std::int64_t k = first_multiple(low, step); k <= last_multiple(high, step); ++k) {
    const double value = k == 0 ? 0.0 : step.times(k);
    result.push_back({value, tick_text(value, largest, std::max(0, -step.exponent))});
  }
  return result;
}

std::string power_text(int mantissa, int exponent) {
  const double value = Step{mantissa, exponent}.size();
  return value >= 1e-3 && value < 1e5 ? fmt::format("{:.{}f}", value, std::max(0, -exponent))
                                      : fmt::format("{}e{}", mantissa, exponent);
}

void add_power(const Scale& scale, int mantissa, int exponent, std::vector<Tick>& result) {
  const double value = Step{mantissa, exponent}.size();
  const double place = scale.place(value);
  if (place >= -1e-9 && place <= 1 + 1e-9) result.push_back({value, power_text(mantissa, exponent)});
}

std::vector<Tick> logarithmic_ticks(const Scale& scale, int about) {
  const double decades = std::log10(scale.high / scale.low);
  const bool sparse = 3 * decades > about;
  const int stride = sparse ? static_cast<int>(std::ceil(decades / about)) : 1;
  std::vector<Tick> result;
  for (int exponent = -300; exponent <= 300; exponent += stride) {
    for (const int mantissa : {1, 2, 5}) {
      if (mantissa == 1 || !sparse) add_power(scale, mantissa, exponent, result);
    }
  }
  // Where hardly a power of ten lies within, the multiples of an even step tell more.
  return result.size() >= (sparse ? 2u : 3u) ? result : linear_ticks(scale.low, scale.high, about);
}

Scale sane_logarithmic(Scale scale) {
  if (!(scale.high > 0)) return {Mapping::logarithmic, 0.1, 1};
  scale.high = std::clamp(scale.high, kSmallest * 100, kLargest);
  scale.low = scale.low > 0 ? std::clamp(scale.low, kSmallest, kLargest) : scale.high / 1000;
  if (scale.high / scale.low < 1 + kNarrowest) return {Mapping::logarithmic, scale.low / 2, scale.high * 2};
  return scale;
}

}  // namespace

double Scale::place(double value) const noexcept {
  if (!std::isfinite(value)) return kNoPlace;
  if (mapping == Mapping::linear) return (value - low) / (high - low);
  return value > 0 ? std::log(value / low) / std::log(high / low) : kNoPlace;
}

Scale sane(Scale scale) {
  if (!std::isfinite(scale.low) || !std::isfinite(scale.high)) return {scale.mapping, 0.1, 1};
  if (scale.mapping == Mapping::logarithmic) return sane_logarithmic(scale);
  scale.low = std::clamp(scale.low, -kLargest, kLargest);
  scale.high = std::clamp(scale.high, -kLargest, kLargest);
  const double largest = std::max(std::abs(scale.low), std::abs(scale.high));
  if (std::abs(scale.high - scale.low) > std::max(kNarrowest * largest, kSmallest)) return scale;
  const double margin = largest > kSmallest * 1e20 ? largest / 2 : 1;
  return {scale.mapping, scale.low - margin, scale.high + margin};
}

Scale widened(const Scale& scale, int about) {
  if (!(scale.high > scale.low)) return scale;
  if (scale.mapping == Mapping::logarithmic) {
    const int first = static_cast<int>(std::floor(std::log10(scale.low) + 1e-9));
    const int last = static_cast<int>(std::ceil(std::log10(scale.high) - 1e-9));
    if (first == last || scale.high / scale.low < 10) return scale;
    return {scale.mapping, Step{1, first}.size(), Step{1, last}.size()};
  }
  const Step step = round_step(scale.high - scale.low, about);
  const std::int64_t below = first_multiple(scale.low, step) - 1;
  const std::int64_t above = last_multiple(scale.high, step) + 1;
  Scale result = scale;
  if (step.times(below + 1) > scale.low) result.low = step.times(below);
  if (step.times(above - 1) < scale.high) result.high = step.times(above);
  return result;
}

std::vector<Tick> ticks(const Scale& scale, int about) {
  if (scale.mapping == Mapping::logarithmic) return logarithmic_ticks(scale, about);
  return linear_ticks(std::min(scale.low, scale.high), std::max(scale.low, scale.high), about);
}

}  // namespace calando::plot
