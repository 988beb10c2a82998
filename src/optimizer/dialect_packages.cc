// SPDX-License-Identifier: MIT
// Packages beside the large libraries: schedulefree, timm, prodigyopt, dadaptation, pytorch_optimizer.
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
  const spec::Value* caution = call.args.take_named("caution");
  if (caution != nullptr && call.args.as_boolean("caution", *caution)) call.wrappers.emplace_back(Cautious{});
  refuse_set_named(call, "corrected_weight_decay", "give weight_decay a schedule");
  take_maximise(call, call.args.take_named("maximize"));
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

RuleOptions read_adamw(PeerCall& call) {
  Peer<AdamW> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1e-3);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("amsgrad", in.rule.amsgrad);
  timm_rest(call);
  refuse_set_named(call, "clipping_threshold", "it bounds a tensor's update, which adamw does not");
  return in.done();
}

/// Without weight decay and always_adapt timm's Lamb is Adam.
RuleOptions read_lamb(PeerCall& call) {
  Peer<Lamb> in(call);
  in.rule.weight_decay = 0.01;
  ignore(call, {"params"});
  in.take_rate("lr", 1e-3);
  in.take("bias_correction", in.rule.bias_correction);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  if (!call.args.boolean("grad_averaging", true)) call.args.refuse("grad_averaging", "True");
  call.gradients.clip = 1;
  const spec::Value* clip = call.args.take("max_grad_norm");
  if (clip != nullptr) call.gradients.clip = 0;
  take_clip(call, "max_grad_norm", clip, call.gradients.clip);
  if (call.args.boolean("trust_clip", false)) in.rule.largest_ratio = 1;
  const bool adapts = call.args.boolean("always_adapt", false) || in.rule.weight_decay > 0;
  refuse_set(call, "caution", "the mask would change the ratio");
  refuse_set(call, "decoupled_decay", "the decay is part of the step whose norm is taken");
  refuse_set(call, "corrected_weight_decay", "give weight_decay a schedule");
  ignore(call, {"foreach"});
  RuleOptions options = in.done();
  if (!adapts) {
    Adam adam;
    adam.beta1 = in.rule.beta1, adam.beta2 = in.rule.beta2, adam.epsilon = in.rule.epsilon;
    adam.bias_correction = in.rule.bias_correction;
    options.rule = adam;
  }
  return options;
}

/// Without weight decay and always_adapt timm's Lars is plain momentum.
RuleOptions read_lars(PeerCall& call) {
  Peer<Lars> in(call);
  in.rule.momentum = 0;
  in.rule.epsilon = 1e-8;
  in.rule.rate_in_momentum = false;
  ignore(call, {"params"});
  in.take_rate("lr", 1.0);
  in.take("momentum", in.rule.momentum);
  refuse_set(call, "dampening", "lars has none");
  in.take("weight_decay", in.rule.weight_decay);
  in.take("nesterov", in.rule.nesterov);
  in.take("trust_coeff", in.rule.trust);
  in.take("eps", in.rule.epsilon);
  refuse_set(call, "trust_clip", "the ratio is not bounded");
  const bool adapts = call.args.boolean("always_adapt", false) || in.rule.weight_decay > 0;
  ignore(call, {"foreach"});
  RuleOptions options = in.done();
  if (!adapts) options.rule = Momentum{.momentum = in.rule.momentum, .nesterov = in.rule.nesterov};
  return options;
}

RuleOptions read_novograd(PeerCall& call) {
  Peer<NovoGrad> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1e-3);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("grad_averaging", in.rule.gradient_averaging);
  refuse_set(call, "amsgrad", "novograd keeps no largest v");
  refuse_set(call, "decoupled_decay", "the decay is part of the momentum");
  refuse_set(call, "corrected_weight_decay", "give weight_decay a schedule");
  return in.done();
}

/// decouple=True
template <class Rule>
void take_decouple(Peer<Rule>& in, bool otherwise) {
  in.rule.decay = in.call().args.boolean("decouple", otherwise) ? Decay::decoupled : Decay::coupled;
}

RuleOptions read_prodigy(PeerCall& call) {
  Peer<Prodigy> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1.0);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("beta3", in.rule.beta3);
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  take_decouple(in, true);
  in.take("use_bias_correction", in.rule.bias_correction);
  in.take("safeguard_warmup", in.rule.safeguard_warmup);
  in.take("d0", in.rule.d0);
  in.take("d_coef", in.rule.coefficient);
  take_growth(call, "growth_rate", in.rule.growth);
  refuse_set(call, "fsdp_in_use", "parameters are in one place");
  if (call.args.integer("slice_p", 1) != 1) call.args.refuse("slice_p", "1: all elements are looked at");
  return in.done();
}

