// SPDX-License-Identifier: MIT
// Other libraries' optimizers by their own names: torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95)). Each is a rule of
// ours with other names, another order, other defaults and sometimes other conventions of the arguments.
//
// A new one is one line in the table of its library's file, dialect_LIBRARY.cc, and a small function where no other one fits.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calando/optimizer.h"
#include "src/schedule/read.h"
#include "src/spec/arguments.h"
#include "src/spec/fields.h"

namespace calando::optimizer {

/// A call in a library's words, while it is read.
struct PeerCall {
  spec::Arguments& args;
  const RunLength& run;
  GradientOptions gradients = {};  // what the call says beside the rule
  std::vector<AnyWrapper> wrappers = {};
};

/// A library's name for an optimizer, and what reads its arguments.
struct PeerRule {
  std::string_view name;
  RuleOptions (*read)(PeerCall&);
};

/// A library: the paths that its names stand behind, and the names.
struct Library {
  std::vector<std::string_view> paths;
  std::span<const PeerRule> rules;
};

const Library& torch_library();
const Library& optax_library();
const Library& keras_library();
const Library& tensorflow_library();
const Library& ensmallen_library();
const Library& schedulefree_library();
const Library& timm_library();
const Library& prodigy_library();
const Library& dadaptation_library();
const Library& pytorch_optimizer_library();

/// Null where no library has it.
const PeerRule* find_peer_rule(std::string_view path);

/// All of them, by the first path of their library, or the one that `like` begins with: for suggestions and lists.
std::vector<std::string> peer_rule_names(std::string_view like = "");

/// Reads a peer's arguments into a rule. Each is checked against the range of the option that it becomes, under the peer's name.
///
/// Throws:  UsageError with the column.
template <class Rule>
class Peer {
 public:
  explicit Peer(PeerCall& call) : call_(call) {}

  Rule rule;

  /// An argument that becomes an option: a number, a schedule where that is a number, True or False; None leaves the default.
  template <class Field>
  void take(std::string_view name, Field& field) {
    take_value(name, call_.args.take(name), field);
  }

  /// The same of a value in hand.
  template <class Field>
  void take_from(std::string_view name, const spec::Value* value, Field& field) {
    take_value(name, value, field);
  }

  /// (0.9, 0.999)
  void take_tuple(std::string_view name, std::initializer_list<double*> fields) {
    const spec::Value* value = call_.args.take(name);
    if (value == nullptr) return;
    const auto* list = std::get_if<spec::List>(&value->content);
    if (list == nullptr || list->items.size() != fields.size()) {
      call_.args.refuse(name, std::to_string(fields.size()) + " numbers in parentheses");
    }
    std::size_t i = 0;
    for (double* field : fields) take_value(name, &list->items[i++], *field);
  }

  /// The learning rate: a number or a schedule.
  void take_rate(std::string_view name, double otherwise) {
    const spec::Value* value = call_.args.take(name);
    rate_ = value == nullptr ? Schedule(otherwise)
                             : schedule::read_schedule(*value, call_.run, call_.args.what());
  }
  void take_rate(std::string_view name) {
    const spec::Value& value = call_.args.value(name);
    rate_ = schedule::read_schedule(value, call_.run, call_.args.what());
  }
  const Schedule& rate() const { return *rate_; }

  PeerCall& call() { return call_; }

  RuleOptions done() {
    RuleOptions options(rule);
    options.rate = std::move(rate_);
    options.scheduled = std::move(scheduled_);
    return options;
  }

 private:
  template <class Field>
  void take_value(std::string_view name, const spec::Value* value, Field& field) {
    if (value == nullptr || std::holds_alternative<spec::None>(value->content)) return;
    Rule::fields(rule, [&]<class Option>(std::string_view own, Option& option, const auto&... about) {
      if constexpr (std::is_same_v<Option, Field>) {
        if (&option == &field) take_option(name, own, *value, option, about...);
      }
    });
  }

  void take_option(std::string_view name, std::string_view own, const spec::Value& value, double& option,
                   const Interval& range, std::string_view) {
    if (std::holds_alternative<spec::Call>(value.content) ||
        std::holds_alternative<spec::Sequence>(value.content)) {
      scheduled_.emplace_back(own, schedule::read_schedule(value, call_.run, call_.args.what()));
      return;
    }
    const auto* number = std::get_if<spec::Number>(&value.content);
    const bool fits = number != nullptr && number->unit == spec::Unit::none && range.contains(number->value);
    if (!fits) {
      call_.args.refuse(value, std::string(name) + " = " + spec::to_string(value) + ", expected " +
                                   spec::expected_text(name, range));
    }
    option = number->value;
  }
  void take_option(std::string_view name, std::string_view own, const spec::Value& value,
                   std::optional<double>& option, const Interval& range, std::string_view meaning) {
    double number = 0;
    take_option(name, own, value, number, range, meaning);
    option = number;
  }
  void take_option(std::string_view name, std::string_view, const spec::Value& value, int& option,
                   const Interval& range, std::string_view) {
    const std::int64_t number = call_.args.as_integer(name, value);
    if (!range.contains(static_cast<double>(number)) || number > std::numeric_limits<int>::max())
      call_.args.refuse(value, std::string(name) + " = " + std::to_string(number) + ", expected " +
                                   spec::expected_text(name, range));
    option = static_cast<int>(number);
  }
  void take_option(std::string_view name, std::string_view, const spec::Value& value, bool& option,
                   std::string_view) {
    option = call_.args.as_boolean(name, value);
  }

  PeerCall& call_;
  std::optional<Schedule> rate_;
  std::vector<std::pair<std::string, Schedule>> scheduled_;
};

/// maximize=True
void take_maximise(PeerCall& call, const spec::Value* value);

/// A number above 0 that becomes a bound on gradients; None and 0: none.
void take_clip(PeerCall& call, std::string_view name, const spec::Value* value, double& bound);

/// float("inf"), or a number above 1.
void take_growth(PeerCall& call, std::string_view name, std::optional<double>& growth);

/// Arguments without effect on any number, accepted and dropped.
void ignore(PeerCall& call, std::initializer_list<std::string_view> names);

/// The same by name only.
void ignore_named(PeerCall& call, std::initializer_list<std::string_view> names);

/// Arguments that would change numbers and that a rule does not have: only the value that changes nothing is accepted, which is None,
/// False or 0.
void refuse_set(PeerCall& call, std::string_view name, std::string_view why);
void refuse_set_named(PeerCall& call, std::string_view name, std::string_view why);

}  // namespace calando::optimizer
