// SPDX-License-Identifier: MIT
// keras.optimizers, and what TensorFlow 1 had.
#include <string>

#include "src/optimizer/dialect.h"

namespace calando::optimizer {
namespace {

constexpr std::string_view kClip = "say what to clip to the optimizer that steps";
constexpr std::string_view kAverage = "a mean of the weights is kept beside the optimizer";
constexpr std::string_view kScale = "scale the gradients where the optimizer steps";

/// Everything behind a Keras optimizer's own arguments, in its order. AdamW has had its weight_decay before.
template <class Rule>
RuleOptions done(Peer<Rule>& in, bool with_decay = true) {
  PeerCall& call = in.call();
  if constexpr (requires { in.rule.decay; }) in.rule.decay = Decay::decoupled;
  if (with_decay) in.take("weight_decay", in.rule.weight_decay);
  for (const std::string_view name : {"clipnorm", "clipvalue", "global_clipnorm"})
    refuse_set(call, name, kClip);
  refuse_set(call, "use_ema", kAverage);
  ignore(call, {"ema_momentum", "ema_overwrite_frequency"});
  refuse_set(call, "loss_scale_factor", kScale);
  refuse_set(call, "gradient_accumulation_steps", "add the gradients up before the step");
  ignore(call, {"name"});
  ignore_named(call, {"jit_compile"});
  return in.done();
}

template <class Rule>
void take_moments(Peer<Rule>& in) {
  in.rule.epsilon = 1e-7;
  in.take("beta_1", in.rule.beta1);
  in.take("beta_2", in.rule.beta2);
  in.take("epsilon", in.rule.epsilon);
}

RuleOptions read_sgd(PeerCall& call) {
  Peer<Momentum> in(call);
  in.rule.momentum = 0;
  in.rule.rate = RatePlace::inside;
  in.take_rate("learning_rate", 0.01);
  in.take("momentum", in.rule.momentum);
  in.take("nesterov", in.rule.nesterov);
  RuleOptions options = done(in);
  if (in.rule.momentum == 0 && options.scheduled.empty())
    options.rule = Sgd{.weight_decay = in.rule.weight_decay};
  return options;
}

RuleOptions read_adam(PeerCall& call) {
  Peer<Adam> in(call);
  in.rule.epsilon_place = MomentEpsilon::hat;
  in.take_rate("learning_rate", 1e-3);
  take_moments(in);
  in.take("amsgrad", in.rule.amsgrad);
  return done(in);
}

RuleOptions read_adamw(PeerCall& call) {
  Peer<AdamW> in(call);
  in.rule.epsilon_place = MomentEpsilon::hat;
  in.rule.weight_decay = 0.004;
  in.take_rate("learning_rate", 1e-3);
  in.take("weight_decay", in.rule.weight_decay);
  take_moments(in);
  in.take("amsgrad", in.rule.amsgrad);
  return done(in, false);
}

RuleOptions read_nadam(PeerCall& call) {
  Peer<NAdam> in(call);
  in.rule.momentum_decay = 1;
  in.take_rate("learning_rate", 1e-3);
  take_moments(in);
  return done(in);
}

RuleOptions read_adamax(PeerCall& call) {
  Peer<Adamax> in(call);
  in.rule.epsilon_place = EpsilonPlace::outside;
  in.take_rate("learning_rate", 1e-3);
  take_moments(in);
  return done(in);
}

RuleOptions read_adagrad(PeerCall& call) {
  Peer<AdaGrad> in(call);
  in.rule.initial_accumulator = 0.1;
  in.rule.epsilon = 1e-7;
  in.rule.epsilon_place = EpsilonPlace::inside;
  in.take_rate("learning_rate", 1e-3);
  in.take("initial_accumulator_value", in.rule.initial_accumulator);
  in.take("epsilon", in.rule.epsilon);
  return done(in);
}

RuleOptions read_adadelta(PeerCall& call) {
  Peer<AdaDelta> in(call);
  in.rule.rho = 0.95;
  in.rule.epsilon = 1e-7;
  in.take_rate("learning_rate", 1e-3);
  in.take("rho", in.rule.rho);
  in.take("epsilon", in.rule.epsilon);
  return done(in);
}

void set_rmsprop(RmsProp& rule) {
  rule.rho = 0.9;
  rule.epsilon = 1e-7;
  rule.epsilon_place = EpsilonPlace::inside;
  rule.rate = RatePlace::inside;
}

RuleOptions read_rmsprop(PeerCall& call) {
  Peer<RmsProp> in(call);
  set_rmsprop(in.rule);
  in.take_rate("learning_rate", 1e-3);
  in.take("rho", in.rule.rho);
  in.take("momentum", in.rule.momentum);
  in.take("epsilon", in.rule.epsilon);
  in.take("centered", in.rule.centered);
  return done(in);
}

RuleOptions read_lion(PeerCall& call) {
  Peer<Lion> in(call);
  in.take_rate("learning_rate", 1e-3);
  in.take("beta_1", in.rule.beta1);
  in.take("beta_2", in.rule.beta2);
  return done(in);
}

RuleOptions read_ftrl(PeerCall& call) {
  Peer<Ftrl> in(call);
  in.take_rate("learning_rate", 1e-3);
  const spec::Value* power = call.args.take("learning_rate_power");
  if (power != nullptr) {
    const double given = call.args.as_number("learning_rate_power", *power);
    if (!range::closed(-1, 0).contains(given))
      call.args.refuse("learning_rate_power", "-1 <= learning_rate_power <= 0");
    in.rule.power = -given;
  }
  in.take("initial_accumulator_value", in.rule.initial_accumulator);
  in.take("l1_regularization_strength", in.rule.l1);
  in.take("l2_regularization_strength", in.rule.l2);
  in.take("l2_shrinkage_regularization_strength", in.rule.shrinkage);
  in.take("beta", in.rule.beta);
  return done(in);
}

/// A plain mean: every step weighs the same, whatever its rate.
RuleOptions read_schedule_free(PeerCall& call) {
  Peer<ScheduleFree> in(call);
  in.rule.rate_power = 0;
  in.take_rate("learning_rate", 0.0025);
  in.take("beta_1", in.rule.beta1);
  in.take("beta_2", in.rule.beta2);
  in.take("epsilon", in.rule.epsilon);
  in.take("warmup_steps", in.rule.warmup);
  return done(in);
}

/// tf.compat.v1.train.RMSPropOptimizer: the mean square starts from 1.
RuleOptions read_tf_rmsprop(PeerCall& call) {
  Peer<RmsProp> in(call);
  set_rmsprop(in.rule);
  in.rule.epsilon = 1e-10;
  in.rule.initial_square = 1;
  in.take_rate("learning_rate");
  in.take("decay", in.rule.rho);
  in.take("momentum", in.rule.momentum);
  in.take("epsilon", in.rule.epsilon);
  ignore(call, {"use_locking"});
  in.take("centered", in.rule.centered);
  ignore(call, {"name"});
  return in.done();
}

constexpr PeerRule kKeras[] = {
    {"SGD", read_sgd},           {"Adam", read_adam},
    {"AdamW", read_adamw},       {"Nadam", read_nadam},
    {"Adamax", read_adamax},     {"Adagrad", read_adagrad},
    {"Adadelta", read_adadelta}, {"RMSprop", read_rmsprop},
    {"Lion", read_lion},         {"ScheduleFreeAdamW", read_schedule_free},
    {"Ftrl", read_ftrl},
};

constexpr PeerRule kTensorFlow[] = {{"RMSPropOptimizer", read_tf_rmsprop}};

}  // namespace

const Library& keras_library() {
  static const Library library{
      {"keras", "keras.optimizers", "tf.keras.optimizers", "tensorflow.keras.optimizers", "tf.optimizers"},
      kKeras};
  return library;
}

const Library& tensorflow_library() {
  static const Library library{{"tf.compat.v1.train", "tf.train", "tf"}, kTensorFlow};
  return library;
}

}  // namespace calando::optimizer
