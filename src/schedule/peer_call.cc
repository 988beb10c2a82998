// SPDX-License-Identifier: MIT
// The arguments of a call of a peer's class.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "calando/error.h"
#include "src/schedule/dialect.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"

namespace calando::schedule {
namespace {

using Kind = PeerArgument::Kind;

bool is_none(const spec::Value& value) { return std::holds_alternative<spec::None>(value.content); }

bool by_name_only(const PeerArgument& argument) { return argument.kind == Kind::base_rate; }

/// A call or a bare name, which is how optimizers look.
bool looks_like_optimizer(const spec::Value& value) {
  return std::holds_alternative<spec::Call>(value.content);
}

std::vector<std::string> words_of(const PeerArgument& argument) {
  std::vector<std::string> words;
  std::string_view rest = argument.meaning;
  while (!rest.empty()) {
    const std::size_t bar = std::min(rest.find('|'), rest.size());
    words.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return words;
}

std::string expected_of(const PeerArgument& argument) {
  if (argument.kind == Kind::word) return spec::fields::one_of(words_of(argument));
  if (argument.kind == Kind::flag) return "True or False";
  if (argument.kind == Kind::any) return std::string(argument.meaning);
  if (argument.kind == Kind::numbers) return "a list of numbers";
  const std::string range = spec::expected_text(argument.name, argument.range);
  return argument.kind == Kind::whole ? "a whole number, " + range : range;
}

/// What a default stands for, read once.
const spec::Value& default_value(std::string_view text) {
  static const std::map<std::string_view, spec::Value> values = [] {
    std::map<std::string_view, spec::Value> read;
    for (const Dialect& dialect : dialects()) {
      for (const PeerArgument& argument : dialect.arguments) {
        if (!argument.otherwise.empty())
          read.try_emplace(argument.otherwise, spec::parse(argument.otherwise, "default"));
      }
    }
    return read;
  }();
  return values.at(text);
}

}  // namespace

PeerCall::PeerCall(const Dialect& dialect, const spec::Call& call, std::size_t column,
                   const PeerContext& context)
    : dialect_(dialect),
      context_(context),
      column_(column),
      values_(dialect.arguments.size(), nullptr),
      taken_(dialect.arguments.size()) {
  assign(call);
  for (std::size_t i = 0; i < values_.size(); ++i) convert(i);
}

std::string PeerCall::full_name() const { return fmt::format("{}.{}", dialect_.peer, dialect_.name); }

void PeerCall::assign(const spec::Call& call) {
  const auto& arguments = dialect_.arguments;
  std::size_t next = 0;
  for (const spec::Argument& given : call.arguments) {
    if (given.name.empty()) {
      while (next < arguments.size() &&
             (by_name_only(arguments[next]) ||
              (arguments[next].kind == Kind::optimizer && !looks_like_optimizer(given.value))))
        ++next;
      if (next >= arguments.size()) refuse_at(given.value, "more arguments by position than it has");
      values_[next++] = &given.value;
      continue;
    }
    const auto found = std::find_if(arguments.begin(), arguments.end(), [&](const PeerArgument& argument) {
      return argument.name == given.name;
    });
    if (found == arguments.end()) {
      std::vector<std::string> names;
      for (const PeerArgument& argument : arguments) names.emplace_back(argument.name);
      std::string meant = spec::did_you_mean(given.name, names);
      if (meant.empty()) meant = fmt::format("; it has {}", fmt::join(names, ", "));
      spec::refuse_at(context_.what, given.column,
                      fmt::format("{}: unknown argument \"{}\"{}", full_name(), given.name, meant));
    }
    const std::size_t index = static_cast<std::size_t>(found - arguments.begin());
    if (values_[index] != nullptr)
      refuse_at(given.value, fmt::format("{} is given twice, by position and by name", given.name));
    values_[index] = &given.value;
  }
}

/// torch.optim.SGD(model.parameters(), lr=0.1)
void PeerCall::take_optimizer(const spec::Value& value) {
  const auto* call = std::get_if<spec::Call>(&value.content);
  if (call == nullptr) return;
  for (const spec::Argument& argument : call->arguments) {
    const bool rate = argument.name == "lr" || argument.name == "learning_rate";
    if (rate && std::holds_alternative<spec::Number>(argument.value.content))
      lr_of_optimizer_ = argument.value;
  }
}

void PeerCall::convert(std::size_t index) {
  const PeerArgument& argument = dialect_.arguments[index];
  const spec::Value* value = values_[index];
  if (argument.kind == Kind::ignored) return;
  if (argument.kind == Kind::optimizer) {
    if (value != nullptr) take_optimizer(*value);
    return;
  }
  if (value != nullptr && !(is_none(*value) && argument.otherwise == "None")) {
    taken_[index] = read(argument, *value);
    return;
  }
  if (argument.kind == Kind::base_rate) {
    if (lr_of_optimizer_) {
      taken_[index] = read(argument, *lr_of_optimizer_);
    } else if (context_.base_rate) {
      taken_[index] = *context_.base_rate;
    } else if (argument.otherwise.empty()) {
      refuse_call(fmt::format("{} is missing: the rate that the optimizer was made with, such as {}=0.1",
                              argument.name, argument.name));
    }
    return;
  }
  if (argument.otherwise.empty()) {
    refuse_call(fmt::format("{} is missing, expected {}", argument.name, expected_of(argument)));
  }
  const spec::Value& otherwise = default_value(argument.otherwise);
  if (!is_none(otherwise)) taken_[index] = read(argument, otherwise);
}

double PeerCall::read_number(const PeerArgument& argument, const spec::Value& value) const {
  const auto* list = std::get_if<spec::List>(&value.content);
  const bool rate = argument.kind == Kind::rate || argument.kind == Kind::base_rate;
  const bool group = rate && list != nullptr && !list->dictionary && list->items.size() == 1;
  const auto* number = std::get_if<spec::Number>(group ? &list->items.front().content : &value.content);
  if (number == nullptr) refuse(argument.name, expected_of(argument));
  const bool steps = argument.kind == Kind::whole || argument.kind == Kind::length;
  double amount = number->value;
  if (number->unit != spec::Unit::none) {
    if (!steps) refuse(argument.name, "a number without a unit");
    const bool share = number->unit == spec::Unit::percent;
    const std::optional<double>& unit = share ? context_.run.run_steps : context_.run.epoch_steps;
    if (!unit) {
      refuse(argument.name, share ? "steps: a share of a run whose length is not known"
                                  : "steps: how many an epoch has is not known");
    }
    amount *= *unit / (share ? 100 : 1);
    if (argument.kind == Kind::whole) amount = std::round(amount);
  }
  const bool whole = argument.kind != Kind::whole || amount == std::trunc(amount);
  if (!whole || !argument.range.contains(amount)) refuse(argument.name, expected_of(argument));
  return amount;
}

PeerCall::Taken PeerCall::read(const PeerArgument& argument, const spec::Value& value) const {
  switch (argument.kind) {
    case Kind::flag: {
      const bool* flag = std::get_if<bool>(&value.content);
      if (flag == nullptr) refuse(argument.name, "True or False");
      return *flag;
    }
    case Kind::word: {
      const auto* text = std::get_if<spec::Text>(&value.content);
      const auto* call = std::get_if<spec::Call>(&value.content);
      const std::string word = text != nullptr                         ? text->value
                               : call != nullptr && !call->parentheses ? call->path
                                                                       : "";
      const std::vector<std::string> words = words_of(argument);
      if (std::find(words.begin(), words.end(), word) == words.end()) {
        refuse(argument.name, expected_of(argument) + spec::did_you_mean(word, words));
      }
      return word;
    }
    case Kind::numbers: {
      const auto* list = std::get_if<spec::List>(&value.content);
      if (list == nullptr || list->dictionary) refuse(argument.name, "a list of numbers");
      std::vector<double> numbers;
      const PeerArgument item{argument.name, Kind::length, range::any, {}, {}};
      for (const spec::Value& each : list->items) numbers.push_back(read_number(item, each));
      return numbers;
    }
    case Kind::start: {
      const auto* number = std::get_if<spec::Number>(&value.content);
      if (number == nullptr || number->value != -1)
        refuse(argument.name, "-1: a schedule has no position, lr(t) is asked at any t");
      return std::monostate{};
    }
    case Kind::any:
      return value;
    default:
      return read_number(argument, value);
  }
}

std::size_t PeerCall::index_of(std::string_view name) const {
  const auto& arguments = dialect_.arguments;
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [name](const PeerArgument& argument) { return argument.name == name; });
  return static_cast<std::size_t>(found - arguments.begin());
}

double PeerCall::number(std::string_view name) const { return std::get<double>(taken_.at(index_of(name))); }

std::optional<double> PeerCall::maybe(std::string_view name) const {
  const Taken& taken = taken_.at(index_of(name));
  return std::holds_alternative<double>(taken) ? std::optional(std::get<double>(taken)) : std::nullopt;
}

bool PeerCall::flag(std::string_view name) const { return std::get<bool>(taken_.at(index_of(name))); }

std::string PeerCall::word(std::string_view name) const {
  const Taken& taken = taken_.at(index_of(name));
  return std::holds_alternative<std::string>(taken) ? std::get<std::string>(taken) : "";
}

const std::vector<double>& PeerCall::numbers(std::string_view name) const {
  static const std::vector<double> none;
  const Taken& taken = taken_.at(index_of(name));
  return std::holds_alternative<std::vector<double>>(taken) ? std::get<std::vector<double>>(taken) : none;
}

bool PeerCall::given(std::string_view name) const {
  return !std::holds_alternative<std::monostate>(taken_.at(index_of(name)));
}

const spec::Value& PeerCall::value(std::string_view name) const {
  static const spec::Value none;
  const Taken& taken = taken_.at(index_of(name));
  return std::holds_alternative<spec::Value>(taken) ? std::get<spec::Value>(taken) : none;
}

void PeerCall::refuse(std::string_view name, std::string_view expected) const {
  const std::size_t index = index_of(name);
  const spec::Value* value = index < values_.size() ? values_[index] : nullptr;
  if (value == nullptr) refuse_call(fmt::format("{} is missing, expected {}", name, expected));
  refuse_at(*value, fmt::format("{} = {}, expected {}", name, spec::to_string(*value), expected));
}

void PeerCall::refuse_call(std::string_view why) const {
  spec::refuse_at(context_.what, column_, fmt::format("{}: {}", full_name(), why));
}

void PeerCall::refuse_at(const spec::Value& at, std::string_view why) const {
  spec::refuse_at(context_.what, at.column, fmt::format("{}: {}", full_name(), why));
}

namespace {

struct ToValue {
  spec::Value operator()(std::monostate) const { return {}; }
  spec::Value operator()(double number) const { return spec::number_value(number); }
  spec::Value operator()(bool flag) const { return spec::Value{flag}; }
  spec::Value operator()(const std::string& word) const { return spec::Value{spec::Text{word}}; }
  spec::Value operator()(const spec::Value& value) const { return value; }
  spec::Value operator()(const std::vector<double>& numbers) const {
    spec::List list;
    for (const double number : numbers) list.items.push_back(spec::number_value(number));
    return spec::Value{std::move(list)};
  }
};

}  // namespace

spec::Call PeerCall::normalized() const {
  spec::Call call{.path = full_name(), .arguments = {}, .parentheses = true};
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    const PeerArgument& argument = dialect_.arguments[i];
    if (std::holds_alternative<std::monostate>(taken_[i])) continue;
    const bool has_default = !argument.otherwise.empty() && argument.kind != Kind::base_rate;
    const spec::Value value = std::visit(ToValue{}, taken_[i]);
    if (has_default && value == std::visit(ToValue{}, [&]() -> Taken {
                         const spec::Value& otherwise = default_value(argument.otherwise);
                         return is_none(otherwise) ? Taken{} : read(argument, otherwise);
                       }()))
      continue;
    call.arguments.push_back({.name = std::string(argument.name), .value = value});
  }
  return call;
}

}  // namespace calando::schedule
