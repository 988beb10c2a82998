// SPDX-License-Identifier: MIT
// Between two proofs: the values of the model whose choices are those that may still matter, in single precision.
#pragma once

#include <vector>

#include "src/bellman/candidates.h"
#include "src/bellman/certified.h"

namespace calando::bellman {

/// Improves the iterate by modified policy iteration over the candidates, as long as sweeps gain quickly. How much is asked of a
/// round depends on what the last proof has made of the round before.
class Refinement {
 public:
  explicit Refinement(CertifiedIterate& iterate);

  /// A certified sweep that remembers what the next round starts from. True where the solve is over.
  bool improve() { return iterate_.improve(advantage_); }
  /// v <- about the values over the candidates of the last improve(). True where the solve is over.
  bool run();
  /// Whether that has turned out to gain too little: the iterate is then where the last improve() left it.
  bool slow() const noexcept { return slow_; }

 private:
  struct Change {
    double low;
    double high;
    double middle;  // what is missing in every state alike
    double scale;
  };
  Change measure_change() const;
  Change about_middle(double low, double high) const noexcept;
  double distance(const Extremes& change) const noexcept;
  double slack_for(double size) const;
  bool iterate_candidates(double first, double goal);
  bool evaluate(double goal);
  bool sweep(double& now);
  bool run_again();
  void add(const Change& change);

  CertifiedIterate& iterate_;
  Candidates candidates_;
  cpu::Array<float> advantage_;
  cpu::Array<float> e_;
  cpu::Array<float> next_;
  std::vector<std::uint32_t> policy_;  // of the candidates
  double promised_ = 0;                // the distance that the last round has left among its candidates
  double drift_ = 0;                   // by which the last sweep of a round has changed every state alike
  double reach_ = 1;                   // slack over distance
  double depth_ = 0.5;                 // of a round: the part of the distance that may be left
  double last_ = 0;                    // the distance that the last round has begun with
  bool slow_ = false;
};

}  // namespace calando::bellman
