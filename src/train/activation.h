// SPDX-License-Identifier: MIT
// The activations and their derivatives, on scalars without branches, so that loops over them are vectorized.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "calando/lane.h"

namespace calando::training {

/// e^x for x in [-87, 88]; clamped outside.
///
/// Error:   2 units in the last place
/// Source:  Cody & Waite's reduction by ln 2 in two parts; coefficients of Cephes' expf.
CALANDO_LANE float exp_clamped(float x) {
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  const float shifted =
      x * 1.44269504F + 12582912.0F;  // 1.5 2^23: the sum's low bits are the rounded quotient
  const float n = shifted - 12582912.0F;
  const float r = (x - n * 0.693359375F) - n * -2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const std::uint32_t power = (std::bit_cast<std::uint32_t>(shifted) - 0x4B400000U + 127U) << 23;
  return p * std::bit_cast<float>(power);
}

/// Error:   3 units in the last place
/// Source:  a polynomial of Cephes' tanhf near 0, 1 - 2 / (e^2x + 1) elsewhere.
CALANDO_LANE float tanh_of(float x) {
  const float a = x < 0 ? -x : x;
  const float s = x * x;
  float p = -5.70498872745e-3F;
  p = p * s + 2.06390887954e-2F;
  p = p * s - 5.37397155531e-2F;
  p = p * s + 1.33314422036e-1F;
  p = p * s - 3.33332819422e-1F;
  const float near = p * s * x + x;
  const float far = 1.0F - 2.0F / (exp_clamped(2.0F * a) + 1.0F);
  const float signed_far = x < 0 ? -far : far;
  return a < 0.625F ? near : signed_far;
}

/// The distribution function of the standard normal.
///
/// Error:   1e-7 absolute
/// Source:  Abramowitz & Stegun, 7.1.26, for erf.
CALANDO_LANE float normal_cdf(float x) {
  const float z = (x < 0 ? -x : x) * 0.70710678F;
  const float t = 1.0F / (1.0F + 0.3275911F * z);
  const float p =
      t * (0.254829592F + t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F))));
  const float half_tail = 0.5F * p * exp_clamped(-z * z);
  return x < 0 ? half_tail : 1.0F - half_tail;
}

struct Relu {
  static CALANDO_LANE float value(float z) { return z < 0 ? 0.0F : z; }  // NaN stays NaN
  /// The derivative at z, where y = value(z).
  static CALANDO_LANE float slope(float z, float) { return z > 0 ? 1.0F : 0.0F; }
};

struct Tanh {
  static CALANDO_LANE float value(float z) { return z != z ? z : tanh_of(z); }
  static CALANDO_LANE float slope(float, float y) { return 1.0F - y * y; }
};

/// Source:  Hendrycks & Gimpel 2016.
struct Gelu {
  static CALANDO_LANE float value(float z) { return z * normal_cdf(z); }
  static CALANDO_LANE float slope(float z, float) {
    return normal_cdf(z) + z * 0.39894228F * exp_clamped(-0.5F * z * z);
  }
};

}  // namespace calando::training
