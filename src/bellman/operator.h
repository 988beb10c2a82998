// SPDX-License-Identifier: MIT
// Bellman's operator: one traversal of the model that backs up, measures and chooses, and the bounds its measure proves.
#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "calando/mdp.h"
#include "calando/solve.h"
#include "src/bellman/blocks.h"
#include "src/cpu/threads.h"

namespace calando::bellman {

/// What a sweep has seen, each change (Q - v) divided by 1 - beta where beta differs between choices.
struct Extremes {
  double low = std::numeric_limits<double>::infinity();    // over the states, of their best choice
  double high = -std::numeric_limits<double>::infinity();  // over all choices
  double magnitude = 0;                                    // the largest |v|

  void merge(const Extremes& other) noexcept {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
    magnitude = std::max(magnitude, other.magnitude);
  }
  double span() const noexcept { return high - low; }
  double size() const noexcept { return std::max(std::abs(low), std::abs(high)); }
};

/// v + lower <= optimal value <= v + upper, in every state.
struct Shifts {
  double lower;
  double upper;
  double gap() const noexcept { return upper - lower; }
};

/// Of the inner products of a sweep.
enum class Precision { plain, twice };

/// What the values of successors are multiplied by, and whether that makes a contraction.
struct Discounting {
  double factor;
  bool contracts =
      true;  // false: of a horizon, or of rewards per step; shifts() then proves no more than one step
  std::uint32_t extra_depth = 0;  // roundings of a choice beyond those of its row
};

/// The operator of a discounted model, as a maximum: to minimise, rewards change their sign, and so do the values.
class BellmanOperator {
 public:
  /// Throws:  UsageError: the discount; DataError naming the choice whose beta is too near to 1
  BellmanOperator(const Mdp& model, Discounting discounting, Objective objective, cpu::Team& team);
  /// Of some of the choices of another's model, with their own arrays.
  BellmanOperator(const BellmanOperator& whole, MdpArrays fewer);
  virtual ~BellmanOperator() = default;
  BellmanOperator(const BellmanOperator&) = delete;
  BellmanOperator& operator=(const BellmanOperator&) = delete;

  /// next = T v; policy[s] is the first choice that attains it, as an index into the model's choices.
  virtual Extremes sweep(std::span<const double> v, std::span<double> next,
                         std::span<std::uint32_t> policy) const;

  /// The same, and Q - v of each choice, rounded to single precision.
  Extremes sweep_all_choices(std::span<const double> v, std::span<double> next,
                             std::span<std::uint32_t> policy, std::span<float> advantage) const;

  /// The same as sweep() for v = 0, from the rewards alone.
  virtual Extremes sweep_of_zero(std::span<double> next, std::span<std::uint32_t> policy) const;

  /// The same with inner products of twice the precision, several times as slow.
  Extremes sweep_precisely(std::span<const double> v, std::span<double> next,
                           std::span<std::uint32_t> policy) const;
  virtual bool can_be_precise() const noexcept { return true; }

  /// The same, but a state sees the new values of those before it in its block. The extremes are those of next - v and prove
  /// nothing.
  Extremes sweep_gauss_seidel(std::span<const double> v, std::span<double> next,
                              std::span<std::uint32_t> policy) const;

  /// What a sweep proves.
  ///
  ///   v + min_s (Q - v)/(1 - beta) of one choice  <=  V*  <=  v + max_{s,a} (Q - v)/(1 - beta)
  ///
  /// Error:   rounding included, of the sweep and of the model's row sums
  /// Source:  MacQueen 1966; Porteus 1971, with beta(s,a) in the place of the one discount.
  Shifts shifts(const Extremes& extremes, Precision precision = Precision::plain) const noexcept;

  /// The part of a gap that rounding alone makes, for values of that magnitude.
  double rounding_gap(double magnitude, Precision precision = Precision::plain) const noexcept;

  /// Whether beta is the same for all choices: then adding a constant to v changes no policy.
  bool uniform() const noexcept { return uniform_; }
  /// How far a computed Q can be from the one of the model as stored, for values of that magnitude.
  double rounding_error(double magnitude, Precision precision = Precision::plain) const noexcept;
  /// Of choice c, signed so that the larger is the better.
  double reward(std::size_t c) const noexcept { return sign_ * arrays_.reward[c]; }
  /// Of choice c: the discount of what follows.
  double factor(std::size_t c) const noexcept {
    return arrays_.discount.empty() ? discount_ : discount_ * arrays_.discount[c];
  }
  /// 1 / (1 - beta), of the largest beta.
  double largest_weight() const noexcept { return largest_weight_; }
  double discount() const noexcept { return discount_; }
  double row_slack() const noexcept { return measures_.row_slack; }
  double sign() const noexcept { return sign_; }
  const MdpArrays& arrays() const noexcept { return arrays_; }
  const Blocks& blocks() const noexcept { return blocks_; }
  cpu::Team& team() const noexcept { return team_; }
  std::size_t states() const noexcept { return arrays_.choice_begin.size() - 1; }

 protected:
  /// Of a model without rows: `arrays` has the choices of states and nothing else. Blocks have so many states.
  BellmanOperator(MdpArrays arrays, const MdpMeasures& measures, bool uniform, std::uint32_t states_of_block,
                  Discounting discounting, Objective objective, cpu::Team& team);

  template <class Block>
  Extremes sweep_blocks(const Block& block) const;
  /// 1 / (1 - beta) of choice c; 1 where beta is uniform.
  double weight(std::size_t c) const noexcept { return weight_.empty() ? 1 : weight_[c]; }

 private:
  /// What a sweep writes; of no use where empty.
  struct Written {
    double* next;
    std::uint32_t* policy;
    float* advantage = nullptr;
  };
  template <Precision kPrecision, bool kAdvantages = false, class Values>
  Extremes sweep_states(std::uint32_t first, std::uint32_t last, const double* v, const Values& seen,
                        const Written& out) const noexcept;
  /// How rows are read: asked for ahead where successors lie all over, and where they follow each other without being named.
  enum class Reading { plain, ahead, runs };
  template <bool kUniform, Precision kPrecision, bool kAdvantages, Reading kReading, class Values>
  Extremes sweep_block(std::uint32_t first, std::uint32_t last, const double* v, const Values& seen,
                       const Written& out) const noexcept;
  void weigh_choices();
  void find_runs();
  void prepare(const std::string& name);

  MdpArrays arrays_;
  Blocks blocks_;
  cpu::Team& team_;
  double discount_;
  double sign_;
  bool uniform_;
  Reading reading_ = Reading::plain;
  // Of each choice: the first of its successors, where these follow each other. Empty where few do.
  std::vector<std::uint32_t> run_;
  MdpMeasures measures_;
  double reward_rounding_;
  std::vector<double> weight_;  // 1 / (1 - beta) of each choice; empty where they are equal
  double largest_weight_;
  double weight_error_;  // relative
};

template <class Block>
Extremes BellmanOperator::sweep_blocks(const Block& block) const {
  std::vector<Extremes> extremes(blocks_.count());
  team_.run(blocks_.count(),
            [&](std::size_t i) { extremes[i] = block(blocks_.first[i], blocks_.first[i + 1]); });
  Extremes all;
  for (const Extremes& of_block : extremes) all.merge(of_block);
  return all;
}

}  // namespace calando::bellman
