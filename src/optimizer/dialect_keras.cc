// SPDX-License-Identifier: MIT
// keras.optimizers, and what TensorFlow 1 had.
#include <string>

#include "src/optimizer/dialect.h"

namespace calando::optimizer {
namespace {

constexpr std::string_view kOverwrite = "the mean of the weights does not replace them";
constexpr std::string_view kDecayApart = "here the decay is part of the step whose norm is taken";
constexpr std::string_view kScale = "scale the gradients where the optimizer steps";

/// Everything behind a Keras optimizer's own arguments, in its order. AdamW has had its weight_decay before.
template <class Rule>
RuleOptions done(Peer<Rule>& in, bool with_decay = true) {
  PeerCall& call = in.call();
  if constexpr (requires { in.rule.decay = Decay::decoupled; }) in.rule.decay = Decay::decoupled;
  if (with_decay) in.take("weight_decay", in.rule.weight_decay);
  take_clip(call, "clipnorm", call.args.take("clipnorm"), call.gradients.clip_tensor);
  take_clip(call, "clipvalue", call.args.take("clipvalue"), call.gradients.clip_value);
  take_clip(call, "global_clipnorm", call.args.take("global_clipnorm"), call.gradients.clip);
  const bool averages = call.args.boolean("use_ema", false);
  const double keeps = call.args.number("ema_momentum", 0.99);
  if (!range::half_open(0, 1).contains(keeps)) call.args.refuse("ema_momentum", "0 <= ema_momentum < 1");
  refuse_set(call, "ema_overwrite_frequency", kOverwrite);
  if (averages) call.wrappers.emplace_back(Ema{keeps});
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

RuleOptions read_lamb(PeerCall& call) {
  Peer<Lamb> in(call);
  in.take_rate("learning_rate", 1e-3);
  take_moments(in);
  refuse_set(call, "weight_decay", kDecayApart);
  return done(in, false);
}

RuleOptions read_adafactor(PeerCall& call) {
  Peer<Adafactor> in(call);
  in.take_rate("learning_rate", 1e-3);
  const double power = call.args.number("beta_2_decay", -0.8);
  if (!(power <= 0)) call.args.refuse("beta_2_decay", "beta_2_decay <= 0");
  in.rule.decay_power = -power;
  in.take("epsilon_1", in.rule.epsilon);
  in.take("epsilon_2", in.rule.smallest_scale);
  in.take("clip_threshold", in.rule.clip);
  ignore(call, {"relative_step"});  // the rate is at most 1 / sqrt(t) either way
  refuse_set(call, "weight_decay", kDecayApart);
  return done(in, false);
}

/// The buffer is 1 / (1 - momentum) times ours, and so is what is added to its norm.
RuleOptions read_muon(PeerCall& call) {
  Peer<Muon> in(call);
  in.rule.scale = MuonScale::match_rms;
  in.rule.epsilon_place = MuonEpsilon::added;
  in.rule.adam_epsilon_place = MomentEpsilon::hat;
  in.rule.adam_epsilon = 1e-7;
  in.rule.adam_weight_decay = in.rule.weight_decay = 0.004;
  in.rule.adam_scale = 1;
  in.take_rate("learning_rate", 1e-3);
  in.take("adam_beta_1", in.rule.beta1);
  in.take("adam_beta_2", in.rule.beta2);
  in.take("adam_weight_decay", in.rule.adam_weight_decay);
  in.take("epsilon", in.rule.adam_epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  for (const std::string_view name : {"exclude_layers"}) {
    const spec::Value* given = call.args.take_named(name);
    if (given != nullptr && !std::holds_alternative<spec::None>(given->content))
      call.args.refuse(*given,
                       "exclude_layers is not offered: name the parameters in a group with matrix=False");
  }
  ignore_named(call, {"exclude_embeddings"});
  const auto named = [&](std::string_view name, auto& field) {
    in.take_from(name, call.args.take_named(name), field);
  };
  named("muon_a", in.rule.a);
  named("muon_b", in.rule.b);
  named("muon_c", in.rule.c);
  named("adam_lr_ratio", in.rule.adam_scale);
  named("momentum", in.rule.momentum);
  named("ns_steps", in.rule.steps);
  named("nesterov", in.rule.nesterov);
  const spec::Value* rms = call.args.take_named("rms_rate");
  if (rms != nullptr && std::holds_alternative<spec::None>(rms->content)) in.rule.scale = MuonScale::none;
  in.take_from("rms_rate", rms, in.rule.rms);
  in.rule.epsilon = 1e-7 * (1 - in.rule.momentum);
  return done(in, false);
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
    {"SGD", read_sgd},
    {"Adam", read_adam},
    {"AdamW", read_adamw},
    {"Nadam", read_nadam},
    {"Adamax", read_adamax},
    {"Adagrad", read_adagrad},
    {"Adadelta", read_adadelta},
    {"RMSprop", read_rmsprop},
    {"Lion", read_lion},
    {"ScheduleFreeAdamW", read_schedule_free},
    {"Ftrl", read_ftrl},
    {"Lamb", read_lamb},
    {"Adafactor", read_adafactor},
    {"Muon", read_muon},
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
