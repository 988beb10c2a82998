// SPDX-License-Identifier: MIT
// The elementwise rules of the list, each with its default options and with every choice among them, so that a new rule is tested by
// standing in the list.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "calando/rules/list.h"
#include "src/spec/fields.h"

namespace calando::optimizer {

/// Changes the n-th choice of a rule: a bool, an enum, or a number that is off at 0.
struct ChangeChoice {
  std::size_t wanted;
  std::size_t seen = 0;
  bool changed = false;

  bool now() {
    const bool is = seen++ == wanted;
    changed = changed || is;
    return is;
  }
  void operator()(std::string_view, bool& field, std::string_view) {
    if (now()) field = !field;
  }
  template <class E>
  requires std::is_enum_v<E>
  void operator()(std::string_view, E& field, std::string_view) {
    for (std::size_t choice = 0; choice < enum_names(field).size(); ++choice) {
      if (now()) field = static_cast<E>(choice);
    }
  }
  void operator()(std::string_view, double& field, const Interval& range, std::string_view) {
    if (field == 0 && range.contains(0.01) && now()) field = 0.01;
  }
  template <class T>
  void operator()(std::string_view, T&, const Interval&, std::string_view) {}
};

/// Calls f(rule, text) for each.
template <class F>
void for_each_variant(F&& f) {
  const auto variants = [&](const auto& plain) {
    using Rule = std::remove_cvref_t<decltype(plain)>;
    f(plain, std::string(Rule::kName));
    for (std::size_t choice = 0;; ++choice) {
      Rule rule = plain;
      ChangeChoice change{choice};
      Rule::fields(rule, change);
      if (!change.changed) return;
      f(rule, spec::print_fields(Rule::kName, rule));
    }
  };
#define CALANDO_VARIANTS(Rule) variants(Rule{});
  CALANDO_FOR_EACH_RULE(CALANDO_VARIANTS)
#undef CALANDO_VARIANTS
}

}  // namespace calando::optimizer
