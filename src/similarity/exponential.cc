// SPDX-License-Identifier: MIT
#include "src/similarity/exponential.h"

#include <cmath>

namespace calando::similarity {
namespace {

// log 2 with so few bits that its product with an exponent is exact, and the rest.
constexpr double kLog2High = 0x1.62e42fefa3800p-1;
constexpr double kLog2Low = 0x1.ef35793c76730p-45;

}  // namespace

double exp_of_negative(double x) noexcept {
  if (x < -745) return 0;
  if (std::isnan(x)) return x;
  // e^x = 2^n e^r, |r| <= log(2) / 2: the Taylor series, its first term left out below 2^-57.
  const double n = std::floor(x * 0x1.71547652b82fep+0 + 0.5);
  const double r = (x - n * kLog2High) - n * kLog2Low;
  double sum = 1;
  for (int k = 14; k >= 1; --k) sum = 1 + r * sum / k;
  return std::ldexp(sum, static_cast<int>(n));
}

double log_from_one(double x) noexcept {
  if (!std::isfinite(x)) return x;
  // x = 2^n m, sqrt(1/2) <= m < sqrt(2); log m = 2 atanh f, f = (m - 1) / (m + 1), |f| < 0.172: its first term left out is below 2^-59.
  int n = 0;
  double m = std::frexp(x, &n);
  if (m < 0x1.6a09e667f3bcdp-1) {
    m *= 2;
    --n;
  }
  const double f = (m - 1) / (m + 1);
  const double s = f * f;
  double sum = 0;
  for (int k = 21; k >= 3; k -= 2) sum = 1.0 / k + s * sum;
  const double log_m = 2 * f + 2 * f * s * sum;
  return n * kLog2High + (n * kLog2Low + log_m);
}

}  // namespace calando::similarity
