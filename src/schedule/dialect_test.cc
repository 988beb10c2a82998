// SPDX-License-Identifier: MIT
#include "src/schedule/dialect.h"

#include <gtest/gtest.h>

#include "calando/error.h"

namespace calando {
namespace {

using schedule::is_foreign;
using schedule::native_form;

std::string message(std::string_view text) {
  try {
    return "accepted: " + to_string(parse_schedule(text));
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(Dialect, EveryWayToNameIt) {
  const Schedule step = parse_schedule("torch.StepLR(lr=0.1, step_size=30)");
  for (const char* text : {"torch.optim.lr_scheduler.StepLR(optimizer, 30, lr=0.1)",
                           "StepLR(opt, step_size=30, gamma=0.1, lr=0.1)",
                           "lr_scheduler.StepLR(self.optimizer, 30, 0.1, lr=0.1)", "torch.StepLR(30, lr=0.1)",
                           "scheduler = torch.optim.lr_scheduler.StepLR(\n    optimizer,  # ours\n    "
                           "step_size=30,\n    lr=0.1,\n)",
                           "torch.StepLR(torch.optim.SGD(model.parameters(), lr=0.1), step_size=30, "
                           "last_epoch=-1, verbose=False)"}) {
    EXPECT_EQ(parse_schedule(text), step) << text;
  }
}

TEST(Dialect, ANativeFormWhereThereIsOne) {
  EXPECT_EQ(message("torch.CosineAnnealingLR(lr=0.1, T_max=100)"),
            "accepted: repeat(cosine(0.1, 0, 100) then cosine(0, 0.1, 100))");
  EXPECT_EQ(message("torch.CosineAnnealingWarmRestarts(lr=0.1, T_0=10, T_mult=2)"),
            "accepted: repeat(cosine(0.1, 0, 10), stretch=2)");
  EXPECT_EQ(message("torch.SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=5), "
                    "CosineAnnealingLR(optimizer, T_max=95)], milestones=[5], lr=1)"),
            "accepted: linear(0.1, 1, 5) then repeat(cosine(1, 0, 95) then cosine(0, 1, 95))");
}

TEST(Dialect, WhatHasNoneIsStepped) {
  const char* text =
      "torch.ChainedScheduler([CosineAnnealingLR(opt, T_max=10, eta_min=0.01), ExponentialLR(opt, "
      "gamma=0.9)], lr=0.1)";
  const Schedule chained = parse_schedule(text);
  EXPECT_TRUE(is_foreign(chained));
  EXPECT_FALSE(has_native_form(constant(1, 5).then(chained)));
  EXPECT_EQ(parse_schedule(to_string(chained)), chained);
  const double at_nine = chained(9);
  EXPECT_EQ(chained(0), 0.1);
  EXPECT_LT(chained(40), 0);  // as PyTorch's, which falls below the floor
  EXPECT_EQ(chained(9), at_nine);
  EXPECT_EQ(parse_schedule(text)(9), at_nine);
}

/// Begun at a milestone by its closed form, PolynomialLR divides 0 by 0; there the last rate is held.
TEST(Dialect, AMemberThatDividesByZeroHoldsTheRate) {
  const Schedule sequence = parse_schedule(
      "torch.SequentialLR(opt, [CyclicLR(opt, 0.02, 0.1, 10), PolynomialLR(opt, total_iters=0, power=3)], "
      "milestones=[15], lr=0.1)");
  EXPECT_GT(sequence(14), 0.02);
  for (const Step t : {15, 16, 1000}) EXPECT_EQ(sequence(t), sequence(14)) << t;
}

/// After many cycles the doubles of PyTorch lose the phase, and so do ours.
TEST(Dialect, KeepsTheClockOfItsPeer) {
  const Schedule cyclic =
      parse_schedule("torch.CyclicLR(opt, base_lr=0.01, max_lr=0.1, step_size_up=7, step_size_down=4)");
  EXPECT_FALSE(is_foreign(native_form(cyclic)));
  EXPECT_EQ(to_string(native_form(cyclic)), "repeat(linear(0.01, 0.1, 7) then linear(0.1, 0.01, 4))");
  EXPECT_EQ(parse_schedule(to_string(cyclic)), cyclic);
  double apart = 0;
  for (Step t = 0; t < 1100; ++t) apart = std::max(apart, std::abs(cyclic(t) - native_form(cyclic)(t)));
  EXPECT_GT(apart, 0);
  EXPECT_LT(apart, 1e-13);
}

TEST(Dialect, OneCycleBeyondItsEnd) {
  const Schedule cycle = parse_schedule("torch.OneCycleLR(max_lr=1, total_steps=10)");
  EXPECT_NEAR(cycle(9), 4e-6, 1e-20);
  EXPECT_NEAR(cycle(10), 0.0495194, 1e-6);  // PyTorch's own number at total_steps
  EXPECT_EQ(cycle(11), cycle(10));
  const Schedule line =
      parse_schedule("torch.OneCycleLR(max_lr=1, total_steps=10, anneal_strategy='linear')");
  EXPECT_LT(line(10), 0);
  EXPECT_EQ(line(1000), line(10));
  EXPECT_EQ(parse_schedule(to_string(line)), line);
  EXPECT_EQ(line.length(), 10);
}

TEST(Dialect, Refusals) {
  EXPECT_EQ(message("torch.StepLR(optimizer, step_size=30)"),
            "schedule, column 1: torch.StepLR: lr is missing: the rate that the optimizer was made with, "
            "such as lr=0.1");
  EXPECT_EQ(message("torch.StepLR(optimizer, stepsize=30, lr=0.1)"),
            "schedule, column 25: torch.StepLR: unknown argument \"stepsize\"; did you mean \"step_size\"?");
  EXPECT_EQ(message("torch.StepLR(optimizer, lr=0.1)"),
            "schedule, column 1: torch.StepLR: step_size is missing, expected a whole number, "
            "1 <= step_size <= 9007199254740992");
  EXPECT_EQ(message("torch.LinearLR(lr=0.1, start_factor=0)"),
            "schedule, column 37: torch.LinearLR: start_factor = 0, expected 0 < start_factor <= 1");
  EXPECT_EQ(message("torch.CosineAnealingLR(lr=0.1, T_max=10)"),
            "schedule, column 1: unknown schedule \"torch.CosineAnealingLR\"; did you mean "
            "\"torch.CosineAnnealingLR\"?");
  EXPECT_EQ(message("torch.CosineAnnealingLR(lr=0.1, T_max=10, eta_min=0.2)"),
            "schedule, column 51: torch.CosineAnnealingLR: eta_min = 0.2, expected at most the peak, 0.1");
  EXPECT_NE(message("torch.LambdaLR(optimizer, lr_lambda=f)").find("takes a function of Python"),
            std::string::npos);
  EXPECT_NE(message("torch.ReduceLROnPlateau(optimizer, 'min')").find("--plateau"), std::string::npos);
  EXPECT_NE(message("torch.StepLR(optimizer, 3, lr=0.1, last_epoch=5)").find("column 47"), std::string::npos);
}

}  // namespace
}  // namespace calando
