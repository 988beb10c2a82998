// SPDX-License-Identifier: MIT
// The roofs are measurements, so only what must hold on any machine is asserted.
#ifndef CALANDO_PORTABLE
#include "src/cpu/roof.h"

#include <gtest/gtest.h>

#include <vector>

#include "calando/error.h"
#include "src/cpu/roof_kernel.h"

namespace calando::cpu {
namespace {

// Each array of the stream is read or written as its kind says, over the whole range and nowhere else.
TEST(Roof, StreamTouchesWhatItSays) {
  constexpr std::size_t size = 4 * kStreamStep;
  std::vector<float> read(size, 1), updated(size, 2), written(size, 7);
  float* const arrays[] = {read.data(), updated.data(), written.data()};
  const float sum = stream_range(arrays, {1, 1, 1}, kStreamStep, 3 * kStreamStep);
  EXPECT_EQ(sum, 3.0F * 2 * kStreamStep);  // all that was read
  for (std::size_t i = 0; i < size; ++i) {
    const bool inside = i >= kStreamStep && i < 3 * kStreamStep;
    EXPECT_EQ(read[i], 1);
    EXPECT_EQ(updated[i] == written[i], inside) << i;
    EXPECT_EQ(written[i] == 7, !inside) << i;
  }
}

// x -> 3/4 x + 1/4 tends to 1 in every lane of every chain.
TEST(Roof, MultiplyAddsAreDone) {
  const MultiplyAdds done = multiply_add_rounds(1000);
  EXPECT_EQ(done.operations, 2.0 * 1000 * done.sum);
}

TEST(Roof, MeasuresSomething) {
  Team team(1);
  EXPECT_GT(fma_gflops(team), 0);
  EXPECT_GT(matmul_gflops(team, 64), 0);
  EXPECT_GT(stream_gigabytes(team, {.read = 1, .updated = 3}, 1000), 0);
}

TEST(Roof, RefusesNothingToMeasure) {
  Team team(1);
  EXPECT_THROW(stream_gigabytes(team, {}, 1000), UsageError);
  EXPECT_THROW(stream_gigabytes(team, {.read = 1}, 0), UsageError);
  EXPECT_THROW(stream_gigabytes(team, {.read = 2, .updated = -1}, 10), UsageError);
}

}  // namespace
}  // namespace calando::cpu
#endif
