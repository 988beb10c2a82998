// SPDX-License-Identifier: MIT
// Models whose rows are made when they are asked for: stored, or solved without being stored.
//
//   struct Walk : calando::MdpGenerator {
//     std::uint32_t states() const override { return 1'000'000; }
//     void write_state(std::uint32_t s, calando::ChoiceWriter& out) const override {
//       out.choice(s == 0 ? 1 : 0).to(s == 0 ? 0 : s - 1, 0.5).to(std::min(s + 1, states() - 1), 0.5);
//     }
//   };
//   Solution s = solve(Walk(), {.discount = 0.99});   // holds a few numbers a state, and no transition
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calando/mdp.h"
#include "calando/solve.h"

namespace calando {

/// Takes the choices of one state. Its memory is used again for the next.
class ChoiceWriter {
 public:
  struct Choice {
    double reward;
    double discount;
    double termination;
    std::uint32_t end;  // of its transitions
  };

  ChoiceWriter& choice(double reward, double discount = 1) {
    choices_.push_back({reward, discount, 0, static_cast<std::uint32_t>(target_.size())});
    return *this;
  }
  /// A transition of the last choice. Those of probability 0 are dropped.
  ChoiceWriter& to(std::uint32_t target, double probability) {
    if (probability == 0) return *this;
    target_.push_back(target);
    probability_.push_back(probability);
    ++choices_.back().end;
    return *this;
  }
  /// With this probability the process ends.
  ChoiceWriter& ends(double probability) {
    choices_.back().termination += probability;
    return *this;
  }

  void clear() noexcept {
    choices_.clear();
    target_.clear();
    probability_.clear();
  }
  const std::vector<Choice>& choices() const noexcept { return choices_; }
  const std::vector<std::uint32_t>& target() const noexcept { return target_; }
  const std::vector<double>& probability() const noexcept { return probability_; }

 private:
  std::vector<Choice> choices_;
  std::vector<std::uint32_t> target_;
  std::vector<double> probability_;
};

/// Makes the rows of a model. Called from several threads at a time, many times for each state, with the same answer each time.
class MdpGenerator {
 public:
  virtual ~MdpGenerator() = default;
  virtual std::uint32_t states() const = 0;
  virtual void write_state(std::uint32_t state, ChoiceWriter& out) const = 0;
};

/// All rows made once and kept.
///
/// Throws:  DataError as Mdp does
Mdp store_mdp(const MdpGenerator& generator, const std::string& name = "generated model");

/// Solves the discounted criterion by value iteration, making all rows in every sweep and keeping none.
///
/// Error:   the same bounds as of a stored model
/// Throws:  UsageError: another criterion or method; DataError as Mdp does, but rows that sum to 1 within rounding only
Solution solve(const MdpGenerator& generator, const SolveOptions& options);

}  // namespace calando
