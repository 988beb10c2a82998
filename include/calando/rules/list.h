// SPDX-License-Identifier: MIT
// The one list of update rules. A new rule is a file beside this one and its name here.
//
// An elementwise rule is a struct of options with
//
//   kName, kFormula, kSource, kDeparts    texts; kDeparts is empty where the rule is its source's
//   kStates                         names of the numbers that it keeps for each parameter, at most four
//   std::size_t states() const      how many of them these options need: the first ones of kStates
//   fields(self, visit)             the options, see calando/fields.h
//   Scalars                         named doubles that it keeps for each group (NAdam's running product), with fields(self, visit);
//                                   saved with its state
//   Coefficients<T>                 what a step needs, in the type of the parameters
//   at<T>(t, lr, scalars) const     works the coefficients out, in double, and advances the scalars; t is 1 at the first step. Called
//                                   once a step, so a step that differs (the first one of AdOpt or Rprop) differs by coefficients
//   update(k, p, g, states...)      the formula, on one element, in T: float or double. CALANDO_LANE, static; one overload for each
//                                   number of states() there can be. Only + - * / sqrt, comparisons and ?: (same bits everywhere)
//
// and, where it applies,
//
//   double initial_state(i) const   what state i starts from; 0 without it
//   kKinds                          a StateKind for each of kStates, which says how a state may be stored in few bits; without it all
//                                   are StateKind::exact
//   bool idle_without_gradient() const     whether g = 0 leaves p and the states as they are, so that rows without gradient may be
//                                          left out; false without it
//   T evaluated(T p, states...) const      the weight to evaluate with, where it is not the one that is trained (schedule-free, ASGD)
//   kTorch                          PyTorch's names of the states, for its state_dict; and kTorchClass, the name of its class
//
// A rule that sees whole tensors (norms, matrices) is a struct with kName, kFormula, kSource, fields(), and no update(); its work is
// a TensorRule made by make_tensor_rule (src/optimizer/tensor_rule.h), and it stands in CALANDO_FOR_EACH_TENSOR_RULE. One that evaluates
// the loss by itself has kSearches, an Engine of its own, and stands in CALANDO_FOR_EACH_SEARCHING_RULE.
//
// kWholeGroup: it sums over all tensors of a group, which have to be of one type.
// kRate is the rate that a rule is used with where nobody says one; 0.001 without it.
#pragma once

#include <type_traits>
#include <variant>

#include "calando/rules/all.h"  // every file beside this one; written when the build is configured

// Macros, because each instruction set's kernels are instantiated by name.
// clang-format off
#define CALANDO_FOR_EACH_RULE(X) \
  X(Sgd) X(Momentum) X(AdaGrad) X(AdaDelta) X(RmsProp) X(Adam) X(AdamW) X(NAdam) X(RAdam) X(Adamax) X(Yogi) X(AdaBelief) \
  X(AdaBound) X(Lion) X(Signum) X(Qhm) X(Adan) X(AdEMAMix) X(Adopt) X(Madgrad) X(Rprop) X(Asgd) X(ScheduleFree) X(ScheduleFreeSgd) X(Ftrl)
// clang-format on
#define CALANDO_FOR_EACH_TENSOR_RULE(X) \
  X(Lamb) X(Lars) X(NovoGrad) X(Adafactor) X(Muon) X(Prodigy) X(DAdaptAdam) X(DAdaptSgd) X(Shampoo) X(Soap)
#define CALANDO_FOR_EACH_SEARCHING_RULE(X) X(Lbfgs)

namespace calando {
namespace rules {

template <class Nothing, class... Rules>
struct VariantOf {
  using type = std::variant<Rules...>;
};

template <class Rule>
inline constexpr bool kElementwise = requires {
  typename Rule::Scalars;
};
template <class Rule>
inline constexpr bool kSearches = requires {
  Rule::kSearches;
};

}  // namespace rules

#define CALANDO_AND(Rule) , Rule
using AnyRule = rules::VariantOf<void CALANDO_FOR_EACH_RULE(CALANDO_AND) CALANDO_FOR_EACH_TENSOR_RULE(
    CALANDO_AND) CALANDO_FOR_EACH_SEARCHING_RULE(CALANDO_AND)>::type;
#undef CALANDO_AND

}  // namespace calando
