// SPDX-License-Identifier: MIT
#include "src/train/class_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "src/spec/number.h"

namespace calando::training {
namespace {

std::vector<float> balanced(std::size_t classes, std::span<const std::int32_t> labels) {
  std::vector<double> counts(classes);
  for (const std::int32_t label : labels) counts[static_cast<std::size_t>(label)] += 1;
  std::vector<float> weights(classes, 1.0F);
  for (std::size_t c = 0; c < classes; ++c) {
    if (counts[c] == 0) continue;
    weights[c] =
        static_cast<float>(static_cast<double>(labels.size()) / (static_cast<double>(classes) * counts[c]));
  }
  return weights;
}

/// "NAME=W": the last = is the one that counts, because a name may hold others.
void set_one(const std::string& text, const std::vector<std::string>& classes, std::vector<float>& weights) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos) {
    throw UsageError(fmt::format("--class-weight {}: expected NAME=WEIGHT or balanced", text));
  }
  const std::string name = text.substr(0, equals);
  const auto found = std::find(classes.begin(), classes.end(), name);
  if (found == classes.end()) {
    throw UsageError(
        fmt::format("--class-weight {}: no class \"{}\"{}", text, name, spec::did_you_mean(name, classes)));
  }
  const auto weight = spec::to_number(text.substr(equals + 1));
  if (!weight || !(*weight > 0) || std::isinf(*weight)) {
    throw UsageError(fmt::format("--class-weight {}: expected a weight above 0", text));
  }
  weights[static_cast<std::size_t>(found - classes.begin())] = static_cast<float>(*weight);
}

}  // namespace

std::vector<float> class_weights(const std::vector<std::string>& texts,
                                 const std::vector<std::string>& classes,
                                 std::span<const std::int32_t> labels) {
  if (texts.empty()) return {};
  if (classes.empty())
    throw UsageError(
        fmt::format("--class-weight {}: this is a regression, it has no classes", texts.front()));
  std::vector<float> weights(classes.size(), 1.0F);
  for (const std::string& text : texts) {
    if (text == "balanced") {
      weights = balanced(classes.size(), labels);
    } else {
      set_one(text, classes, weights);
    }
  }
  return weights;
}

}  // namespace calando::training
