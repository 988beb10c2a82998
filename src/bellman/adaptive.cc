// SPDX-License-Identifier: MIT
#include "src/bellman/adaptive.h"

#include <cmath>
#include <memory>

#include "src/bellman/inexact.h"
#include "src/bellman/refine.h"
#include "src/bellman/sample.h"
#include "src/bellman/wavefront.h"

namespace calando::bellman {
namespace {

/// How much work the rest would take at the rate since a mark.
class Forecast {
 public:
  explicit Forecast(const CertifiedIterate& iterate) : iterate_(iterate) { mark(); }

  void mark() {
    work_ = iterate_.sweeps();
    gap_ = iterate_.gap();
  }
  double work() const { return iterate_.sweeps() - work_; }
  double rest() const {
    const double gained = std::log(gap_ / iterate_.gap());
    if (!(gained > 0)) return std::numeric_limits<double>::infinity();
    return work() * to_gain() / gained;
  }
  /// The sweeps that the rest would take if each left that part of the gap.
  double rest_at(double rate) const { return to_gain() / std::max(0.0, -std::log(rate)); }

 private:
  double to_gain() const { return std::max(0.0, std::log(iterate_.gap() / (2 * iterate_.tolerance()))); }

  const CertifiedIterate& iterate_;
  double work_ = 0;
  double gap_ = 0;
};

constexpr double kLong =
    30;  // sweeps to go, from which on a wavefront is worth a trial: to build one costs as much
constexpr double kWaveCost = 5;    // of a sweep of a wave, in sweeps: one thread, states far apart
constexpr int kTrial = 4;          // sweeps of a wave that tell what it promises
constexpr int kLongest = 20;       // sweeps of a wave between two proofs
constexpr double kFirstTrial = 8;  // sweeps after which the first is thought of

class Adaptive {
 public:
  explicit Adaptive(CertifiedIterate& iterate)
      : iterate_(iterate), policies_(iterate, Subspace::where_it_pays) {}

  Method run() {
    if (has_many_choices(iterate_.model()) && (iterate_.improve() || start_from_sample(iterate_, policies_)))
      return Method::modified_policy_iteration;
    if (refine()) return Method::modified_policy_iteration;
    Forecast forecast(iterate_);
    double next_trial = kFirstTrial;
    while (!iterate_.over()) {
      if (policies_.evaluate() || iterate_.improve()) break;
      const double rest = forecast.rest();
      if (iterate_.sweeps() < next_trial || rest < kLong || policies_.has_help()) {
        if (forecast.work() > kFirstTrial) forecast.mark();
        continue;
      }
      if (try_wavefront(rest)) return Method::wavefront;
      if (iterate_.over()) break;
      forecast.mark();
      next_trial = 2 * iterate_.sweeps();
    }
    return policies_.has_used_subspaces() ? Method::bicgstab : Method::modified_policy_iteration;
  }

 private:
  /// True where it has finished the solve; otherwise sweeps of policies gain little.
  bool refine() {
    Refinement refinement(iterate_);
    while (!refinement.improve()) {
      if (refinement.run()) return true;
      if (refinement.slow()) return false;
    }
    return true;
  }

  /// True where it has finished the solve; otherwise the iterate is where it was, or nearer.
  bool try_wavefront(double rest_of_policies) {
    cpu::Array<double> saved = iterate_.v;
    const double gap = iterate_.gap();
    if (wave_ == nullptr) wave_ = std::make_unique<Wavefront>(iterate_);
    const double all = iterate_.sweeps();
    const double affordable = std::max(2 * kLong, all);
    Forecast forecast(iterate_);
    for (int sweeps = kTrial;; sweeps = std::min(2 * sweeps, kLongest)) {
      if (wave_->run(sweeps) || iterate_.improve()) return true;
      // What the first sweeps gain, those that follow may not.
      const double rest = std::max(forecast.rest(), forecast.rest_at(wave_->rate()));
      if (!(kWaveCost * rest < rest_of_policies && rest < affordable)) break;
      forecast.mark();
    }
    if (iterate_.gap() < gap) return false;
    iterate_.v.swap(saved);
    iterate_.improve();
    return false;
  }

  CertifiedIterate& iterate_;
  InexactPolicyIteration policies_;
  std::unique_ptr<Wavefront> wave_;
};

}  // namespace

Method solve_adaptively(CertifiedIterate& iterate) { return Adaptive(iterate).run(); }

}  // namespace calando::bellman
