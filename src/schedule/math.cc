// SPDX-License-Identifier: MIT
#include "src/schedule/math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace calando::schedule {
namespace {

constexpr DoubleDouble kPi{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
constexpr DoubleDouble kLn2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/// The sum of a power series whose n-th term is the one before times `factor(n)`.
template <class Factor>
constexpr DoubleDouble series(DoubleDouble first, Factor factor) {
  constexpr double kNegligible = 0x1p-112;
  DoubleDouble sum = first;
  DoubleDouble term = first;
  for (int n = 1; term.high > kNegligible || -term.high > kNegligible; ++n) {
    term = term * factor(n);
    sum = sum + term;
  }
  return sum;
}

// ---- cosine: the circle's half in 64 parts, and a short series for what is left

constexpr int kParts = 64;

struct Angle {
  DoubleDouble half_cosine;  // (1 - cos) / 2
  double cosine = 0;         // cos / 2
  Factor slope;              // pi sin / 2
};

/// cos or sin of pi j / kParts for j <= kParts / 4, where the series converge fast.
constexpr DoubleDouble cosine_series(int j) {
  const DoubleDouble x = kPi * DoubleDouble(static_cast<double>(j) / kParts);
  const DoubleDouble square = x * x;
  return series(1, [square](int n) { return -square / DoubleDouble(2.0 * n * (2.0 * n - 1)); });
}
constexpr DoubleDouble sine_series(int j) {
  const DoubleDouble x = kPi * DoubleDouble(static_cast<double>(j) / kParts);
  const DoubleDouble square = x * x;
  return series(x, [square](int n) { return -square / DoubleDouble(2.0 * n * (2.0 * n + 1)); });
}

constexpr DoubleDouble table_sine(int j) {
  if (j > kParts / 2) return table_sine(kParts - j);
  return j > kParts / 4 ? cosine_series(kParts / 2 - j) : sine_series(j);
}
constexpr DoubleDouble table_cosine(int j) {
  return j > kParts / 2 ? -table_sine(j - kParts / 2) : table_sine(kParts / 2 - j);
}

constexpr std::array<Angle, kParts + 1> kAngles = [] {
  std::array<Angle, kParts + 1> angles;
  for (int j = 0; j <= kParts; ++j) {
    const DoubleDouble cosine = table_cosine(j);
    angles[static_cast<std::size_t>(j)] = {scaled(DoubleDouble(1) - cosine, 0.5), cosine.high / 2,
                                           Factor(scaled(kPi * table_sine(j), 0.5))};
  }
  return angles;
}();

// ---- exponential: 2^(j / 64) by table, the rest by series

constexpr std::array<DoubleDouble, kParts> kRoots = [] {
  std::array<DoubleDouble, kParts> roots;
  for (int j = 0; j < kParts; ++j) {
    const DoubleDouble x = kLn2 * DoubleDouble(static_cast<double>(j) / kParts);
    roots[static_cast<std::size_t>(j)] = series(1, [x](int n) { return x / DoubleDouble(n); });
  }
  return roots;
}();

/// 2^k, also where it takes two factors.
DoubleDouble shift(DoubleDouble a, std::int64_t k) {
  const auto power = [](std::int64_t n) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
  };
  const std::int64_t half = k / 2;
  return scaled(scaled(a, power(half)), power(k - half));
}

// ---- logarithm: a factor near 1/x from a table, the rest by series

constexpr int kGrid = 128;
constexpr int kLowest = -38;  // (sqrt(1/2) - 1) kGrid
constexpr int kHighest = 53;  // (sqrt(2) - 1) kGrid

struct Reciprocal {
  double factor = 1;       // about 1 / (1 + j / kGrid), of 10 bits
  DoubleDouble logarithm;  // of 1 / factor
};

constexpr Reciprocal reciprocal(int j) {
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): lround is no constant expression
  const int nearest = static_cast<int>(1024 / (1 + static_cast<double>(j) / kGrid) + 0.5);
  const double factor = static_cast<double>(nearest) / 1024;
  // log(1/f) = -2 artanh((f - 1) / (f + 1))
  const DoubleDouble z = DoubleDouble(factor - 1) / DoubleDouble(factor + 1);
  const DoubleDouble square = z * z;
  const DoubleDouble sum =
      series(z, [square](int n) { return square * (DoubleDouble(2 * n - 1) / DoubleDouble(2 * n + 1)); });
  return {factor, scaled(sum, -2)};
}

constexpr std::array<Reciprocal, kHighest - kLowest + 1> kReciprocals = [] {
  std::array<Reciprocal, kHighest - kLowest + 1> table;
  for (int j = kLowest; j <= kHighest; ++j) table[static_cast<std::size_t>(j - kLowest)] = reciprocal(j);
  return table;
}();

