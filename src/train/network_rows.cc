// SPDX-License-Identifier: MIT
#include "src/train/network_rows.h"

#include <algorithm>
#include <cmath>

#include "src/cpu/random.h"
#include "src/train/activation.h"

namespace calando::training {
namespace {

/// z becomes e^(z - largest); returns their sum, and the largest.
struct Exponentials {
  float largest;
  float sum;
};

Exponentials exponentials(std::span<float> z) noexcept {
  const float largest = *std::max_element(z.begin(), z.end());
  float sum = 0;
  for (float& value : z) {
    value = exp_clamped(value - largest);
    sum += value;
  }
  return {largest, sum};
}

}  // namespace

void drop_units(double rate, const DropoutKey& key, std::uint32_t row, std::size_t first_unit,
                std::size_t count, float* y, float* gain) noexcept {
  const auto threshold = static_cast<std::uint32_t>(std::lround(rate * 65536));
  const float kept = 65536.0F / static_cast<float>(65536 - threshold);
  const cpu::Random random(key.seed, cpu::Purpose::dropout, key.epoch);
  for (std::size_t i = 0; i < count; i += 8) {  // sixteen bits of randomness a unit, eight units a draw
    const auto words = random.words((std::uint64_t{row} << 32) | (first_unit + i));
    for (std::size_t u = 0; u < std::min<std::size_t>(8, count - i); ++u) {
      const std::uint32_t drawn = (words[u / 2] >> (u % 2 * 16)) & 0xFFFF;
      const float factor = drawn < threshold ? 0.0F : kept;
      y[i + u] *= factor;
      gain[i + u] *= factor;
    }
  }
}

double classification_loss(std::span<float> z, std::int32_t label, double weight, double smoothing,
                           double total_weight) noexcept {
  const auto classes = static_cast<double>(z.size());
  double sum_z = 0;
  for (const float value : z) sum_z += static_cast<double>(value);
  const auto of_label = static_cast<std::size_t>(label);
  const auto z_label = static_cast<double>(z[of_label]);
  const auto [largest, sum] = exponentials(z);
  const double log_sum = static_cast<double>(largest) + std::log(static_cast<double>(sum));
  const double loss = log_sum - (1 - smoothing) * z_label - smoothing / classes * sum_z;

  const auto scale_to = static_cast<float>(weight / total_weight);
  const auto spread = static_cast<float>(smoothing / classes);
  for (float& value : z) value = scale_to * (value / sum - spread);
  z[of_label] -= scale_to * static_cast<float>(1 - smoothing);
  return weight * loss;
}

double regression_loss(float& z, float value, double total_weight) noexcept {
  const double error = static_cast<double>(z) - static_cast<double>(value);
  z = static_cast<float>(2 * error / total_weight);
  return error * error;
}

void softmax(std::span<float> z) noexcept {
  const float sum = exponentials(z).sum;
  for (float& value : z) value /= sum;
}

}  // namespace calando::training
