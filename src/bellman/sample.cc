// SPDX-License-Identifier: MIT
#include "src/bellman/sample.h"

#include <algorithm>

#include "src/bellman/krylov.h"
#include "src/cpu/arena.h"

namespace calando::bellman {
namespace {

constexpr std::uint32_t kSampled = 21;  // choices of a state: the first, the last, the middle one among them
constexpr std::uint32_t kMany = 3;      // times as many: what a sample is worth making for
constexpr double kRough =
    1e-3;  // of the first gap: the choices that are left out matter more than what is nearer
constexpr double kMostWork = 40;  // in sweeps of the whole model

/// A model with a few choices of each state, its rows copied.
class Sample {
 public:
  explicit Sample(const BellmanOperator& model) : whole_(model.arrays()) {
    choice_begin_.push_back(0);
    row_begin_.push_back(0);
    for (std::size_t s = 0; s < model.states(); ++s) take_state(s);
    const std::size_t choices = number_.size();
    const std::size_t transitions = row_begin_.back();
    target_.resize(transitions);
    probability_.resize(transitions);
    reward_.resize(choices);
    discount_.resize(whole_.discount.empty() ? 0 : choices);
    termination_.resize(whole_.termination.empty() ? 0 : choices);
    Vectors(model.team(), choices).each([&](std::size_t i) { copy(i); });
  }

  MdpArrays arrays() const {
    return {choice_begin_, row_begin_, target_, probability_, reward_, discount_, termination_};
  }

 private:
  void take_state(std::size_t s) {
    const std::uint32_t first = whole_.choice_begin[s];
    const std::uint32_t count = whole_.choice_begin[s + 1] - first;
    const std::uint32_t taken = std::min(count, kSampled);
    for (std::uint32_t i = 0; i < taken; ++i) {
      const std::uint32_t c =
          first +
          (taken == count ? i : static_cast<std::uint32_t>(std::uint64_t{i} * (count - 1) / (kSampled - 1)));
      number_.push_back(c);
      row_begin_.push_back(row_begin_.back() + whole_.row_begin[c + 1] - whole_.row_begin[c]);
    }
    choice_begin_.push_back(static_cast<std::uint32_t>(number_.size()));
  }

  void copy(std::size_t i) {
    const std::uint32_t c = number_[i];
    const std::uint32_t from = whole_.row_begin[c];
    const std::uint32_t count = whole_.row_begin[c + 1] - from;
    reward_[i] = whole_.reward[c];
    if (!discount_.empty()) discount_[i] = whole_.discount[c];
    if (!termination_.empty()) termination_[i] = whole_.termination[c];
    std::copy_n(whole_.target.data() + from, count, target_.data() + row_begin_[i]);
    std::copy_n(whole_.probability.data() + from, count, probability_.data() + row_begin_[i]);
  }

  const MdpArrays& whole_;
  std::vector<std::uint32_t> choice_begin_;
  std::vector<std::uint32_t> row_begin_;
  std::vector<std::uint32_t> number_;  // of each choice: the whole model's
  cpu::Array<std::uint32_t> target_;
  cpu::Array<double> probability_;
  cpu::Array<double> reward_;
  cpu::Array<double> discount_;
  cpu::Array<double> termination_;
};

}  // namespace

bool has_many_choices(const BellmanOperator& model) {
  return model.arrays().reward.size() >= std::size_t{kMany} * kSampled * model.states();
}

bool start_from_sample(CertifiedIterate& iterate, InexactPolicyIteration& policies) {
  const Sample sample(iterate.model());
  const BellmanOperator fewer(iterate.model(), sample.arrays());
  const double share = static_cast<double>(fewer.arrays().target.size()) /
                       static_cast<double>(std::max<std::size_t>(1, iterate.model().arrays().target.size()));
  double counted = 0;
  SolveOptions rough;
  rough.tolerance = kRough * iterate.gap();
  rough.max_sweeps = kMostWork / share;
  rough.observer = [&](const SolveProgress& progress) {
    const double more = progress.sweeps * share - counted;
    counted += more;
    return iterate.spend(more);
  };
  CertifiedIterate few(fewer, rough);
  InexactPolicyIteration few_policies(few, Subspace::where_it_pays);
  while (!few.improve()) {
    if (few_policies.evaluate()) break;
  }
  iterate.v.swap(few.next);
  policies.take_over(few_policies);
  return iterate.over();
}

}  // namespace calando::bellman
