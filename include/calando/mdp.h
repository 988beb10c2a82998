// SPDX-License-Identifier: MIT
// Markov decision processes as flat arrays: state -> choices -> transitions.
//
//   MdpBuilder builder("two states");
//   builder.add_state();
//   builder.add_choice(5.0).add(0, 0.5).add(1, 0.5);
//   builder.add_choice(10.0).add(1, 1.0);
//   builder.add_state();
//   builder.add_choice(-1.0).add(1, 1.0);
//   Mdp model = std::move(builder).build();
//
//   Mdp lake = read_mdp("lake.json");    // or make_mdp("garnet(1000, 10, 10)")
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace calando {

/// The arrays of a model. The choices of state s are [choice_begin[s], choice_begin[s + 1]), the transitions of choice c
/// are [row_begin[c], row_begin[c + 1]).
///
/// Shapes:  choice_begin: states + 1; row_begin: choices + 1; target, probability: transitions; reward, discount,
///          termination: choices, the last two possibly empty; least, most: transitions, or empty
/// Units:   probability in (0, 1]; of a choice they sum to 1 - termination; reward: what is expected of the choice, in any
///          unit; discount in [0, 1]: a factor of the choice's own beside the one that is solved for; 0 <= least <= most <= 1:
///          a probability that is only known to lie between them, as the criterion `robust` takes it
struct MdpArrays {
  std::span<const std::uint32_t> choice_begin;
  std::span<const std::uint32_t> row_begin;
  std::span<const std::uint32_t> target;
  std::span<const double> probability;
  std::span<const double> reward;
  std::span<const double> discount;
  std::span<const double> termination;
  std::span<const double> least = {};
  std::span<const double> most = {};
};

/// What is known of a model beside its numbers.
struct MdpNotes {
  std::string name = "model";                                // a file or a family: what errors call it by
  std::map<std::string, std::vector<std::uint32_t>> labels;  // states by name, ascending
  std::size_t grid_columns = 0;  // state = row * grid_columns + column; 0: no grid
  std::string grid_arrows = {};  // of a grid: the direction of each choice, of < > ^ v; empty: not known
  std::vector<std::string> remarks =
      {};                        // what a file says beside the model: "its values are costs: --minimise"
  std::size_t rows_divided = 0;  // choices whose probabilities were divided by their sum
  double reward_rounding = 0;    // largest error of a reward that was added up from several
};

/// What the check found, from which the bounds of rounding are made.
struct MdpMeasures {
  double row_slack =
      0;  // largest |sum of a row + its termination - 1|, and what dividing by the sum has added
  double largest_reward = 0;         // in absolute value
  std::uint32_t rounding_depth = 2;  // roundings between a transition and the value of its choice, at most
  bool targets_ascend = false;       // in each row, without a repetition
};

/// A model that has been checked. Cheap to copy: the arrays are shared.
class Mdp {
 public:
  /// `owner` keeps the arrays alive. Rows that sum to 1 within 1e-6 are divided by their sum where rounding does not explain
  /// the difference.
  ///
  /// Throws:  DataError naming state and choice: probabilities that are negative, not finite or sum to something else, targets
  ///          out of range, states without choices, rewards that are not finite, discounts outside of [0, 1]
  Mdp(MdpArrays arrays, std::shared_ptr<const void> owner, MdpNotes notes = {});

  std::size_t states() const noexcept { return arrays_.choice_begin.size() - 1; }
  std::size_t choices() const noexcept { return arrays_.reward.size(); }
  std::size_t transitions() const noexcept { return arrays_.target.size(); }
  const MdpArrays& arrays() const noexcept { return arrays_; }
  const MdpNotes& notes() const noexcept { return notes_; }
  const MdpMeasures& measures() const noexcept { return measures_; }

  /// The states of a label.
  ///
  /// Throws:  UsageError with the labels that there are.
  const std::vector<std::uint32_t>& label(std::string_view name) const;

 private:
  MdpArrays arrays_;
  std::shared_ptr<const void> owner_;
  MdpNotes notes_;
  MdpMeasures measures_;
};

/// Builds a model state by state, choice by choice, transition by transition, in this order.
class MdpBuilder {
 public:
  explicit MdpBuilder(std::string name);
  ~MdpBuilder();
  MdpBuilder(MdpBuilder&&) noexcept;
  MdpBuilder& operator=(MdpBuilder&&) noexcept;

  /// The next state; returns its number.
  std::uint32_t add_state();
  /// The next choice of the last state.
  MdpBuilder& add_choice(double reward, double discount = 1);
  /// Adds to the reward of the last choice.
  MdpBuilder& pay(double reward);
  /// A transition of the last choice, and what it pays: its reward times its probability is added to the choice's. Those
  /// of probability 0 are dropped.
  MdpBuilder& add(std::uint32_t target, double probability, double reward = 0);
  /// A transition whose probability is only known to lie between two numbers. Its `probability` becomes one that makes the
  /// choice's sum to 1, with the same share of each interval.
  MdpBuilder& add_between(std::uint32_t target, double least, double most);
  /// With this probability the process ends and pays nothing more.
  MdpBuilder& terminate(double probability, double reward = 0);

  MdpBuilder& label(const std::string& name, std::uint32_t state);
  /// State = row * columns + column. `arrows` has the direction of each choice: "<v>^".
  MdpBuilder& grid(std::size_t columns, std::string_view arrows = {});
  MdpBuilder& remark(std::string text);

  std::uint32_t states() const noexcept;

  /// Throws:  DataError as Mdp does; UsageError: more than 2^32 - 2 states, choices or transitions.
  Mdp build() &&;

 private:
  struct Storage;
  std::unique_ptr<Storage> storage_;
};

/// Reads a model of any format that docs/bellman.md lists, told by its content; the native form without a copy. What belongs to
/// a file is found beside it: model.lab, model.srew and model.trew of model.tra. "-" is standard input.
///
/// Throws:  DataError
Mdp read_mdp(const std::string& path);

/// Writes the native form.
void write_mdp(const std::string& path, const Mdp& model);

/// A standard model from its text form: "garnet(1000, 10, 10, seed=1)", "forest(states=3)", ... The same bits everywhere.
///
/// Throws:  UsageError
Mdp make_mdp(std::string_view family);

/// The families' text forms with their defaults and what they are, for lists and help.
struct MdpFamily {
  std::string name;
  std::string summary;
  std::string arguments;  // "states=1000, choices=10"
};
std::vector<MdpFamily> mdp_families();

}  // namespace calando
