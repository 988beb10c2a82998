// SPDX-License-Identifier: MIT
// Peers' schedules by the peers' own names, arguments, order and defaults. Each is a line in the table of its peer
// (dialect_torch.cc, dialect_optax.cc, ...) and one small function that builds the native expression; what has none is
// a Rule of its own, printed as the peer's call.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "calando/fields.h"
#include "calando/schedule.h"
#include "src/schedule/node.h"
#include "src/spec/call.h"

namespace calando::schedule {

class PeerCall;

/// An argument of a peer's class, as the peer has it.
struct PeerArgument {
  enum class Kind {
    base_rate,  // of the optimizer that the peer is given: `lr=`, only by name
    optimizer,  // skipped; its `lr=` is taken where it is a call with one
    rate,       // of 0 or more; a list of one is one
    number,
    whole,   // steps; shares of a run are rounded to whole ones
    length,  // the same, but not rounded
    flag,
    word,  // one of `meaning`, which is "cos|linear"
    numbers,
    any,
    ignored,  // has nothing to do with the rate
    start     // last_epoch and the like: only -1, since a schedule has no position
  };

  std::string_view name;
  Kind kind = Kind::number;
  Interval range;
  std::string_view otherwise;  // the default, as the peer writes it; empty: it has to be given
  std::string_view meaning;
};

/// A schedule of a peer.
struct Dialect {
  std::string_view peer;                // "torch": the prefix
  std::string_view name;                // "CosineAnnealingLR"
  std::string_view module;              // "torch.optim.lr_scheduler"
  std::vector<PeerArgument> arguments;  // in the peer's order
  Schedule (*build)(const PeerCall& in);
  std::string_view formula;
  std::string_view departs;  // empty: nowhere
  StepUnit per = StepUnit::update;
};

/// What a call stands in.
struct PeerContext {
  const RunLength& run;
  std::string_view what;
  std::optional<double> base_rate{};  // of the call around it
  std::string_view peer{};            // whose names need no prefix
};

/// The arguments of one call of a peer's class.
class PeerCall {
 public:
  /// Throws UsageError with the column: unknown or missing arguments, values out of their range.
  PeerCall(const Dialect& dialect, const spec::Call& call, std::size_t column, const PeerContext& context);

  const Dialect& dialect() const { return dialect_; }
  const PeerContext& context() const { return context_; }

  double number(std::string_view name) const;                // rates, numbers, steps
  std::optional<double> maybe(std::string_view name) const;  // None: nothing
  bool flag(std::string_view name) const;
  std::string word(std::string_view name) const;
  const std::vector<double>& numbers(std::string_view name) const;
  bool given(std::string_view name) const;
  /// What stands there, None where it is not given.
  const spec::Value& value(std::string_view name) const;
  double lr() const { return number("lr"); }

  /// Throws "schedule, column 8: torch.StepLR: gamma = -1, expected ...".
  [[noreturn]] void refuse(std::string_view name, std::string_view expected) const;
  [[noreturn]] void refuse_call(std::string_view why) const;
  [[noreturn]] void refuse_at(const spec::Value& at, std::string_view why) const;

  /// The call as this library prints it: arguments by name, no defaults, no optimizer. It reads back to the same.
  spec::Call normalized() const;

 private:
  using Taken = std::variant<std::monostate, double, bool, std::string, std::vector<double>, spec::Value>;

  void assign(const spec::Call& call);
  void take_optimizer(const spec::Value& value);
  void convert(std::size_t index);
  Taken read(const PeerArgument& argument, const spec::Value& value) const;
  double read_number(const PeerArgument& argument, const spec::Value& value) const;
  std::size_t index_of(std::string_view name) const;
  std::string full_name() const;

