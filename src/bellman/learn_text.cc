// SPDX-License-Identifier: MIT
// Learning rules from their text form.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/learn.h"
#include "src/schedule/read.h"
#include "src/spec/arguments.h"
#include "src/spec/nearest.h"

namespace calando {
namespace {

constexpr std::string_view kWhat = "learning";

LearningRule rule_of(const std::string& name) {
  const auto found = std::find(kLearningRuleNames.begin(), kLearningRuleNames.end(), name);
  if (found != kLearningRuleNames.end()) return static_cast<LearningRule>(found - kLearningRuleNames.begin());
  spec::refuse_at(
      kWhat, 1,
      fmt::format("no rule \"{}\"{} (there are {})", name,
                  spec::did_you_mean(name, {kLearningRuleNames.begin(), kLearningRuleNames.end()}),
                  fmt::join(kLearningRuleNames, ", ")));
}

}  // namespace

Learning parse_learning(std::string_view text, const RunLength& run) {
  const spec::Call call = spec::parse_call(text, kWhat);
  spec::Arguments args(call, 1, kWhat);
  Learning learning;
  learning.rule = rule_of(call.path);
  if (const spec::Value* rate = args.take("rate")) learning.rate = schedule::read_schedule(*rate, run, kWhat);
  if (const spec::Value* share = args.take("exploration"))
    learning.exploration = schedule::read_schedule(*share, run, kWhat);
  const std::string count = args.text("count", "steps");
  if (count != "steps" && count != "visits") args.refuse("count", "steps or visits");
  learning.count = count == "steps" ? RateCount::steps : RateCount::visits;
  learning.initial = args.number("initial", 0);
  if (!std::isfinite(learning.initial)) args.refuse("initial", "a finite number");
  args.finish();
  return learning;
}

}  // namespace calando
