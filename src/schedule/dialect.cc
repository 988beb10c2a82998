// SPDX-License-Identifier: MIT
// Peers' schedules: which entry a path means, and what all of them have in common.
#include "src/schedule/dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "calando/error.h"
#include "src/schedule/read.h"
#include "src/spec/nearest.h"

namespace calando::schedule {
namespace {

std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

/// Whether `outer` is, or begins or ends with, the dotted path `part`.
bool begins_with(std::string_view outer, std::string_view part) {
  return outer.substr(0, part.size()) == part && (outer.size() == part.size() || outer[part.size()] == '.');
}
bool ends_with(std::string_view outer, std::string_view part) {
  if (outer.size() < part.size() || outer.substr(outer.size() - part.size()) != part) return false;
  return outer.size() == part.size() || outer[outer.size() - part.size() - 1] == '.';
}

/// torch.optim.lr_scheduler, optim.lr_scheduler and lr_scheduler are one; tf.keras... is keras...
bool is_module(const Dialect& dialect, std::string_view module) {
  if (begins_with(module, "tf")) module.remove_prefix(std::min<std::size_t>(3, module.size()));
  if (dialect.peer == "mlx" && module == "optim") return true;  // import mlx.optimizers as optim
  return begins_with(module, dialect.peer) || ends_with(dialect.module, module);
}

/// A rule that is a function of whole steps.
class FunctionRule final : public ForeignRule {
 public:
  FunctionRule(std::function<double(double)> value, double length)
      : value_(std::move(value)), length_(length) {}
  double at(Step t) const override { return value_(static_cast<double>(t)); }
  double length() const override { return length_; }

