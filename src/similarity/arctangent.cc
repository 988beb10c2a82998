// SPDX-License-Identifier: MIT
#include "src/similarity/arctangent.h"

#include <array>
#include <cmath>

namespace calando::similarity {
namespace {

/// A number as the sum of a double and a smaller one.
struct Pair {
  double high;
  double low;
};

/// atan(k / 8)
constexpr std::array<Pair, 9> kArctangents = {{{0, 0},
                                               {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
                                               {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
                                               {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
                                               {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
                                               {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
                                               {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
                                               {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
                                               {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55}}};
constexpr Pair kHalfPi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/// atan(r) - r for |r| <= 1/16: the Taylor series; the first term left out is below 2^-72.
double series(double r) {
  const double s = r * r;
  double sum = 0;
  for (int n = 15; n >= 3; n -= 2) sum = (n % 4 == 1 ? 1.0 : -1.0) / n + s * sum;
  return r * s * sum;
}

}  // namespace

double arctangent(double y, double x) noexcept {
  if (y > x) {
    const double rest = arctangent(x, y);
    return (kHalfPi.high - rest) + (kHalfPi.low + ((kHalfPi.high - (kHalfPi.high - rest)) - rest));
  }
  // atan(y/x) = atan(c) + atan(r), c = k / 8 the nearest to y/x, r = (y - c x) / (x + c y)
  const double nearest = std::floor(8 * (y / x) + 0.5);
  const double c = nearest / 8;
  const double r = (y - c * x) / (x + c * y);
  const Pair& base = kArctangents[static_cast<std::size_t>(nearest)];
  return base.high + (r + (series(r) + base.low));
}

}  // namespace calando::similarity
