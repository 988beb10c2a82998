// SPDX-License-Identifier: MIT
// PyTorch's torch.optim.
#include <algorithm>
#include <string>

#include "src/optimizer/dialect.h"

namespace calando::optimizer {
namespace {

/// What every optimizer of torch takes and what changes no number here.
void rest(PeerCall& call) {
  ignore_named(call, {"foreach", "capturable", "differentiable", "fused"});
  take_maximise(call, call.args.take_named("maximize"));
}

/// The same where torch takes some of it by position.
void rest(PeerCall& call, std::initializer_list<std::string_view> positional) {
  for (const std::string_view name : positional) {
    if (name == "maximize") {
      take_maximise(call, call.args.take(name));
    } else {
      call.args.take(name);
    }
  }
}

RuleOptions read_sgd(PeerCall& call) {
  Peer<Momentum> in(call);
  in.rule.momentum = 0;
  in.take_rate("lr", 1e-3);
  in.take("momentum", in.rule.momentum);
  in.take("dampening", in.rule.dampening);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("nesterov", in.rule.nesterov);
  rest(call);
  RuleOptions options = in.done();
  const bool moves = in.rule.momentum > 0 || !options.scheduled.empty();
  if (in.rule.nesterov && (!moves || in.rule.dampening != 0)) {
    call.args.refuse("nesterov needs a momentum above 0 and no dampening");
  }
  if (!moves) options.rule = Sgd{.weight_decay = in.rule.weight_decay};
  return options;
}

template <class Rule>
void take_moments(Peer<Rule>& in) {
  in.take_tuple("betas", {&in.rule.beta1, &in.rule.beta2});
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
}

/// decoupled_weight_decay=True
template <class Rule>
void take_decoupled(Peer<Rule>& in, bool by_position) {
  PeerCall& call = in.call();
  const spec::Value* value =
      by_position ? call.args.take("decoupled_weight_decay") : call.args.take_named("decoupled_weight_decay");
  if (value == nullptr) return;
  in.rule.decay = call.args.as_boolean("decoupled_weight_decay", *value) ? Decay::decoupled : Decay::coupled;
}

RuleOptions read_adam(PeerCall& call) {
  Peer<Adam> in(call);
  in.take_rate("lr", 1e-3);
  take_moments(in);
  in.take("amsgrad", in.rule.amsgrad);
  take_decoupled(in, false);
  rest(call);
  return in.done();
}

RuleOptions read_adamw(PeerCall& call) {
  Peer<AdamW> in(call);
  in.take_rate("lr", 1e-3);
  take_moments(in);
  in.take("amsgrad", in.rule.amsgrad);
  rest(call);
  return in.done();
}

RuleOptions read_nadam(PeerCall& call) {
  Peer<NAdam> in(call);
  in.take_rate("lr", 2e-3);
  take_moments(in);
  in.take("momentum_decay", in.rule.momentum_decay);
  take_decoupled(in, true);
  rest(call);
  return in.done();
}

RuleOptions read_radam(PeerCall& call) {
  Peer<RAdam> in(call);
  in.rule.epsilon_place = MomentEpsilon::hat;
  in.take_rate("lr", 1e-3);
  take_moments(in);
  take_decoupled(in, true);
  rest(call);
  return in.done();
}

RuleOptions read_adamax(PeerCall& call) {
  Peer<Adamax> in(call);
  in.take_rate("lr", 2e-3);
  take_moments(in);
  rest(call, {"foreach"});
  rest(call);
  return in.done();
}

RuleOptions read_adagrad(PeerCall& call) {
  Peer<AdaGrad> in(call);
  in.take_rate("lr", 1e-2);
  in.take("lr_decay", in.rule.rate_decay);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("initial_accumulator_value", in.rule.initial_accumulator);
  in.take("eps", in.rule.epsilon);
  rest(call, {"foreach"});
  rest(call);
  return in.done();
}

RuleOptions read_adadelta(PeerCall& call) {
  Peer<AdaDelta> in(call);
  in.take_rate("lr", 1.0);
  in.take("rho", in.rule.rho);
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  rest(call, {"foreach"});
  rest(call);
  return in.done();
}

RuleOptions read_rmsprop(PeerCall& call) {
  Peer<RmsProp> in(call);
  in.take_rate("lr", 1e-2);
  in.take("alpha", in.rule.rho);
  in.take("eps", in.rule.epsilon);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("momentum", in.rule.momentum);
  in.take("centered", in.rule.centered);
  rest(call, {"capturable", "foreach", "maximize", "differentiable"});
  return in.done();
}

RuleOptions read_rprop(PeerCall& call) {
  Peer<Rprop> in(call);
  in.take_rate("lr", 1e-2);
  in.take_tuple("etas", {&in.rule.eta_minus, &in.rule.eta_plus});
  in.take_tuple("step_sizes", {&in.rule.least, &in.rule.most});
  rest(call);
  return in.done();
}

RuleOptions read_asgd(PeerCall& call) {
  Peer<Asgd> in(call);
  in.take_rate("lr", 1e-2);
  in.take("lambd", in.rule.lambda);
  in.take("alpha", in.rule.alpha);
  in.take("t0", in.rule.start);
  in.take("weight_decay", in.rule.weight_decay);
  rest(call, {"foreach", "maximize", "differentiable", "capturable"});
  return in.done();
}

RuleOptions read_adafactor(PeerCall& call) {
  Peer<Adafactor> in(call);
  in.rule.epsilon = std::nullopt;
  in.rule.epsilon_place = AdafactorEpsilon::floor;
  in.take_rate("lr", 1e-2);
  const double power = call.args.number("beta2_decay", -0.8);
  if (!(power <= 0)) call.args.refuse("beta2_decay", "beta2_decay <= 0");
  in.rule.decay_power = -power;
  if (const spec::Value* eps = call.args.take("eps")) {
    const auto* pair = std::get_if<spec::List>(&eps->content);
    if (pair == nullptr || pair->items.size() != 2) call.args.refuse("eps", "(number or None, number)");
    in.take_from("eps", &pair->items[0], in.rule.epsilon);
    in.take_from("eps", &pair->items[1], in.rule.smallest_scale);
  }
  in.take("d", in.rule.clip);
  in.take("weight_decay", in.rule.weight_decay);
  rest(call);
  return in.done();
}

RuleOptions read_muon(PeerCall& call) {
  Peer<Muon> in(call);
  in.take_rate("lr", 1e-3);
  in.take("weight_decay", in.rule.weight_decay);
  in.take("momentum", in.rule.momentum);
  in.take("nesterov", in.rule.nesterov);
  in.take_tuple("ns_coefficients", {&in.rule.a, &in.rule.b, &in.rule.c});
  in.take("eps", in.rule.epsilon);
  in.take("ns_steps", in.rule.steps);
  const spec::Value* scale = call.args.take("adjust_lr_fn");
  if (scale != nullptr && !std::holds_alternative<spec::None>(scale->content)) {
    const std::string name = call.args.as_text("adjust_lr_fn", *scale);
    if (name == "match_rms_adamw") {
      in.rule.scale = MuonScale::match_rms;
    } else if (name == "spectral_unclamped") {
      in.rule.scale = MuonScale::spectral;
    } else if (name != "original") {
      call.args.refuse("adjust_lr_fn", "original, match_rms_adamw or spectral_unclamped");
    }
  }
  rest(call);
  return in.done();
}

RuleOptions read_lbfgs(PeerCall& call) {
  Peer<Lbfgs> in(call);
  in.rule = {.iterations = 20, .history = 100, .line_search = LineSearch::none};
  in.take_rate("lr", 1);
  in.take("max_iter", in.rule.iterations);
  in.rule.evaluations = std::max(1, static_cast<int>(static_cast<std::int64_t>(in.rule.iterations) * 5 / 4));
  in.take("max_eval", in.rule.evaluations);
  in.take("tolerance_grad", in.rule.tolerance_gradient);
  in.take("tolerance_change", in.rule.tolerance_change);
  in.take("history_size", in.rule.history);
  const spec::Value* search = call.args.take("line_search_fn");
  if (search != nullptr && !std::holds_alternative<spec::None>(search->content)) {
    if (call.args.as_text("line_search_fn", *search) != "strong_wolfe")
      call.args.refuse("line_search_fn", "None or strong_wolfe");
    in.rule.line_search = LineSearch::strong_wolfe;
  }
  rest(call);
  return in.done();
}

/// model.parameters(), or params=...: there is nothing to take from it.
template <RuleOptions (*read)(PeerCall&)>
RuleOptions after_parameters(PeerCall& call) {
  call.args.take("params");
  return read(call);
}

constexpr PeerRule kRules[] = {
    {"SGD", after_parameters<read_sgd>},         {"Adam", after_parameters<read_adam>},
    {"AdamW", after_parameters<read_adamw>},     {"NAdam", after_parameters<read_nadam>},
    {"RAdam", after_parameters<read_radam>},     {"Adamax", after_parameters<read_adamax>},
    {"Adagrad", after_parameters<read_adagrad>}, {"Adadelta", after_parameters<read_adadelta>},
    {"RMSprop", after_parameters<read_rmsprop>}, {"Rprop", after_parameters<read_rprop>},
    {"ASGD", after_parameters<read_asgd>},       {"Adafactor", after_parameters<read_adafactor>},
    {"Muon", after_parameters<read_muon>},       {"LBFGS", after_parameters<read_lbfgs>},
};

}  // namespace

const Library& torch_library() {
  static const Library library{{"torch", "torch.optim", "optim"}, kRules};
  return library;
}

}  // namespace calando::optimizer