 private:
  std::function<double(double)> value_;
  double length_;
};

}  // namespace

const std::vector<Dialect>& dialects() {
  static const std::vector<Dialect> all = [] {
    std::vector<Dialect> list;
    for (auto* table : {torch_dialects, optax_dialects, transformers_dialects, timm_dialects, keras_dialects,
                        deepspeed_dialects, megatron_dialects, fairseq_dialects, mlx_dialects, llmc_dialects,
                        ensmallen_dialects}) {
      for (Dialect& dialect : table()) list.push_back(std::move(dialect));
    }
    return list;
  }();
  return all;
}

const Dialect* find_dialect(std::string_view path, std::string_view own_peer) {
  const auto [module, name] = split_path(path);
  const Dialect* found = nullptr;
  for (const Dialect& dialect : dialects()) {
    if (dialect.name != name) continue;
    if (!module.empty() && is_module(dialect, module)) return &dialect;
    if (!module.empty()) continue;
    if (dialect.peer == own_peer) return &dialect;
    if (found != nullptr) return nullptr;  // several peers have one
    found = &dialect;
  }
  return found;
}

std::string suggest_dialect(std::string_view path) {
  const auto [module, name] = split_path(path);
  std::vector<std::string> names;
  std::string_view peer;
  for (const Dialect& dialect : dialects()) {
    if (!module.empty() && is_module(dialect, module)) peer = dialect.peer;
  }
  std::vector<std::string> same;
  for (const Dialect& dialect : dialects()) {
    if (module.empty() && dialect.name == name) same.push_back(fmt::format("{}.{}", dialect.peer, name));
    if (peer.empty() || dialect.peer == peer) names.emplace_back(dialect.name);
  }
  if (same.size() > 1) return fmt::format("; there are {}", fmt::join(same, " and "));
  const std::string nearest = spec::nearest(name, names);
  if (nearest.empty()) return peer.empty() ? "" : fmt::format("; {} has {}", peer, fmt::join(names, ", "));
  if (peer.empty()) return fmt::format("; did you mean \"{}\"?", nearest);
  return fmt::format("; did you mean \"{}.{}\"?", peer, nearest);
}

Schedule read_dialect(const Dialect& dialect, const spec::Call& call, std::size_t column,
                      const PeerContext& context) {
  const PeerCall in(dialect, call, column, context);
  try {
    return dialect.build(in);
  } catch (const UsageError& error) {
    const std::string_view message = error.what();
    if (message.find(", column ") != std::string_view::npos) throw;
    in.refuse_call(message);
  }
}

bool is_foreign(const Schedule& schedule) { return std::holds_alternative<Foreign>(schedule.node().form); }

Schedule foreign(const PeerCall& in, std::shared_ptr<const ForeignRule> rule) {
  return make(Foreign{in.normalized(), std::move(rule)});
}

Schedule foreign(const PeerCall& in, std::function<double(double)> value, double length) {
  return foreign(in, std::make_shared<const FunctionRule>(std::move(value), length));
}

double floor_below(const PeerCall& in, std::string_view name, double peak) {
  const double low = in.number(name);
  if (low > peak) in.refuse(name, fmt::format("at most the peak, {}", peak));
  return low;
}

std::vector<Schedule> read_members(const PeerCall& in, std::string_view name) {
  const auto* list = std::get_if<spec::List>(&in.value(name).content);
  if (list == nullptr || list->dictionary || list->items.empty()) in.refuse(name, "a list of schedules");
  std::vector<Schedule> members;
  for (const spec::Value& item : list->items) {
    const auto* call = std::get_if<spec::Call>(&item.content);
    const Dialect* own = call == nullptr ? nullptr : find_dialect(call->path, in.dialect().peer);
    const bool is_own = own != nullptr && own->peer == in.dialect().peer;
    members.push_back(is_own ? read_dialect(*own, *call, item.column, in.context())
                             : read_schedule(item, in.context().run, in.context().what));
  }
  return members;
}

std::map<double, double> read_steps(const PeerCall& in, std::string_view name) {
  std::map<double, double> steps;
  const spec::Value& value = in.value(name);
  if (std::holds_alternative<spec::None>(value.content)) return steps;
  const auto* list = std::get_if<spec::List>(&value.content);
  if (list == nullptr || (!list->dictionary && !list->items.empty()))
    in.refuse(name, "a dictionary such as {30: 0.1}");
  for (const spec::Value& item : list->items) {
    const auto& pair = std::get<spec::List>(item.content).items;
    const auto* step = std::get_if<spec::Number>(&pair[0].content);
    const auto* number = std::get_if<spec::Number>(&pair[1].content);
    const bool whole = step != nullptr && step->unit == spec::Unit::none &&
                       step->value == std::trunc(step->value) && step->value >= 0 && step->value <= 0x1p53;
    if (!whole)
      in.refuse_at(pair[0], fmt::format("{} in {}, expected a whole step of 0 or more",
                                        spec::to_string(pair[0]), name));
    if (number == nullptr || number->unit != spec::Unit::none ||
        !range::not_negative.contains(number->value)) {
      in.refuse_at(pair[1],
                   fmt::format("{} in {}, expected a number of 0 or more", spec::to_string(pair[1]), name));
    }
    steps[step->value] = number->value;
  }
  return steps;
}

Schedule refuse_controller(const PeerCall& in) {
  in.refuse_call(
      "depends on losses, so that it is a controller and no schedule: give it to `calando train` with "
      "--plateau");
}

namespace {

/// The first call of a peer's class that says what its steps are.
struct FindPer {
  StepUnit in(const spec::Value& value) const { return std::visit(*this, value.content); }

  template <class Values>
  StepUnit first(const Values& values) const {
    for (const spec::Value& value : values) {
      if (const StepUnit per = in(value); per != StepUnit::update) return per;
    }
    return StepUnit::update;
  }
  StepUnit operator()(const spec::List& list) const { return first(list.items); }
  StepUnit operator()(const spec::Sequence& sequence) const { return first(sequence.parts); }
  StepUnit operator()(const spec::Call& call) const {
    const Dialect* dialect = find_dialect(call.path);
    if (dialect != nullptr && dialect->per != StepUnit::update && !counts_updates(call)) return dialect->per;
    for (const spec::Argument& argument : call.arguments) {
      if (const StepUnit per = in(argument.value); per != StepUnit::update) return per;
    }
    return StepUnit::update;
  }
  template <class Plain>
  StepUnit operator()(const Plain&) const {
    return StepUnit::update;
  }

  /// timm's t_in_epochs=False.
  static bool counts_updates(const spec::Call& call) {
    return std::any_of(call.arguments.begin(), call.arguments.end(), [](const spec::Argument& argument) {
      const bool* value = std::get_if<bool>(&argument.value.content);
      return argument.name == "t_in_epochs" && value != nullptr && !*value;
    });
  }
};

}  // namespace
}  // namespace calando::schedule

namespace calando {

StepUnit step_unit(std::string_view text) { return schedule::FindPer{}.in(spec::parse(text, "schedule")); }

}  // namespace calando
