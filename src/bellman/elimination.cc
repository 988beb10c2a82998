// SPDX-License-Identifier: MIT
#include "src/bellman/elimination.h"

#include <cmath>
#include <memory>

#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

/// A model with fewer choices, its rows copied, and the operator on it.
class Remaining {
 public:
  /// `keep[c] != 0`: choice c of `model` stays; `number`: what its choices are called in the first model.
  Remaining(const BellmanOperator& model, std::span<const std::uint8_t> keep,
            std::span<const std::uint32_t> number) {
    const MdpArrays& a = model.arrays();
    choice_begin_.push_back(0);
    row_begin_.push_back(0);
    for (std::size_t s = 0; s < model.states(); ++s) {
      for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
        if (keep[c] != 0) take(a, c, number.empty() ? c : number[c]);
      }
      choice_begin_.push_back(static_cast<std::uint32_t>(number_.size()));
    }
    operator_ = std::make_unique<BellmanOperator>(
        model, MdpArrays{choice_begin_, row_begin_, target_, probability_, reward_, discount_, termination_});
  }

  const BellmanOperator& model() const noexcept { return *operator_; }
  std::span<const std::uint32_t> number() const noexcept { return number_; }

 private:
  void take(const MdpArrays& a, std::uint32_t c, std::uint32_t number) {
    number_.push_back(number);
    reward_.push_back(a.reward[c]);
    if (!a.discount.empty()) discount_.push_back(a.discount[c]);
    if (!a.termination.empty()) termination_.push_back(a.termination[c]);
    for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
      target_.push_back(a.target[i]);
      probability_.push_back(a.probability[i]);
    }
    row_begin_.push_back(static_cast<std::uint32_t>(target_.size()));
  }

  std::vector<std::uint32_t> choice_begin_;
  std::vector<std::uint32_t> row_begin_;
  std::vector<std::uint32_t> target_;
  std::vector<double> probability_;
  std::vector<double> reward_;
  std::vector<double> discount_;
  std::vector<double> termination_;
  std::vector<std::uint32_t> number_;
  std::unique_ptr<BellmanOperator> operator_;
};

/// Marks what the last sweep leaves; how many those are.
std::size_t mark_remaining(const CertifiedIterate& iterate, std::span<const float> advantage,
                           std::vector<std::uint8_t>& keep) {
  const BellmanOperator& model = iterate.model();
  const MdpArrays& a = model.arrays();
  const Shifts& shifts = iterate.shifts();
  const double rounding = 2 * model.rounding_error(iterate.extremes().magnitude) +
                          std::abs(shifts.upper) * (model.row_slack() + 0x1p-50);
  std::size_t kept = 0;
  for (std::size_t c = 0; c < keep.size(); ++c) {
    const double going_on = a.termination.empty() ? 1 : std::max(0.0, 1 - a.termination[c]);
    const auto behind = static_cast<double>(advantage[c]);
    const double at_most =
        behind + std::abs(behind) * 0x1p-22 + model.factor(c) * going_on * shifts.upper + rounding;
    keep[c] = at_most < shifts.lower ? 0 : 1;
    kept += keep[c];
  }
  return kept;
}

}  // namespace

void action_elimination(CertifiedIterate& iterate) {
  constexpr double kWorthCopying = 0.75;
  std::vector<float> advantage(iterate.model().arrays().reward.size());
  std::vector<std::uint8_t> keep(advantage.size());
  std::unique_ptr<Remaining> remaining;
  while (!iterate.improve(advantage)) {
    iterate.accept();
    if (!iterate.knows_all_choices()) continue;
    const std::size_t kept = mark_remaining(iterate, advantage, keep);
    if (static_cast<double>(kept) > kWorthCopying * static_cast<double>(keep.size())) continue;
    auto fewer = std::make_unique<Remaining>(
        iterate.model(), keep, remaining ? remaining->number() : std::span<const std::uint32_t>());
    iterate.restrict_to(fewer->model(), fewer->number());
    remaining = std::move(fewer);
    advantage.resize(kept);
    keep.resize(kept);
  }
  iterate.forget_restriction();
}

}  // namespace calando::bellman
