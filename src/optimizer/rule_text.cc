// SPDX-License-Identifier: MIT
#include "src/optimizer/rule_text.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/optimizer/dialect.h"
#include "src/schedule/read.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"

namespace calando::optimizer {
namespace {

constexpr std::string_view kWhat = "optimizer";

[[noreturn]] void refuse_name(const std::string& name, std::size_t column) {
  std::vector<std::string> names = rule_names();
  for_each_wrapper([&](const auto& wrapper) { names.emplace_back(wrapper.kName); });
  for (std::string& peer : peer_rule_names(name)) names.push_back(std::move(peer));
  spec::refuse_at(kWhat, column,
                  fmt::format("\"{}\" is not an optimizer{} (calando list optimizers)", name,
                              spec::did_you_mean(name, names)));
}

std::optional<RuleOptions> find_rule(std::string_view name) {
  std::optional<RuleOptions> found;
  for_each_rule([&](auto rule) {
    if (rule.kName == name) found.emplace(rule);
  });
  return found;
}

std::optional<AnyWrapper> find_wrapper(std::string_view name) {
  std::optional<AnyWrapper> found;
  for_each_wrapper([&](auto wrapper) {
    if (wrapper.kName == name) found.emplace(wrapper);
  });
  return found;
}

RuleOptions read_rule(const spec::Call& call, std::size_t column, const RunLength& run);

/// A mean that would begin after the last step is the weights themselves: a mistake.
template <class Wrapper>
void refuse_too_late(const spec::Arguments& args, const Wrapper& wrapper, const RunLength& run) {
  if constexpr (requires { wrapper.first(); }) {
    if (!run.run_steps || static_cast<double>(wrapper.first()) <= *run.run_steps) return;
    args.refuse(wrapper.start > 0 ? "start" : "every",
                fmt::format("start + every of at most the {} steps of the run", *run.run_steps));
  }
}

/// lookahead(RULE, k=5)
RuleOptions read_wrapped(spec::Arguments& args, AnyWrapper wrapper, const RunLength& run) {
  const spec::Value& inside = args.value("rule");
  const auto* inner = std::get_if<spec::Call>(&inside.content);
  if (inner == nullptr) args.refuse("rule", "an optimizer, such as adam(lr=0.01)");
  RuleOptions options = read_rule(*inner, inside.column, run);
  const auto steps = [&](std::string_view name, const spec::Value& value, const Interval& range) {
    const auto* number = std::get_if<spec::Number>(&value.content);
    if (number != nullptr && number->unit == spec::Unit::percent && number->value > 100)
      args.refuse(name, "at most 100% of the run");
    return schedule::Reader(args, run).as_length(name, value, range);
  };
  std::visit([&](auto& plain) { spec::read_fields(args, plain, {}, steps); }, wrapper);
  args.finish();
  std::visit([&](const auto& plain) { refuse_too_late(args, plain, run); }, wrapper);
  options.wrappers.push_back(wrapper);
  return options;
}

/// Options that every rule has, by name only.
struct ReadNamed {
  spec::Arguments& args;

  void operator()(std::string_view name, double& field, const Interval& range, std::string_view) const {
    const spec::Value* value = args.take_named(name);
    if (value == nullptr) return;
    field = args.as_number(name, *value);
    if (!range.contains(field)) args.refuse(name, spec::expected_text(name, range, field));
  }
  void operator()(std::string_view name, bool& field, std::string_view) const {
    if (const spec::Value* value = args.take_named(name)) field = args.as_boolean(name, *value);
  }
};

RuleOptions read_rule(const spec::Call& call, std::size_t column, const RunLength& run) {
  spec::Arguments args(call, column, kWhat);
  if (const PeerRule* peer = find_peer_rule(call.path)) {
    PeerCall in{args, run};
    RuleOptions options = peer->read(in);
    args.finish();
    options.gradients = in.gradients;
    options.wrappers = std::move(in.wrappers);
    return options;
  }
  if (auto wrapper = find_wrapper(call.path)) return read_wrapped(args, *wrapper, run);
  std::optional<RuleOptions> options = find_rule(call.path);
  if (!options) refuse_name(call.path, column);
  if (const spec::Value* rate = args.take_named("lr"))
    options->rate = schedule::read_schedule(*rate, run, kWhat);
  GradientOptions::fields(options->gradients, ReadNamed{args});
  read_options(args, *options, run);
  args.finish();
  return *options;
}

}  // namespace

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for_each_rule([&](auto rule) { names.emplace_back(rule.kName); });
  return names;
}

void read_options(spec::Arguments& args, RuleOptions& options, const RunLength& run) {
  const spec::TakeOther take = [&](std::string_view name, const spec::Value& value, const Interval&) {
    options.scheduled.emplace_back(std::string(name), schedule::read_schedule(value, run, kWhat));
    return true;
  };
  std::visit([&](auto& rule) { spec::read_fields(args, rule, take); }, options.rule);
}

}  // namespace calando::optimizer

namespace calando {

RuleOptions parse_rule(std::string_view text, const RunLength& run) {
  return optimizer::read_rule(spec::parse_call(text, optimizer::kWhat), 1, run);
}

double usual_rate(const RuleOptions& rule) {
  return std::visit(
      []<class Rule>(const Rule&) {
        if constexpr (requires { Rule::kRate; }) return Rule::kRate;
        return 1e-3;
      },
      rule.rule);
}

std::string to_string(const RuleOptions& options) {
  spec::Call call = std::visit(
      [](const auto& rule) { return spec::fields_to_call(std::remove_cvref_t<decltype(rule)>::kName, rule); },
      options.rule);
  const auto add = [&](std::string name, const Schedule& schedule) {
    std::erase_if(call.arguments, [&](const spec::Argument& a) { return a.name == name; });
    call.arguments.push_back({std::move(name), spec::parse(to_string(schedule), optimizer::kWhat)});
  };
  for (const auto& [name, schedule] : options.scheduled) add(name, schedule);
  if (options.rate) add("lr", *options.rate);
  for (spec::Argument& said : spec::fields_to_call("", options.gradients).arguments)
    call.arguments.push_back(std::move(said));
  call.parentheses = !call.arguments.empty();
  for (const AnyWrapper& wrapper : options.wrappers) {
    spec::Call around = std::visit(
        []<class Wrapper>(const Wrapper& plain) { return spec::fields_to_call(Wrapper::kName, plain); },
        wrapper);
    around.arguments.insert(around.arguments.begin(), spec::Argument{"", spec::Value{std::move(call)}});
    around.parentheses = true;
    call = std::move(around);
  }
  return spec::to_string(spec::Value{std::move(call)});
}

}  // namespace calando
