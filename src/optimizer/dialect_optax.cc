// SPDX-License-Identifier: MIT
// optax, and optax.contrib.
#include <cmath>
#include <string>

#include "src/optimizer/dialect.h"

namespace calando::optimizer {
namespace {

constexpr std::string_view kMask = "name the parameters in a group with weight_decay=0";
constexpr std::string_view kType = "say what states are stored in to the optimizer that steps";

template <class Rule>
void take_moments(Peer<Rule>& in) {
  in.take("b1", in.rule.beta1);
  in.take("b2", in.rule.beta2);
  in.take("eps", in.rule.epsilon);
}

template <class Rule>
void take_decay(Peer<Rule>& in, double otherwise) {
  in.rule.weight_decay = otherwise;
  in.take("weight_decay", in.rule.weight_decay);
  refuse_set(in.call(), "mask", kMask);
}

/// nesterov=True, by name only.
template <class Rule>
void take_nesterov(Peer<Rule>& in) {
  const spec::Value* value = in.call().args.take_named("nesterov");
  if (value != nullptr) in.rule.nesterov = in.call().args.as_boolean("nesterov", *value);
}

RuleOptions read_sgd(PeerCall& call) {
  Peer<Momentum> in(call);
  in.rule.momentum = 0;
  in.take_rate("learning_rate");
  in.take("momentum", in.rule.momentum);
  in.take("nesterov", in.rule.nesterov);
  refuse_set(call, "accumulator_dtype", kType);
  RuleOptions options = in.done();
  if (in.rule.momentum == 0 && options.scheduled.empty()) options.rule = Sgd{};
  return options;
}

RuleOptions read_adam(PeerCall& call) {
  Peer<Adam> in(call);
  in.take_rate("learning_rate");
  take_moments(in);
  in.take("eps_root", in.rule.epsilon_root);
  refuse_set(call, "mu_dtype", kType);
  take_nesterov(in);
  return in.done();
}

template <bool nesterov>
RuleOptions read_adamw(PeerCall& call) {
  Peer<AdamW> in(call);
  in.rule.nesterov = nesterov;
  in.take_rate("learning_rate");
  take_moments(in);
  in.take("eps_root", in.rule.epsilon_root);
  refuse_set(call, "mu_dtype", kType);
  take_decay(in, 1e-4);
  if (!nesterov) take_nesterov(in);
  return in.done();
}

RuleOptions read_nadam(PeerCall& call) {
  RuleOptions options = read_adam(call);
  std::get<Adam>(options.rule).nesterov = true;
  return options;
}

RuleOptions read_amsgrad(PeerCall& call) {
  Peer<Adam> in(call);
  in.rule.amsgrad = true;
  in.rule.amsgrad_of = AmsgradOf::corrected;
  in.take_rate("learning_rate");
  take_moments(in);
  in.take("eps_root", in.rule.epsilon_root);
  refuse_set(call, "mu_dtype", kType);
  const bool mu = call.args.boolean("bias_correction_mu", true);
  const bool nu = call.args.boolean("bias_correction_nu", true);
  if (mu != nu) call.args.refuse("bias_correction_mu and bias_correction_nu that differ are not offered");
  in.rule.bias_correction = mu;
  return in.done();
}

RuleOptions read_radam(PeerCall& call) {
  Peer<RAdam> in(call);
  in.take_rate("learning_rate");
  take_moments(in);
  in.take("eps_root", in.rule.epsilon_root);
  in.take("threshold", in.rule.threshold);
  take_nesterov(in);
  return in.done();
}

RuleOptions read_adamax(PeerCall& call) {
  Peer<Adamax> in(call);
  in.take_rate("learning_rate");
  take_moments(in);
  return in.done();
}

RuleOptions read_adamaxw(PeerCall& call) {
  Peer<Adamax> in(call);
  in.rule.decay = Decay::decoupled;
  in.take_rate("learning_rate");
  take_moments(in);
  take_decay(in, 1e-4);
  return in.done();
}

RuleOptions read_adabelief(PeerCall& call) {
  Peer<AdaBelief> in(call);
  in.take_rate("learning_rate");
  take_moments(in);
  in.take("eps_root", in.rule.epsilon_root);
  take_nesterov(in);
  return in.done();
}

RuleOptions read_yogi(PeerCall& call) {
  Peer<Yogi> in(call);
  in.take_rate("learning_rate");
  take_moments(in);
  return in.done();
}

RuleOptions read_adagrad(PeerCall& call) {
  Peer<AdaGrad> in(call);
  in.rule.epsilon_place = EpsilonPlace::inside;
  in.rule.initial_accumulator = 0.1;
  in.rule.epsilon = 1e-7;
  in.take_rate("learning_rate");
  in.take("initial_accumulator_value", in.rule.initial_accumulator);
  in.take("eps", in.rule.epsilon);
  return in.done();
}

RuleOptions read_adadelta(PeerCall& call) {
  Peer<AdaDelta> in(call);
  in.take_rate("learning_rate");
  in.take("rho", in.rule.rho);
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  refuse_set(call, "weight_decay_mask", kMask);
  return in.done();
}

RuleOptions read_rmsprop(PeerCall& call) {
  Peer<RmsProp> in(call);
  in.rule.rho = 0.9;
  in.rule.rate = RatePlace::inside;
  in.take_rate("learning_rate");
  in.take("decay", in.rule.rho);
  in.take("eps", in.rule.epsilon);
  in.take("initial_scale", in.rule.initial_square);
  in.rule.epsilon_place =
      call.args.boolean("eps_in_sqrt", true) ? EpsilonPlace::inside : EpsilonPlace::outside;
  in.take("centered", in.rule.centered);
  in.take("momentum", in.rule.momentum);
  in.take("nesterov", in.rule.nesterov);
  in.take("bias_correction", in.rule.bias_correction);
  return in.done();
}

/// optax 0.2.8 returns the updates of the step before.
RuleOptions read_rprop(PeerCall& call) {
  Peer<Rprop> in(call);
  in.rule.late = true;
  in.rule.clamp_first = false;
  in.take_rate("learning_rate");
  in.take("eta_minus", in.rule.eta_minus);
  in.take("eta_plus", in.rule.eta_plus);
  in.take("min_step_size", in.rule.least);
  in.take("max_step_size", in.rule.most);
  return in.done();
}

RuleOptions read_lion(PeerCall& call) {
  Peer<Lion> in(call);
  in.take_rate("learning_rate");
  in.take("b1", in.rule.beta1);
  in.take("b2", in.rule.beta2);
  refuse_set(call, "mu_dtype", kType);
  take_decay(in, 1e-3);
  return in.done();
}

RuleOptions read_signum(PeerCall& call) {
  Peer<Signum> in(call);
  in.take_rate("learning_rate");
  in.take("beta", in.rule.beta);
  refuse_set(call, "accumulator_dtype", kType);
  return in.done();
}

RuleOptions read_sign_sgd(PeerCall& call) {
  Peer<Signum> in(call);
  in.rule.beta = 0;
  in.take_rate("learning_rate");
  return in.done();
}

/// Looks ahead by 1 - b2, where the authors do by b2.
RuleOptions read_adan(PeerCall& call) {
  Peer<Adan> in(call);
  in.rule.decay = AdanDecay::decoupled;
  in.rule.epsilon_root = 1e-8;
  in.take_rate("learning_rate");
  in.take("b1", in.rule.beta1);
  in.take("b2", in.rule.beta2);
  in.take("b3", in.rule.beta3);
  in.take("eps", in.rule.epsilon);
  in.take("eps_root", in.rule.epsilon_root);
  take_decay(in, 0);
  in.rule.look_ahead = 1 - in.rule.beta2;
  return in.done();
}

RuleOptions read_ademamix(PeerCall& call) {
  Peer<AdEMAMix> in(call);
  in.take_rate("learning_rate");
  in.take("b1", in.rule.beta1);
  in.take("b2", in.rule.beta2);
  in.take("b3", in.rule.beta3);
  in.take("alpha", in.rule.alpha);
  in.take("eps", in.rule.epsilon);
  in.take("eps_root", in.rule.epsilon_root);
  refuse_set(call, "mu_dtype", kType);
  take_decay(in, 0);
  return in.done();
}

RuleOptions read_adopt(PeerCall& call) {
  Peer<Adopt> in(call);
  in.take_rate("learning_rate");
  take_moments(in);
  refuse_set(call, "mu_dtype", kType);
  take_nesterov(in);
  const spec::Value* clipped = call.args.take_named("use_clipping");
  if (clipped != nullptr && !call.args.as_boolean("use_clipping", *clipped))
    in.rule.clip_exponent = std::nullopt;
  refuse_set_named(call, "clip_value_fn", "the bound is a power of the step: adopt(clip_exponent=0.25)");
  return in.done();
}

RuleOptions read_madgrad(PeerCall& call) {
  Peer<Madgrad> in(call);
  in.take_rate("learning_rate");
  in.take("momentum", in.rule.momentum);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("eps", in.rule.epsilon);
  return in.done();
}

/// What both schedule-free ones take; optax looks one step ahead in the rate's warm-up.
template <class Rule>
void take_warmup(Peer<Rule>& in, double rate) {
  in.rule.warmup_from_zero = true;
  in.take_rate("learning_rate", rate);
  if (std::isfinite(in.rate().length())) {
    in.call().args.refuse("learning_rate", "a number: a schedule is not offered here, see warmup_steps");
  }
  in.take("warmup_steps", in.rule.warmup);
}

template <class Rule>
void take_averaging(Peer<Rule>& in) {
  in.take("weight_lr_power", in.rule.rate_power);
  refuse_set(in.call(), "state_dtype", kType);
}

RuleOptions read_schedule_free_sgd(PeerCall& call) {
  Peer<ScheduleFreeSgd> in(call);
  take_warmup(in, 1.0);
  in.take("b1", in.rule.momentum);
  in.take("weight_decay", in.rule.weight_decay);
  take_averaging(in);
  return in.done();
}

RuleOptions read_schedule_free_adamw(PeerCall& call) {
  Peer<ScheduleFree> in(call);
  take_warmup(in, 0.0025);
  take_moments(in);
  in.take("weight_decay", in.rule.weight_decay);
  take_averaging(in);
  return in.done();
}

RuleOptions read_lamb(PeerCall& call) {
  Peer<Lamb> in(call);
  in.take_rate("learning_rate");
  take_moments(in);
  refuse_set(call, "eps_root", "lamb adds epsilon outside of the root only");
  take_decay(in, 0);
  return in.done();
}

/// A mask that is True, or not given, masks nothing.
void take_full_mask(PeerCall& call, std::string_view name) {
  const spec::Value* mask = call.args.take(name);
  if (mask != nullptr && !call.args.as_boolean(name, *mask))
    call.args.refuse(name, std::string("True: ") + std::string(kMask));
}

RuleOptions read_lars(PeerCall& call) {
  Peer<Lars> in(call);
  in.rule.norm = LarsNorm::decayed;
  in.take_rate("learning_rate");
  in.take("weight_decay", in.rule.weight_decay);
  take_full_mask(call, "weight_decay_mask");
  in.take("trust_coefficient", in.rule.trust);
  in.take("eps", in.rule.epsilon);
  take_full_mask(call, "trust_ratio_mask");
  in.take("momentum", in.rule.momentum);
  in.take("nesterov", in.rule.nesterov);
  return in.done();
}

RuleOptions read_novograd(PeerCall& call) {
  Peer<NovoGrad> in(call);
  in.rule.beta1 = 0.9;
  in.rule.beta2 = 0.25;
  in.rule.epsilon = 1e-6;
  in.take_rate("learning_rate");
  take_moments(in);
  refuse_set(call, "eps_root", "novograd adds epsilon outside of the root only");
  in.take("weight_decay", in.rule.weight_decay);
  return in.done();
}

RuleOptions read_adafactor(PeerCall& call) {
  Peer<Adafactor> in(call);
  in.rule.relative_step = false;
  in.rule.decay = AdafactorDecay::none;
  in.rule.smallest_factored = 128;
  in.take_rate("learning_rate");
  in.take("min_dim_size_to_factor", in.rule.smallest_factored);
  in.take("decay_rate", in.rule.decay_power);
  refuse_set(call, "decay_offset", "steps are counted from the start");
  in.take("multiply_by_parameter_scale", in.rule.scale_parameter);
  const spec::Value* clip = call.args.take("clipping_threshold");
  if (clip != nullptr) {
    in.rule.clip = 0;
    in.take_from("clipping_threshold", clip, in.rule.clip);
  }
  in.take("momentum", in.rule.beta1);
  ignore(call, {"dtype_momentum"});
  in.take("weight_decay_rate", in.rule.weight_decay);
  in.take("eps", in.rule.epsilon);
  if (!call.args.boolean("factored", true)) in.rule.smallest_factored = std::numeric_limits<int>::max();
  refuse_set(call, "weight_decay_mask", kMask);
  return in.done();
}

constexpr PeerRule kRules[] = {
    {"sgd", read_sgd},
    {"adam", read_adam},
    {"adamw", read_adamw<false>},
    {"nadam", read_nadam},
    {"nadamw", read_adamw<true>},
    {"amsgrad", read_amsgrad},
    {"radam", read_radam},
    {"adamax", read_adamax},
    {"adamaxw", read_adamaxw},
    {"adabelief", read_adabelief},
    {"yogi", read_yogi},
    {"adagrad", read_adagrad},
    {"adadelta", read_adadelta},
    {"rmsprop", read_rmsprop},
    {"rprop", read_rprop},
    {"lion", read_lion},
    {"signum", read_signum},
    {"sign_sgd", read_sign_sgd},
    {"adan", read_adan},
    {"ademamix", read_ademamix},
    {"adopt", read_adopt},
    {"madgrad", read_madgrad},
    {"lamb", read_lamb},
    {"lars", read_lars},
    {"novograd", read_novograd},
    {"adafactor", read_adafactor},
    {"schedule_free_sgd", read_schedule_free_sgd},
    {"schedule_free_adamw", read_schedule_free_adamw},
};

}  // namespace

const Library& optax_library() {
  static const Library library{{"optax", "optax.contrib"}, kRules};
  return library;
}

}  // namespace calando::optimizer
