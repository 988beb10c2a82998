// SPDX-License-Identifier: MIT
// Packages beside the large libraries: schedulefree and timm.
#include <string>

#include "src/optimizer/dialect.h"

namespace calando::optimizer {
namespace {

template <class Rule>
void take_averaging(Peer<Rule>& in) {
  in.take("warmup_steps", in.rule.warmup);
  in.take("r", in.rule.averaging_power);
  in.take("weight_lr_power", in.rule.rate_power);
  ignore(in.call(), {"foreach"});
}

RuleOptions read_schedule_free_sgd(PeerCall& call) {
  Peer<ScheduleFreeSgd> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1.0);
  in.take("momentum", in.rule.momentum);
  in.take("weight_decay", in.rule.weight_decay);
  take_averaging(in);
  return in.done();
}

RuleOptions read_schedule_free_adamw(PeerCall& call) {
  Peer<ScheduleFree> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 0.0025);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  take_averaging(in);
  return in.done();
}

/// Those of timm's options that every rule here is without.
void timm_rest(PeerCall& call) {
  refuse_set_named(call, "caution",
                   "masks that are scaled by how much of a tensor they leave are not elementwise");
  refuse_set_named(call, "corrected_weight_decay", "give weight_decay a schedule");
  refuse_set_named(call, "maximize", "say so to the optimizer that steps, not to the rule");
  ignore_named(call, {"foreach", "capturable", "differentiable"});
}

/// RMSprop as TensorFlow 1 had it.
RuleOptions read_rmsprop_tf(PeerCall& call) {
  Peer<RmsProp> in(call);
  in.rule.rho = 0.9;
  in.rule.epsilon = 1e-10;
  in.rule.epsilon_place = EpsilonPlace::inside;
  in.rule.initial_square = 1;
  ignore(call, {"params"});
  in.take_rate("lr", 1e-2);
  in.take("alpha", in.rule.rho);
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("momentum", in.rule.momentum);
  in.take("centered", in.rule.centered);
  in.rule.decay = call.args.boolean("decoupled_decay", false) ? Decay::decoupled : Decay::coupled;
  refuse_set(call, "corrected_weight_decay", "give weight_decay a schedule");
  in.rule.rate = call.args.boolean("lr_in_momentum", true) ? RatePlace::inside : RatePlace::outside;
  timm_rest(call);
  return in.done();
}

RuleOptions read_lion(PeerCall& call) {
  Peer<Lion> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1e-4);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("weight_decay", in.rule.weight_decay);
  timm_rest(call);
  return in.done();
}

RuleOptions read_adan(PeerCall& call) {
  Peer<Adan> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1e-3);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2, &in.rule.beta3});
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  in.rule.decay = call.args.boolean("no_prox", false) ? AdanDecay::decoupled : AdanDecay::proximal;
  timm_rest(call);
  return in.done();
}

RuleOptions read_adopt(PeerCall& call) {
  Peer<Adopt> in(call);
  ignore(call, {"params"});
  in.rule.clip_exponent = 0.333;
  in.take_rate("lr", 1e-3);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("eps", in.rule.epsilon);
  const spec::Value* exponent = call.args.take("clip_exp");
  if (exponent != nullptr) {
    const bool none = std::holds_alternative<spec::None>(exponent->content);
    in.rule.clip_exponent =
        none ? std::nullopt : std::optional<double>(call.args.as_number("clip_exp", *exponent));
  }
  in.take("weight_decay", in.rule.weight_decay);
  in.rule.decay = call.args.boolean("decoupled", false) ? Decay::decoupled : Decay::coupled;
  timm_rest(call);
  return in.done();
}

constexpr PeerRule kScheduleFree[] = {{"SGDScheduleFree", read_schedule_free_sgd},
                                      {"AdamWScheduleFree", read_schedule_free_adamw}};
constexpr PeerRule kTimm[] = {
    {"RMSpropTF", read_rmsprop_tf}, {"Lion", read_lion}, {"Adan", read_adan}, {"Adopt", read_adopt}};

}  // namespace

const Library& schedulefree_library() {
  static const Library library{{"schedulefree"}, kScheduleFree};
  return library;
}

const Library& timm_library() {
  static const Library library{{"timm", "timm.optim"}, kTimm};
  return library;
}

}  // namespace calando::optimizer
