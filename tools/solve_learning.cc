// SPDX-License-Identifier: MIT
#include "tools/solve_learning.h"

#include "calando/error.h"
#include "tools/interrupt.h"

namespace calando::tools {

std::vector<Learning> parse_rules(const LearningWords& words) {
  if (words.steps < 1) throw UsageError("--steps: expected 1 or more");
  if (words.episode < 1) throw UsageError("--episode: expected 1 or more");
  std::vector<Learning> rules;
  for (const std::string& text : words.rules)
    rules.push_back(parse_learning(text, {static_cast<double>(words.steps), {}}));
  return rules;
}

Lessons learn_all(const Mdp& model, const Solution& answer, const SolveOptions& solved,
                  const LearningWords& words) {
  const LearningJudge judge(model, answer, *solved.discount);
  Lessons lessons;
  for (const Learning& rule : parse_rules(words)) {
    LearningCurve curve{.name = words.rules[lessons.curves.size()], .steps = {}, .distances = {}};
    LearnOptions options{.discount = *solved.discount,
                         .objective = solved.objective,
                         .steps = words.steps,
                         .episode = words.episode,
                         .start = words.start,
                         .seed = words.seed,
                         .moments = words.moments};
    LearningDistance last;
    options.observer = [&](const LearningMoment& moment) {
      last = judge(moment.choice_values);
      curve.steps.push_back(static_cast<double>(moment.steps));
      curve.distances.push_back(last.largest);
      return was_interrupted();
    };
    learn(model, rule, options);
    lessons.curves.push_back(std::move(curve));
    lessons.last.push_back(last);
    if (was_interrupted()) {
      lessons.interrupted = true;
      break;
    }
  }
  return lessons;
}

void print_lessons(const Lessons& lessons, Output& out) {
  const auto& curves = lessons.curves;
  for (std::size_t i = 0; i < curves.front().steps.size(); ++i) {
    out.number(static_cast<long long>(curves.front().steps[i]));
    for (const LearningCurve& curve : curves) {
      out.text("\t");
      if (i < curve.distances.size()) out.number(curve.distances[i]);
    }
    out.text("\n");
  }
}

}  // namespace calando::tools
