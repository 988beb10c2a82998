// SPDX-License-Identifier: MIT
#include "src/schedule/nearest_call.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "calando/error.h"
#include "src/schedule/dialect.h"

namespace calando::schedule {
namespace {

double peak_of(const Schedule& schedule, Step count) {
  double peak = 0;
  for (Step t = 0; t < count; ++t) peak = std::max(peak, schedule(t));
  return peak;
}

/// A peer's schedule in native words is found again among the calls of the same peer.
void expect_way_back(const std::vector<std::string>& texts, Step count = 150) {
  for (const std::string& text : texts) {
    const Schedule schedule = parse_schedule(text);
    ASSERT_TRUE(has_native_form(schedule)) << text;
    const Schedule native = native_form(schedule);
    const std::string peer = text.substr(0, text.find('.'));
    const NearestCall found = nearest_call(native, peer, count);
    EXPECT_LE(found.difference, 1e-12 * peak_of(schedule, count)) << text << "\n is not " << found.text;
    EXPECT_EQ(found.text.substr(0, peer.size() + 1), peer + ".");
  }
}

TEST(NearestCall, FindsTheWayBackToTorch) {
  expect_way_back(
      {"torch.StepLR(lr=0.1, step_size=30, gamma=0.5)", "torch.MultiStepLR(lr=0.1, milestones=[20, 20, 70])",
       "torch.ConstantLR(lr=0.1, factor=0.25, total_iters=7)",
       "torch.LinearLR(lr=0.1, start_factor=0.25, total_iters=40)", "torch.ExponentialLR(lr=0.1, gamma=0.97)",
       "torch.PolynomialLR(lr=0.1, total_iters=90, power=2)",
       "torch.CosineAnnealingLR(lr=0.1, T_max=40, eta_min=0.003)",
       "torch.CosineAnnealingWarmRestarts(lr=0.1, T_0=20, T_mult=2, eta_min=0.01)",
       "torch.CyclicLR(base_lr=0.01, max_lr=0.1, step_size_up=12, step_size_down=18, mode='triangular2')",
       "torch.SequentialLR([LinearLR(opt, 0.1, total_iters=10), CosineAnnealingLR(opt, 140)], "
       "milestones=[10], lr=0.2)"});
  expect_way_back(
      {"torch.OneCycleLR(max_lr=0.1, total_steps=100)", "torch.SWALR(lr=0.1, swa_lr=0.02, anneal_epochs=30)"},
      100);
}

TEST(NearestCall, FindsTheWayBackToWhatIsCompiled) {
  expect_way_back({"optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 100, end_value=0.001)",
                   "optax.exponential_decay(0.1, 10, 0.8, staircase=True)",
                   "optax.polynomial_schedule(0.1, 0.01, 2, 100, transition_begin=20)",
                   "optax.piecewise_constant_schedule(0.1, {30: 0.5, 60: 0.1})",
                   "optax.warmup_exponential_decay_schedule(0.0, 0.1, 10, 20, 0.5)",
                   "keras.CosineDecay(0.0, 80, alpha=0.1, warmup_target=0.1, warmup_steps=20)",
                   "keras.CosineDecayRestarts(0.1, 20, t_mul=1.5, m_mul=0.8)",
                   "keras.PiecewiseConstantDecay([20, 50], [0.1, 0.02, 0.005])",
                   "keras.InverseTimeDecay(0.1, 10, 0.3)", "mlx.cosine_decay(0.1, 90, end=0.01)",
                   "mlx.step_decay(0.1, 0.7, 25)"});
}

TEST(NearestCall, FindsTheWayBackToTrainers) {
  expect_way_back(
      {"transformers.get_cosine_schedule_with_warmup(lr=0.1, num_warmup_steps=10, num_training_steps=110)",
       "transformers.get_linear_schedule_with_warmup(lr=0.1, num_warmup_steps=10, num_training_steps=110)",
       "transformers.get_inverse_sqrt_schedule(lr=0.1, num_warmup_steps=15)",
       "timm.CosineLRScheduler(lr=0.1, t_initial=20, cycle_mul=2, cycle_decay=0.5, cycle_limit=3)",
       "timm.CosineLRScheduler(lr=0.1, t_initial=90, lr_min=0.001, warmup_t=10, warmup_lr_init=0.002, "
       "warmup_prefix=True)",
       "timm.PolyLRScheduler(lr=0.1, t_initial=80, power=2)",
       "deepspeed.WarmupLR(warmup_max_lr=0.1, warmup_num_steps=20)",
       "deepspeed.WarmupDecayLR(total_num_steps=100, warmup_max_lr=0.1, warmup_num_steps=20, "
       "warmup_type='linear')",
       "megatron.OptimizerParamScheduler(init_lr=0, max_lr=0.1, min_lr=0.01, lr_warmup_steps=10, "
       "lr_decay_steps=100, lr_decay_style='cosine')",
       "fairseq.inverse_sqrt(lr=0.1, warmup_updates=12)",
       "fairseq.tri_stage(lr=0.1, warmup_steps=10, hold_steps=40, decay_steps=60)",
       "llmc.cosine(0.1, 10, 120, 0.1)"});
}

/// torch rejects a warm-up from exactly 0.
TEST(NearestCall, JoinsAWarmUpAndACosine) {
  const NearestCall torch =
      nearest_call(parse_schedule("linear(0, 0.1, 10) then cosine(0.1, 0, 90)"), "torch", 101);
  EXPECT_EQ(torch.text,
            "torch.SequentialLR(schedulers=[torch.LinearLR(start_factor=1e-20, total_iters=10), "
            "torch.CosineAnnealingLR(T_max=90)], milestones=[10], lr=0.1)");
  EXPECT_GT(torch.difference, 0);
  EXPECT_LE(torch.difference, 1e-20);
  const NearestCall keras =
      nearest_call(parse_schedule("linear(0, 0.1, 10) then cosine(0.1, 0, 90)"), "keras", 101);
  EXPECT_EQ(keras.text,
            "keras.CosineDecay(initial_learning_rate=0, decay_steps=90, warmup_target=0.1, warmup_steps=10)");
  EXPECT_EQ(keras.difference, 0);
}

/// The difference is what the two texts give, step by step.
TEST(NearestCall, SaysHowFarItIs) {
  const Schedule rex = parse_schedule("rex(0.1, 0, 60)");
  for (const char* peer : {"torch", "llmc"}) {
    const NearestCall found = nearest_call(rex, peer, 61);
    const Schedule other = parse_schedule(found.text);
    double largest = 0;
    for (Step t = 0; t < 61; ++t) largest = std::max(largest, std::abs(rex(t) - other(t)));
    EXPECT_EQ(found.difference, largest) << peer;
    EXPECT_EQ(std::abs(rex(found.at) - other(found.at)), largest);
    EXPECT_GT(largest, 0);
    EXPECT_LT(largest, 0.02);
  }
}

TEST(NearestCall, KnowsThePeers) { EXPECT_THROW(nearest_call(constant(0.1), "jax", 10), UsageError); }

}  // namespace
}  // namespace calando::schedule
