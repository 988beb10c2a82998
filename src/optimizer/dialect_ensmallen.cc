// SPDX-License-Identifier: MIT
// ensmallen's optimizers. Its step sizes are for the sum over a batch or its mean as its version has it; here a gradient is taken as it
// comes.
#include "src/optimizer/dialect.h"

namespace calando::optimizer {
namespace {

/// What says when to stop and what to show.
RuleOptions until(PeerCall& call, RuleOptions options) {
  ignore(call, {"maxIterations", "tolerance", "shuffle", "resetPolicy", "exactObjective"});
  return options;
}

template <class Rule>
void take_start(Peer<Rule>& in, double rate) {
  in.take_rate("stepSize", rate);
  ignore(in.call(), {"batchSize"});
}

template <class Rule>
void take_moments(Peer<Rule>& in, std::string_view epsilon) {
  in.take("beta1", in.rule.beta1);
  in.take("beta2", in.rule.beta2);
  in.take(epsilon, in.rule.epsilon);
}

template <bool amsgrad>
RuleOptions read_adam(PeerCall& call) {
  Peer<Adam> in(call);
  in.rule.epsilon_place = MomentEpsilon::hat;
  in.rule.amsgrad = amsgrad;
  take_start(in, 1e-3);
  take_moments(in, "eps");
  return until(call, in.done());
}

RuleOptions read_adamax(PeerCall& call) {
  Peer<Adamax> in(call);
  in.rule.epsilon_place = EpsilonPlace::outside;
  take_start(in, 1e-3);
  take_moments(in, "eps");
  return until(call, in.done());
}

RuleOptions read_nadam(PeerCall& call) {
  Peer<NAdam> in(call);
  in.rule.epsilon_place = MomentEpsilon::hat;
  take_start(in, 1e-3);
  take_moments(in, "eps");
  return until(call, in.done());
}

RuleOptions read_adagrad(PeerCall& call) {
  Peer<AdaGrad> in(call);
  in.rule.epsilon = 1e-8;
  take_start(in, 0.01);
  in.take("epsilon", in.rule.epsilon);
  return until(call, in.done());
}

RuleOptions read_adadelta(PeerCall& call) {
  Peer<AdaDelta> in(call);
  in.rule.rho = 0.95;
  take_start(in, 1.0);
  in.take("rho", in.rule.rho);
  in.take("epsilon", in.rule.epsilon);
  return until(call, in.done());
}

RuleOptions read_rmsprop(PeerCall& call) {
  Peer<RmsProp> in(call);
  take_start(in, 0.01);
  in.take("alpha", in.rule.rho);
  in.take("epsilon", in.rule.epsilon);
  return until(call, in.done());
}

RuleOptions read_yogi(PeerCall& call) {
  Peer<Yogi> in(call);
  in.rule.epsilon = 1e-8;
  in.rule.bias_correction = false;
  in.rule.initial_accumulator = 0;
  take_start(in, 1e-3);
  take_moments(in, "epsilon");
  return until(call, in.done());
}

/// The same epsilon goes into v at every step.
RuleOptions read_adabelief(PeerCall& call) {
  Peer<AdaBelief> in(call);
  in.rule.epsilon = 1e-12;
  take_start(in, 1e-3);
  take_moments(in, "epsilon");
  in.rule.epsilon_root = in.rule.epsilon;
  return until(call, in.done());
}

template <bool amsbound>
RuleOptions read_adabound(PeerCall& call) {
  Peer<AdaBound> in(call);
  in.rule.amsbound = amsbound;
  take_start(in, 1e-3);
  in.take("finalLr", in.rule.final_rate);
  in.take("gamma", in.rule.gamma);
  take_moments(in, "epsilon");
  return until(call, in.done());
}

RuleOptions read_sgd(PeerCall& call) {
  Peer<Sgd> in(call);
  take_start(in, 0.01);
  return until(call, in.done());
}

/// MomentumSGD(..., updatePolicy=MomentumUpdate(0.5)): the momentum stands in the policy.
template <bool nesterov>
RuleOptions read_momentum(PeerCall& call) {
  Peer<Momentum> in(call);
  in.rule.momentum = 0.5;
  in.rule.nesterov = nesterov;
  in.rule.rate = RatePlace::inside;
  take_start(in, 0.01);
  ignore(call, {"maxIterations", "tolerance", "shuffle"});
  const spec::Value* policy = call.args.take("updatePolicy");
  if (policy != nullptr) {
    const auto* made = std::get_if<spec::Call>(&policy->content);
    if (made == nullptr)
      call.args.refuse("updatePolicy", "MomentumUpdate(0.5) or NesterovMomentumUpdate(0.5)");
    spec::Arguments inner(*made, policy->column, call.args.what());
    PeerCall policy_call{inner, call.run};
    Peer<Momentum> of_policy(policy_call);
    of_policy.take("momentum", of_policy.rule.momentum = 0.5);
    inner.finish();
    in.rule.momentum = of_policy.rule.momentum;
  }
  ignore(call, {"decayPolicy", "resetPolicy", "exactObjective"});
  return in.done();
}

constexpr PeerRule kRules[] = {
    {"Adam", read_adam<false>},
    {"AMSGrad", read_adam<true>},
    {"AdaMax", read_adamax},
    {"Nadam", read_nadam},
    {"AdaGrad", read_adagrad},
    {"AdaDelta", read_adadelta},
    {"RMSProp", read_rmsprop},
    {"Yogi", read_yogi},
    {"AdaBelief", read_adabelief},
    {"AdaBound", read_adabound<false>},
    {"AMSBound", read_adabound<true>},
    {"StandardSGD", read_sgd},
    {"MomentumSGD", read_momentum<false>},
    {"NesterovMomentumSGD", read_momentum<true>},
};

}  // namespace

const Library& ensmallen_library() {
  static const Library library{{"ensmallen", "ens"}, kRules};
  return library;
}

}  // namespace calando::optimizer
