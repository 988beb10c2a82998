// SPDX-License-Identifier: MIT
// Values of the grammar of calls: equality and text. The reader is in call_reader.cc.
#include "src/spec/call.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "calando/error.h"
#include "src/spec/number.h"

namespace calando::spec {

bool operator==(const List& a, const List& b) {
  return a.tuple == b.tuple && a.dictionary == b.dictionary && a.items == b.items;
}
bool operator==(const Call& a, const Call& b) {
  return a.path == b.path && a.parentheses == b.parentheses && a.arguments == b.arguments;
}
bool operator==(const Sequence& a, const Sequence& b) { return a.parts == b.parts; }
bool operator==(const Value& a, const Value& b) { return a.content == b.content; }
bool operator==(const Argument& a, const Argument& b) { return a.name == b.name && a.value == b.value; }

void refuse_at(std::string_view what, std::size_t column, std::string_view message) {
  throw UsageError(fmt::format("{}, column {}: {}", what, column, message));
}

namespace {

struct Printer {
  std::string operator()(const None&) const { return "None"; }
  std::string operator()(bool value) const { return value ? "True" : "False"; }

  std::string operator()(const Number& number) const {
    std::string text = to_text(number.value);
    if (number.integer && !(number.value == 0 && std::signbit(number.value))) {
      text = std::to_string(static_cast<std::int64_t>(number.value));
    } else if (!number.integer && text.find_first_not_of("-0123456789") == std::string::npos) {
      text += ".0";
    }
    return text + (number.unit == Unit::percent ? "%" : number.unit == Unit::epochs ? "ep" : "");
  }

  std::string operator()(const Text& text) const {
    std::string out = "\"";
    for (const char c : text.value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }

  std::string operator()(const List& list) const {
    if (list.dictionary) {
      return fmt::format("{{{}}}", joined(list.items, [](const Value& item) {
                           const List& pair = std::get<List>(item.content);
                           return fmt::format("{}: {}", to_string(pair.items[0]), to_string(pair.items[1]));
                         }));
    }
    const bool alone = list.tuple && list.items.size() == 1;
    const std::string items = joined(list.items, [](const Value& item) { return to_string(item); });
    return list.tuple ? fmt::format("({}{})", items, alone ? "," : "") : fmt::format("[{}]", items);
  }

  std::string operator()(const Call& call) const {
    if (!call.parentheses) return call.path;
    return fmt::format("{}({})", call.path, joined(call.arguments, [](const Argument& argument) {
                         return fmt::format("{}{}{}", argument.name, argument.name.empty() ? "" : "=",
                                            to_string(argument.value));
                       }));
  }

  std::string operator()(const Sequence& sequence) const {
    return joined(
        sequence.parts,
        [](const Value& part) {
          const bool nested = std::holds_alternative<Sequence>(part.content);
          return nested ? fmt::format("({})", to_string(part)) : to_string(part);
        },
        " then ");
  }

  template <class Item, class Print>
  static std::string joined(const std::vector<Item>& items, Print print, std::string_view between = ", ") {
    std::string out;
    for (const Item& item : items) {
      if (&item != &items.front()) out += between;
      out += print(item);
    }
    return out;
  }
};

}  // namespace

std::string to_string(const Value& value) { return std::visit(Printer{}, value.content); }

}  // namespace calando::spec