RuleOptions read_dadapt_adam(PeerCall& call) {
  Peer<DAdaptAdam> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1.0);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  ignore(call, {"log_every"});
  take_decouple(in, false);
  in.take("use_bias_correction", in.rule.bias_correction);
  in.take("d0", in.rule.d0);
  take_growth(call, "growth_rate", in.rule.growth);
  refuse_set(call, "fsdp_in_use", "parameters are in one place");
  return in.done();
}

RuleOptions read_dadapt_sgd(PeerCall& call) {
  Peer<DAdaptSgd> in(call);
  ignore(call, {"params"});
  in.take_rate("lr", 1.0);
  in.take("momentum", in.rule.momentum);
  in.take("weight_decay", in.rule.weight_decay);
  ignore(call, {"log_every"});
  in.take("d0", in.rule.d0);
  take_growth(call, "growth_rate", in.rule.growth);
  refuse_set(call, "fsdp_in_use", "parameters are in one place");
  return in.done();
}

RuleOptions read_shampoo(PeerCall& call) {
  Peer<Shampoo> in(call);
  in.rule.epsilon = 1e-6;
  ignore(call, {"params"});
  in.take_rate("lr", 1e-3);
  refuse_set(call, "momentum",
             "there it mixes the last step into the gradient; shampoo(momentum=0.9) keeps a buffer of steps");
  in.take("weight_decay", in.rule.weight_decay);
  in.rule.decay = call.args.boolean("weight_decouple", false) ? Decay::decoupled : Decay::coupled;
  refuse_set(call, "fixed_decay", "the decay is multiplied by the rate");
  if (call.args.integer("preconditioning_compute_steps", 1) != 1)
    call.args.refuse("preconditioning_compute_steps",
                     "1, which does not leave out the first steps; shampoo(frequency=10)");
  in.take("matrix_eps", in.rule.epsilon);
  take_maximise(call, call.args.take("maximize"));
  return in.done();
}

RuleOptions read_soap(PeerCall& call) {
  Peer<Soap> in(call);
  in.rule.largest = 10000;
  ignore(call, {"params"});
  in.take_rate("lr", 3e-3);
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("shampoo_beta", in.rule.beta);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("precondition_frequency", in.rule.frequency);
  in.take("max_precondition_dim", in.rule.largest);
  refuse_set(call, "merge_dims", "axes are turned one by one");
  in.take("precondition_1d", in.rule.vectors);
  in.take("correct_bias", in.rule.bias_correction);
  refuse_set(call, "normalize_gradient", "the step is not normalised");
  ignore(call, {"data_format"});
  in.take("eps", in.rule.epsilon);
  take_maximise(call, call.args.take("maximize"));
  return in.done();
}

constexpr PeerRule kScheduleFree[] = {{"SGDScheduleFree", read_schedule_free_sgd},
                                      {"AdamWScheduleFree", read_schedule_free_adamw}};
constexpr PeerRule kTimm[] = {
    {"RMSpropTF", read_rmsprop_tf}, {"Lion", read_lion}, {"Adan", read_adan}, {"Adopt", read_adopt},
    {"AdamWLegacy", read_adamw},    {"Lamb", read_lamb}, {"Lars", read_lars}, {"NvNovoGrad", read_novograd}};
constexpr PeerRule kProdigy[] = {{"Prodigy", read_prodigy}};
constexpr PeerRule kDAdaptation[] = {{"DAdaptAdam", read_dadapt_adam}, {"DAdaptSGD", read_dadapt_sgd}};
constexpr PeerRule kPytorchOptimizer[] = {{"Shampoo", read_shampoo}, {"SOAP", read_soap}};

}  // namespace

const Library& schedulefree_library() {
  static const Library library{{"schedulefree"}, kScheduleFree};
  return library;
}

const Library& prodigy_library() {
  static const Library library{{"prodigyopt"}, kProdigy};
  return library;
}

const Library& dadaptation_library() {
  static const Library library{{"dadaptation"}, kDAdaptation};
  return library;
}

const Library& pytorch_optimizer_library() {
  static const Library library{{"pytorch_optimizer"}, kPytorchOptimizer};
  return library;
}

const Library& timm_library() {
  static const Library library{{"timm", "timm.optim"}, kTimm};
  return library;
}

}  // namespace calando::optimizer