  const Dialect& dialect_;
  PeerContext context_;
  std::size_t column_;
  std::vector<const spec::Value*> values_;  // by argument; null: not given
  std::vector<Taken> taken_;
  std::optional<spec::Value> lr_of_optimizer_;
};

/// All of them.
const std::vector<Dialect>& dialects();

/// The entry that a path means: "torch.optim.lr_scheduler.StepLR", "torch.StepLR", or "StepLR" where no other peer has
/// one. Null: none.
const Dialect* find_dialect(std::string_view path, std::string_view own_peer = {});

/// "; did you mean ...", among the names of the peer that the path begins with.
std::string suggest_dialect(std::string_view path);

/// The schedule of a call whose path find_dialect() knows.
Schedule read_dialect(const Dialect& dialect, const spec::Call& call, std::size_t column,
                      const PeerContext& context);

/// Whether a schedule has no native expression.
bool is_foreign(const Schedule& schedule);

/// The schedule with an expression of curves in place of each peer's call that has one but for rounding.
Schedule native_form(const Schedule& schedule);

/// The time that a peer's own doubles make of step t, on the axis of the native expression.
using Clock = std::function<DoubleDouble(double t)>;

/// A native expression read by the clock of a peer: what the peer's rounding of a phase adds up to over many cycles,
/// without a second copy of the formula.
Schedule clocked(const PeerCall& in, Schedule native, Clock clock);

/// The schedule of a rule that has no native form.
Schedule foreign(const PeerCall& in, std::shared_ptr<const ForeignRule> rule);
/// The same of a function of whole steps, which holds its value at `length`.
Schedule foreign(const PeerCall& in, std::function<double(double t)> value, double length = kEndless);

// The tables.
std::vector<Dialect> torch_dialects();
std::vector<Dialect> optax_dialects();
std::vector<Dialect> transformers_dialects();
std::vector<Dialect> timm_dialects();
std::vector<Dialect> keras_dialects();
std::vector<Dialect> deepspeed_dialects();
std::vector<Dialect> megatron_dialects();
std::vector<Dialect> fairseq_dialects();
std::vector<Dialect> mlx_dialects();
std::vector<Dialect> llmc_dialects();
std::vector<Dialect> ensmallen_dialects();

/// A rate of `in` that has to be at most the peak: a floor above it is a slip.
double floor_below(const PeerCall& in, std::string_view name, double peak);

/// The members of an argument that is a list of schedules, by the peer's names or any other text form.
std::vector<Schedule> read_members(const PeerCall& in, std::string_view name);

/// A dictionary of whole steps and numbers of 0 or more, in ascending order; a step given twice has its last number.
std::map<double, double> read_steps(const PeerCall& in, std::string_view name);

/// Builds nothing: refuses what depends on losses, and points to --plateau.
Schedule refuse_controller(const PeerCall& in);

// Arguments that many have.
namespace argument {

using Kind = PeerArgument::Kind;

inline constexpr PeerArgument kOptimizer{"optimizer", Kind::optimizer, {}, "None", "skipped"};
inline constexpr PeerArgument kLr{"lr", Kind::base_rate, range::not_negative, "", "the optimizer's rate"};
/// Where there is another way to say it.
inline constexpr PeerArgument kMaybeLr{"lr", Kind::base_rate, range::not_negative, "None",
                                       "the optimizer's rate"};
inline constexpr PeerArgument kLastEpoch{
    "last_epoch", Kind::start, {}, "-1", "none: a schedule has no position"};

constexpr PeerArgument rate(std::string_view name, std::string_view otherwise = {}) {
  return {name, Kind::rate, range::not_negative, otherwise, "a rate"};
}
constexpr PeerArgument number(std::string_view name, Interval range, std::string_view otherwise = {}) {
  return {name, Kind::number, range, otherwise, "a number"};
}
/// Steps, from `least` on.
constexpr PeerArgument whole(std::string_view name, double least, std::string_view otherwise = {}) {
  return {name, Kind::whole, range::closed(least, 0x1p53), otherwise, "whole steps"};
}
constexpr PeerArgument length(std::string_view name, Interval range, std::string_view otherwise = {}) {
  return {name, Kind::length, range, otherwise, "steps"};
}
constexpr PeerArgument flag(std::string_view name, std::string_view otherwise = "False") {
  return {name, Kind::flag, {}, otherwise, "True or False"};
}
constexpr PeerArgument word(std::string_view name, std::string_view words, std::string_view otherwise = {}) {
  return {name, Kind::word, {}, otherwise, words};
}
constexpr PeerArgument numbers(std::string_view name, std::string_view otherwise = {}) {
  return {name, Kind::numbers, {}, otherwise, "a list of numbers"};
}
constexpr PeerArgument any(std::string_view name, std::string_view meaning, std::string_view otherwise = {}) {
  return {name, Kind::any, {}, otherwise, meaning};
}
constexpr PeerArgument ignored(std::string_view name, std::string_view otherwise) {
  return {name, Kind::ignored, {}, otherwise, "ignored"};
}

}  // namespace argument
}  // namespace calando::schedule
