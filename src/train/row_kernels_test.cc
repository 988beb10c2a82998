// SPDX-License-Identifier: MIT
// Each loop, on each instruction set of this machine, against its formula on scalars: the same bits for every length.
#include "src/train/row_kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "hwy/highway.h"
#include "src/cpu/random.h"
#include "src/train/activation.h"

namespace calando::training {
namespace {

constexpr std::size_t kLongest = 37;  // twice the widest vector's lanes and some more

std::vector<float> numbers(std::size_t count, std::uint32_t part) {
  const cpu::Random random(1, cpu::Purpose::test, part);
  std::vector<float> made(count);
  for (std::size_t i = 0; i < count; ++i) made[i] = static_cast<float>(8 * random.uniform(i) - 4);
  return made;
}

void expect_same_bits(const std::vector<float>& got, const std::vector<float>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(got[i]), std::bit_cast<std::uint32_t>(expected[i]))
        << i << " of " << expected.size();
  }
}

/// Calls f(count) for every length, on every instruction set.
template <class F>
void everywhere(F&& f) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (std::size_t count = 0; count <= kLongest; ++count) f(count);
  }
  hwy::SetSupportedTargetsForTest(0);
}

template <class Function>
void expect_activates(Activation activation) {
  everywhere([&](std::size_t count) {
    const std::vector<float> z = numbers(count, 1);
    std::vector<float> y = z, gain(count), alone = z, expected_y(count), expected_gain(count);
    activate(activation, count, y.data(), gain.data());
    activate(activation, count, alone.data());
    for (std::size_t i = 0; i < count; ++i) {
      expected_y[i] = Function::value(z[i]);
      expected_gain[i] = Function::slope(z[i], expected_y[i]);
    }
    expect_same_bits(y, expected_y);
    expect_same_bits(alone, expected_y);
    expect_same_bits(gain, expected_gain);
  });
}

TEST(RowKernels, Activate) {
  expect_activates<Relu>(Activation::relu);
  expect_activates<Tanh>(Activation::tanh);
  expect_activates<Gelu>(Activation::gelu);
}

TEST(RowKernels, Standardise) {
  everywhere([](std::size_t count) {
    std::vector<float> raw = numbers(count, 1), mean = numbers(count, 2), factor = numbers(count, 3);
    if (count > 5) raw[5] = std::numeric_limits<float>::quiet_NaN();
    std::vector<unsigned char> bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<unsigned char>(37 * i);
    std::vector<float> out(count), from_bytes(count), expected(count), expected_bytes(count);
    standardise(count, raw.data(), mean.data(), factor.data(), out.data());
    standardise(count, bytes.data(), mean.data(), factor.data(), from_bytes.data());
    for (std::size_t i = 0; i < count; ++i) {
      expected[i] = std::isnan(raw[i]) ? 0.0F : (raw[i] - mean[i]) * factor[i];
      expected_bytes[i] = (static_cast<float>(bytes[i]) - mean[i]) * factor[i];
    }
    expect_same_bits(out, expected);
    expect_same_bits(from_bytes, expected_bytes);
  });
}

TEST(RowKernels, ScaleAndAddRows) {
  everywhere([](std::size_t count) {
    const std::vector<float> gain = numbers(count, 1), rows = numbers(3 * count, 2);
    std::vector<float> y = numbers(count, 3), expected = y, sums(count), expected_sums(count);
    scale(count, y.data(), gain.data());
    add_rows(3, count, rows.data(), sums.data());
    for (std::size_t i = 0; i < count; ++i) {
      expected[i] *= gain[i];
      for (std::size_t r = 0; r < 3; ++r) expected_sums[i] += rows[r * count + i];
    }
    expect_same_bits(y, expected);
    expect_same_bits(sums, expected_sums);
  });
}

}  // namespace
}  // namespace calando::training