/// log(1 + r) for |r| < 2^-7: the first two terms with 106 bits.
DoubleDouble log_one_plus(DoubleDouble r) {
  const double x = r.high;
  double tail = -1.0 / 12;
  for (int n = 11; n >= 3; --n) tail = tail * x + (n % 2 == 0 ? -1.0 : 1.0) / n;
  return (r - scaled(r * r, 0.5)) + DoubleDouble(x * x * x * tail);
}

}  // namespace

DoubleDouble half_cosine(DoubleDouble u) {
  const auto j =
      static_cast<int>(u.high * kParts + 0.5);  // NOLINT(bugprone-incorrect-roundings): lround is a call
  const Angle& angle = kAngles[static_cast<std::size_t>(j)];
  const double rest = u.high - static_cast<double>(j) / kParts;  // exact, at most 2^-7
  constexpr double kRound = 0x1.8p19;                            // leaves multiples of 2^-33: 26 bits
  const double rest_top = (rest + kRound) - kRound;
  const double rest_low = (rest - rest_top) + u.low;
  // sin(pi r) = pi r (1 + ...): behind the first term, double precision is 12 bits more than needed.
  const double r = rest + u.low;
  const double z = kPi.high * r;
  const double q = z * z;
  const double sine_tail = q * (-1.0 / 6 + q * (1.0 / 120 + q * (-1.0 / 5040 + q / 362880)));
  const double cosine_tail = q * (-1.0 / 2 + q * (1.0 / 24 + q * (-1.0 / 720 + q / 40320)));
  const double low = angle.slope.top * rest_low + angle.slope.rest * r;
  const double tails = (angle.slope.top + angle.slope.rest) * r * sine_tail - angle.cosine * cosine_tail;
  const DoubleDouble sum = two_sum(angle.half_cosine.high, angle.slope.top * rest_top);
  return quick_two_sum(sum.high, sum.low + (tails + (low + angle.half_cosine.low)));
}

DoubleDouble exp(DoubleDouble x) {
  if (std::isnan(x.high)) return x.high;
  if (x.high < -750) return 0;
  if (x.high > 710) return std::numeric_limits<double>::infinity();
  const double n = std::floor(x.high * (kParts / kLn2.high) + 0.5);
  const DoubleDouble r = x - scaled(kLn2 * DoubleDouble(n), 1.0 / kParts);
  const double q = r.high;
  const double tail = q * q * q * (1.0 / 6 + q * (1.0 / 24 + q * (1.0 / 120 + q * (1.0 / 720 + q / 5040))));
  const DoubleDouble rest = (DoubleDouble(1) + (r + scaled(r * r, 0.5))) + DoubleDouble(tail);
  const auto whole = static_cast<std::int64_t>(n);
  return shift(kRoots[static_cast<std::size_t>(whole & (kParts - 1))] * rest, whole >> 6);
}

DoubleDouble log(DoubleDouble x) {
  // What is no positive number finds no line of the table, and neither does a mantissa that does not begin with 1.
  if (!(x.high > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (!(x.high < std::numeric_limits<double>::infinity())) return x.high;
  constexpr std::int64_t kLift = 128;
  if (x.high < std::numeric_limits<double>::min())
    return log(shift(x, kLift)) - kLn2 * DoubleDouble(static_cast<double>(kLift));
  constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52) - 1;
  const auto bits = std::bit_cast<std::uint64_t>(x.high);
  auto exponent = static_cast<std::int64_t>(bits >> 52) - 1023;
  if ((bits & kMantissa) > 0x6a09e667f3bcc) ++exponent;  // a mantissa above sqrt(2)
  const DoubleDouble m = shift(x, -exponent);
  const int j = static_cast<int>(std::floor((m.high - 1) * kGrid + 0.5));
  const Reciprocal& table = kReciprocals[static_cast<std::size_t>(j - kLowest)];
  const DoubleDouble r = m * DoubleDouble(table.factor) - DoubleDouble(1);
  return (kLn2 * DoubleDouble(static_cast<double>(exponent)) + table.logarithm) + log_one_plus(r);
}

DoubleDouble pow(DoubleDouble x, DoubleDouble power) {
  if (x.high <= 0) return 0;
  if (power.low == 0 && power.high == 1) return x;
  if (power.low == 0 && power.high == 2) return x * x;
  if (power.low == 0 && power.high == 0.5) return sqrt(x);
  if (x.high == 1 && x.low == 0) return 1;
  return exp(power * log(x));
}

DoubleDouble tanh(DoubleDouble x) {
  if (x.high < 0) return -tanh(-x);
  const DoubleDouble e = exp(scaled(x, -2));
  return (DoubleDouble(1) - e) / (DoubleDouble(1) + e);
}

double cospi(double x) {
  double rest = std::fmod(std::fabs(x), 2.0);
  if (rest > 1) rest = 2 - rest;
  const DoubleDouble h = half_cosine(rest);
  return rounded(DoubleDouble(1) - scaled(h, 2));
}

}  // namespace calando::schedule
