// SPDX-License-Identifier: MIT
#include "src/bellman/refine.h"

#include <cmath>

namespace calando::bellman {
namespace {

constexpr double kLargestShare = 0.34;  // of the choices, or what two in each state are, if that is less
constexpr double kSmallestShare = 0.125;
constexpr double kMostPolicy =
    0.22;  // of the choices: where a policy is more, sweeping one is not much less than sweeping all
constexpr double kMostWork = 8;     // of a round, in sweeps, from which on its candidates are measured anew
constexpr double kLeastGain = 0.5;  // the part of the distance that a round may leave
constexpr double kDeep = 1e-5;      // of the distance: more, single precision does not give
constexpr double kShallow = 1e-2;   // where other choices may turn out to be the better
constexpr int kMostRepeats = 3;     // of a round with the same candidates
constexpr int kFirstSweeps = 6;     // after which their rate is known
constexpr int kMostSweeps = 50;     // of one policy
constexpr double kManySweeps = 16;  // from then on other methods are the cheaper

}  // namespace

Refinement::Refinement(CertifiedIterate& iterate)
    : iterate_(iterate), candidates_(iterate.model()), advantage_(iterate.model().arrays().reward.size()) {}

/// What shrinks to zero: constants do not count where they change no policy.
double Refinement::distance(const Extremes& change) const noexcept {
  return iterate_.model().uniform() ? change.span() : change.size();
}

Refinement::Change Refinement::measure_change() const {
  const BellmanOperator& model = iterate_.model();
  if (model.uniform()) return about_middle(iterate_.extremes().low, iterate_.extremes().high);
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (std::size_t s = 0; s < iterate_.v.size(); ++s) {
    low = std::min(low, iterate_.next[s] - iterate_.v[s]);
    high = std::max(high, iterate_.next[s] - iterate_.v[s]);
  }
  return about_middle(low, high);
}

Refinement::Change Refinement::about_middle(double low, double high) const noexcept {
  Change change{low, high, 0, 0};
  const double middle = (low + high) / 2;
  if (iterate_.model().uniform() && high - low < std::abs(middle)) change.middle = middle;
  change.scale = std::max(std::abs(change.low - change.middle), std::abs(change.high - change.middle));
  return change;
}

/// As much as is wanted, and no more than is cheap to sweep.
double Refinement::slack_for(double size) const {
  const Measured measured{iterate_.policy, advantage_};
  const MdpArrays& a = iterate_.model().arrays();
  const double two =
      2 * static_cast<double>(iterate_.model().states()) / static_cast<double>(a.reward.size());
  const double most = std::clamp(two, kSmallestShare, kLargestShare);
  double slack = reach_ * size;
  for (int tries = 0; tries < 12; ++tries) {
    if (candidates_.sample_share(measured, slack) <= most) return slack;
    slack *= 0.5;
  }
  return 0;
}

bool Refinement::run() {
  const MdpArrays& arrays = iterate_.model().arrays();
  slow_ = static_cast<double>(arrays.choice_begin.size() - 1) >
          kMostPolicy * static_cast<double>(arrays.reward.size());
  if (slow_) return false;
  const Change change = measure_change();
  if (!(change.scale > 0) || !std::isfinite(change.scale)) {
    iterate_.accept();
    return false;
  }
  const double size = distance(Extremes{change.low, change.high});
  if (last_ > 0) {
    const bool kept = size <= 4 * promised_;
    depth_ = kept ? kDeep : kShallow;
    if (!kept && size > 0.1 * last_) reach_ = std::min(64.0, 2 * reach_);
    slow_ = size > kLeastGain * last_;
    if (slow_) return false;
  }
  last_ = size;
  candidates_.select({iterate_.policy, advantage_}, slack_for(size), change.middle, change.scale);
  const std::size_t states = iterate_.model().states();
  e_.resize(states);
  next_.resize(states);
  for (std::size_t s = 0; s < states; ++s)
    e_[s] = static_cast<float>((iterate_.next[s] - iterate_.v[s] - change.middle) / change.scale);
  policy_ = candidates_.first_policy();
  const double first = size / change.scale;
  const double goal = std::max(iterate_.enough() / change.scale, depth_ * first);
  if (iterate_candidates(first, goal)) return true;
  if (slow_) return false;
  promised_ *= change.scale;
  add(change);
  for (int k = 0; k < kMostRepeats && depth_ == kDeep && promised_ > iterate_.enough(); ++k) {
    if (run_again()) return true;
  }
  return false;
}

/// The same candidates measured where the last round has left the values: what single precision could not tell is told now, for
/// the part of a sweep that they are.
bool Refinement::run_again() {
  const Extremes extremes = candidates_.measure(iterate_.v, e_, policy_);
  if (iterate_.spend(candidates_.work())) return true;
  const Change change = about_middle(extremes.low, extremes.high);
  promised_ = 0;
  if (!(change.scale > 0) || !std::isfinite(change.scale)) return false;
  candidates_.scale(change.middle, change.scale);
  for (float& x : e_) x = static_cast<float>((x - change.middle) / change.scale);
  const double first = distance(extremes) / change.scale;
  if (iterate_candidates(first, std::max(iterate_.enough() / change.scale, depth_ * first))) return true;
  if (slow_) promised_ = 0;  // the next proof tells
  slow_ = false;
  promised_ *= change.scale;
  add(change);
  return false;
}

/// What the last sweep has changed in every state alike, the sweeps that would follow would go on changing.
void Refinement::add(const Change& change) {
  const double weight = iterate_.model().largest_weight();
  const double later = iterate_.model().uniform() ? change.scale * drift_ * (weight - 1) : 0;
  const double all = change.middle * weight + later;
  cpu::Array<double>& v = iterate_.v;
  for (std::size_t s = 0; s < v.size(); ++s) v[s] += all + change.scale * static_cast<double>(e_[s]);
}

/// Policies in turn, until an improvement changes no more than `goal`.
bool Refinement::iterate_candidates(double first, double goal) {
  const double start = iterate_.sweeps();
  double smallest = first;
  int without_gain = 0;
  promised_ = first;
  drift_ = 0;
  while (promised_ > goal) {
    if (evaluate(std::max(goal / 2, 0.1 * promised_))) return true;
    if (slow_) break;
    const Extremes change = candidates_.improve(e_, next_, policy_);
    promised_ = distance(change);
    drift_ = (change.low + change.high) / 2;
    e_.swap(next_);
    if (iterate_.spend(candidates_.work())) return true;
    without_gain = promised_ < 0.7 * smallest ? 0 : without_gain + 1;
    smallest = std::min(smallest, promised_);
    if (without_gain >= 6 || iterate_.sweeps() - start > kMostWork) break;
  }
  return false;
}

bool Refinement::sweep(double& now) {
  now = distance(candidates_.apply(policy_, e_, next_));
  e_.swap(next_);
  return iterate_.spend(candidates_.policy_work());
}

/// Sweeps of one policy.
bool Refinement::evaluate(double goal) {
  double now = 0;
  for (int k = 0; k < kMostSweeps; ++k) {
    const double last = now;
    if (sweep(now)) return true;
    if (now <= goal) break;
    if (k < kFirstSweeps) continue;
    slow_ = !(std::log(goal / now) / std::log(now / last) < kManySweeps);
    if (slow_) break;
  }
  return false;
}

}  // namespace calando::bellman
