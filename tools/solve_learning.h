// SPDX-License-Identifier: MIT
// calando solve MODEL --learn RULE: learning from samples, measured against the certified answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calando/learn.h"
#include "tools/output.h"
#include "tools/solve_picture.h"

namespace calando::tools {

struct LearningWords {
  std::vector<std::string> rules;
  std::int64_t steps = 1'000'000;
  std::int64_t episode = 1000;
  std::int64_t moments = 200;
  std::uint64_t seed = 1;
  std::string start;
};

/// One rule after the other on the same random numbers.
struct Lessons {
  std::vector<LearningCurve> curves;
  std::vector<LearningDistance> last;
  bool interrupted = false;
};

/// The rules as text read, before a model is: what is wrong with them is said at once.
std::vector<Learning> parse_rules(const LearningWords& words);

Lessons learn_all(const Mdp& model, const Solution& answer, const SolveOptions& solved,
                  const LearningWords& words);

/// step<TAB>distance, a column for each rule.
void print_lessons(const Lessons& lessons, Output& out);

}  // namespace calando::tools
