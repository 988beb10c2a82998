// SPDX-License-Identifier: MIT
#include "src/bellman/certified.h"

#include <cmath>

namespace calando::bellman {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kLongestHistory = 1000;

/// A number at most, or at least, as large as what was rounded to x; cheaper than the neighbour of x.
double below(double x) { return x - (std::abs(x) * 0x1p-52 + 0x1p-1074); }
double above(double x) { return x + (std::abs(x) * 0x1p-52 + 0x1p-1074); }

}  // namespace

CertifiedIterate::CertifiedIterate(const BellmanOperator& model, const SolveOptions& options)
    : v(model.states(), 0.0),
      next(model.states()),
      policy(model.states()),
      model_(&model),
      whole_(&model),
      options_(options) {
  solution_.lower.assign(model.states(), -kInfinity);
  solution_.upper.assign(model.states(), kInfinity);
}

Extremes CertifiedIterate::sweep(std::span<float> advantage) {
  knows_all_ = precision_ == Precision::plain && !advantage.empty();
  if (precision_ == Precision::twice) {
    const Extremes extremes = model_->sweep_precisely(v, next, policy);
    if (!advantage.empty()) know_the_best_alone(advantage);
    return extremes;
  }
  if (advantage.empty()) return model_->sweep(v, next, policy);
  return model_->sweep_all_choices(v, next, policy, advantage);
}

void CertifiedIterate::know_the_best_alone(std::span<float> advantage) const {
  std::fill(advantage.begin(), advantage.end(), -std::numeric_limits<float>::infinity());
  for (std::size_t s = 0; s < v.size(); ++s) advantage[policy[s]] = static_cast<float>(next[s] - v[s]);
}

Extremes CertifiedIterate::sweep_of_zero(std::span<float> advantage) {
  for (std::size_t c = 0; c < advantage.size(); ++c) advantage[c] = static_cast<float>(model_->reward(c));
  knows_all_ = !advantage.empty();
  return model_->sweep_of_zero(next, policy);
}

bool CertifiedIterate::improve() { return improve({}); }

bool CertifiedIterate::improve(std::span<float> advantage) {
  const bool first =
      sweeps_certified_ == 0 && std::all_of(v.begin(), v.end(), [](double x) { return x == 0; });
  extremes_ = first ? sweep_of_zero(advantage) : sweep(advantage);
  shifts_ = model_->shifts(extremes_, precision_);
  gap_ = shifts_.gap();
  const bool enough = gap_ <= 2 * options_.tolerance;
  if (gap_ < smallest_gap_ || smallest_gap_ == kInfinity) publish();
  sweeps_without_gain_ = gap_ < 0.99 * smallest_gap_ ? 0 : sweeps_without_gain_ + 1;
  smallest_gap_ = std::min(smallest_gap_, gap_);
  budget_.tell_gap(smallest_gap_);
  const bool spent = spend(first ? 0 : work_of_sweep());
  record();
  if (enough && solution_.report.gap <= 2 * options_.tolerance) return budget_.stop(SolveStatus::converged);
  if (!spent && at_rounding_limit()) {
    if (precision_ == Precision::twice || !model_->can_be_precise())
      return budget_.stop(SolveStatus::rounding_limit);
    precision_ = Precision::twice;
    sweeps_without_gain_ = 0;
    nothing_to_gain_ = little_to_gain_ = false;
  }
  return spent;
}

double CertifiedIterate::work_of_sweep() const noexcept {
  const auto all = static_cast<double>(whole_->arrays().target.size());
  return number_.empty() || all == 0 ? 1 : static_cast<double>(model_->arrays().target.size()) / all;
}

void CertifiedIterate::restrict_to(const BellmanOperator& fewer, std::span<const std::uint32_t> number) {
  model_ = &fewer;
  number_ = number;
}

void CertifiedIterate::forget_restriction() noexcept {
  model_ = whole_;
  number_ = {};
}

void CertifiedIterate::shift() {
  const double middle = (extremes_.low + extremes_.high) / 2;
  if (!model_->uniform() || !(extremes_.span() < std::abs(middle))) return;
  const double missing = middle * (model_->largest_weight() - 1);
  for (double& x : next) x += missing;
}

double CertifiedIterate::enough() const noexcept {
  const double goal = std::max(options_.tolerance, 2 * model_->rounding_gap(extremes_.magnitude, precision_));
  return goal / (2 * model_->largest_weight());
}

/// Whether no further sweep can narrow the bounds by much.
bool CertifiedIterate::at_rounding_limit() {
  const double floor = model_->rounding_gap(extremes_.magnitude, precision_);
  if (nothing_to_gain_ || (gap_ <= 1.25 * floor && floor > 2 * options_.tolerance)) return true;
  return gap_ <= 16 * floor && (little_to_gain_ || sweeps_without_gain_ >= 1000);
}

void CertifiedIterate::record() {
  if (sweeps_certified_++ % record_every_ != 0) return;
  auto& history = solution_.report.history;
  history.push_back({solution_.report.sweeps, smallest_gap_});
  if (history.size() < kLongestHistory) return;
  for (std::size_t i = 0; 2 * i < history.size(); ++i) history[i] = history[2 * i];
  history.resize(kLongestHistory / 2);
  record_every_ *= 2;
}

/// Intersects what the last sweep has proven with what was proven before.
void CertifiedIterate::publish() {
  const Blocks& blocks = model_->blocks();
  std::vector<double> gaps(blocks.count());
  model_->team().run(blocks.count(), [&](std::size_t block) {
    double gap = 0;
    for (std::uint32_t s = blocks.first[block]; s < blocks.first[block + 1]; ++s) {
      solution_.lower[s] = std::max(solution_.lower[s], below(v[s] + shifts_.lower));
      solution_.upper[s] = std::min(solution_.upper[s], above(v[s] + shifts_.upper));
      gap = std::max(gap, above(solution_.upper[s] - solution_.lower[s]));
    }
    gaps[block] = gap;
  });
  solution_.report.gap = *std::max_element(gaps.begin(), gaps.end());
  published_policy_ = policy;
  if (number_.empty()) return;
  for (std::uint32_t& c : published_policy_) c = number_[c];
}

Solution CertifiedIterate::finish(Method method) && {
  solution_.report.method = method;
  if (model_->sign() < 0) {
    solution_.lower.swap(solution_.upper);
    for (double& x : solution_.lower) x = -x;
    for (double& x : solution_.upper) x = -x;
  }
  solution_.values.resize(model_->states());
  solution_.policy.resize(model_->states());
  for (std::size_t s = 0; s < model_->states(); ++s) {
    solution_.values[s] = solution_.lower[s] + (solution_.upper[s] - solution_.lower[s]) / 2;
    solution_.policy[s] = static_cast<std::int32_t>(published_policy_[s] - model_->arrays().choice_begin[s]);
  }
  solution_.report.seconds = budget_.seconds();
  return std::move(solution_);
}

}  // namespace calando::bellman
