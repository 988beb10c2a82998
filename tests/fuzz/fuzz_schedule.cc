// SPDX-License-Identifier: MIT
// Whatever is read as a schedule prints as one that is equal to it and gives the same values; errors name the column.
#include <array>
#include <cmath>

#include "calando/schedule.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;

std::vector<std::string> fuzz_seeds() {
  return {
      "linear(0, 3e-4, 2_000) then cosine(3e-4, 3e-5, 98000)",
      "repeat(cosine(0.1, 0, 10, power=2, k=1.5), 5, stretch=1.5, shrink=0.5) then constant(1)",
      "plus(constant(0.1), times(stairs(linear(0, 0.4, 50%), 3), decay(1, 0.9, steps=30, staircase=True)))",
      "clamped(window(exponential(0.1, 1e-4, 2ep), 3, 40), 0.01, 0.05)",
      "multi_step(0.1, 0.5, [30, 60, 90]) # steps",
      "piecewise([0, 5, 9], [1, 2, 0.5], shape='cosine')",
      "cyclic(0.1, 0.5, 2, 3, shrink=0.5, factor=0.9)",
      "swa(one_cycle(0.1, 100, phases=3), 75, 0.05, 10)",
      "wsd(1e-3, 10, 80, 10, shape=one_minus_sqrt)",
      "torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=100,\n pct_start=.3)"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const RunLength run{.run_steps = 1000, .epoch_steps = 40};
  try {
    const Schedule schedule = parse_schedule(text, run);
    const std::string printed = to_string(schedule);
    const Schedule again = parse_schedule(printed);
    fuzz::require(again == schedule);
    fuzz::require(to_string(again) == printed);
    constexpr std::array<Step, 9> kSteps = {0, 1, 2, 3, 10, 99, 1000, 1'000'000'000'000, INT64_MAX};
    for (const Step t : kSteps) {
      const double value = schedule(t);
      fuzz::require(!std::isnan(value) && value == again(t));
    }
  } catch (const UsageError& error) {
    fuzz::require(std::string_view(error.what()).find("column ") != std::string_view::npos);
  }
  return 0;
}
