// SPDX-License-Identifier: MIT
#include "src/optimizer/wrapping.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/spec/fields.h"

namespace calando::optimizer {

namespace {

template <class Wrapper>
void check_steered(const Model& model) {
  std::visit(
      []<class Rule>(const Rule&) {
        if constexpr (rules::kSearches<Rule>)
          throw UsageError(
              fmt::format("{}({}): {} searches along lines of its own, expected a rule that does not",
                          Wrapper::kName, Rule::kName, Rule::kName));
      },
      model.groups.front().rule.rule);
}

}  // namespace

std::vector<std::unique_ptr<Wrapping>> make_wrappings(const std::vector<AnyWrapper>& wrappers,
                                                      const Model& model) {
  std::vector<std::unique_ptr<Wrapping>> made;
  std::vector<bool> seen(std::variant_size_v<AnyWrapper>);
  for (const AnyWrapper& wrapper : wrappers) {
    std::visit(
        [&]<class Wrapper>(const Wrapper& plain) {
          if (seen[wrapper.index()])
            throw UsageError(
                fmt::format("{} stands around itself, expected each wrapper once", Wrapper::kName));
          seen[wrapper.index()] = true;
          if constexpr (requires { Wrapper::kSteers; }) check_steered<Wrapper>(model);
          spec::check_fields(Wrapper::kName, plain);
          made.push_back(make_wrapping(plain, model));
        },
        wrapper);
  }
  return made;
}

}  // namespace calando::optimizer
