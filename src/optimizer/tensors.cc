// SPDX-License-Identifier: MIT
// The parameters that an optimizer is given: checked, in order, each with its group.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "calando/error.h"
#include "src/optimizer/running.h"

namespace calando::optimizer {
namespace {

[[noreturn]] void refuse(const Parameter& p, const std::string& what) {
  throw UsageError(fmt::format("parameter \"{}\": {}", p.name, what));
}

/// The product of the sizes, or nothing where it does not fit.
bool has_size(const std::vector<std::size_t>& shape, std::size_t size) {
  std::size_t left = size;
  for (const std::size_t axis : shape) {
    if (axis == 0) return size == 0;
    if (left % axis != 0) return false;
    left /= axis;
  }
  return left == 1 || size == 0;
}

void check(Parameter& p) {
  if (p.shape.empty()) p.shape = {p.values.size()};
  if (!has_size(p.shape, p.values.size())) {
    refuse(p, fmt::format("{} values, its shape has not as many: {}", p.values.size(),
                          fmt::join(p.shape, " x ")));
  }
  if (p.rows != nullptr) return;  // checked at each step
  if (p.values.size() != p.gradients.size()) {
    refuse(p, fmt::format("{} gradients, expected {} as it has values", p.gradients.size(), p.values.size()));
  }
  check_types(p.name, p.values.type(), p.gradients.type());
}

}  // namespace

void check_types(const std::string& name, NumberType values, NumberType gradients) {
  if ((values == NumberType::f64) != (gradients == NumberType::f64)) {
    throw UsageError(
        fmt::format("parameter \"{}\": values in {}, gradients in {}: float64 goes with float64 only", name,
                    name_of(values), name_of(gradients)));
  }
}

std::vector<Tensor> make_tensors(std::vector<Parameter> parameters, const std::vector<Group>& patterns,
                                 std::vector<GroupOptions>& groups) {
  std::vector<std::size_t> order(parameters.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) -> const std::string& { return parameters[i].name; });

  std::vector<Tensor> tensors;
  std::vector<bool> used(patterns.size());
  std::map<std::size_t, std::size_t> undecayed;  // group, the same without decay
  for (const std::size_t i : order) {
    Parameter& p = parameters[i];
    if (!tensors.empty() && tensors.back().parameter.name == p.name) refuse(p, "the name is given twice");
    check(p);
    std::size_t g = 0;
    while (g < patterns.size() && !fits(patterns[g].pattern, p.name)) ++g;
    if (g < patterns.size()) used[g] = true;
    if (!p.decay) {
      const auto [at, is_new] = undecayed.try_emplace(g, groups.size());
      if (is_new) groups.push_back(without_decay(groups[g]));
      g = at->second;
    }
    tensors.push_back({std::move(p), g, i});
  }
  for (std::size_t g = 0; g < patterns.size(); ++g) {
    if (!used[g]) {
      throw UsageError(fmt::format("group \"{}\": it fits no parameter that an earlier group leaves",
                                   patterns[g].pattern));
    }
  }
  return tensors;
}

}  // namespace calando::optimizer
