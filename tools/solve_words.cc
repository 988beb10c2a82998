// SPDX-License-Identifier: MIT
#include "tools/solve_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "tools/interrupt.h"

namespace calando::tools {
namespace {

template <class Names>
std::size_t index_of(const char* flag, const char* what, const std::string& name, const Names& all) {
  const auto found = std::find(all.begin(), all.end(), name);
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  const std::vector<std::string> names(all.begin(), all.end());
  throw UsageError(fmt::format("{}: no {} \"{}\"{} (there are {})", flag, what, name,
                               spec::did_you_mean(name, names), fmt::join(names, ", ")));
}

std::int64_t parse_steps(const std::string& criterion, const std::string& text) {
  std::int64_t steps = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (error == std::errc() && end == text.data() + text.size() && steps > 0) return steps;
  throw UsageError(fmt::format("--criterion {}={}: expected a number of steps above 0", criterion, text));
}

/// discounted, horizon=N, total, total=LABEL, reach=LABEL, average, robust, robust=N
void parse_criterion(const std::string& text, SolveOptions& solve) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
  solve.criterion = static_cast<Criterion>(index_of("--criterion", "criterion", name, kCriterionNames));
  const bool steps = solve.criterion == Criterion::horizon ||
                     (solve.criterion == Criterion::robust && equals != std::string::npos);
  if (steps) {
    solve.horizon = parse_steps(name, value);
  } else if (solve.criterion == Criterion::reach) {
    if (value.empty()) throw UsageError("--criterion reach=LABEL: the label is missing");
    solve.goal = value;
  } else if (solve.criterion == Criterion::total) {
    if (equals != std::string::npos && value.empty())
      throw UsageError("--criterion total=LABEL: the label is missing");
    solve.goal = value;
  } else if (equals != std::string::npos) {
    throw UsageError(fmt::format("--criterion {}: {} takes no value", text, name));
  }
}

}  // namespace

SolveOptions understand_solve(const SolveWords& options, const Common& common) {
  SolveOptions solve = options.solve;
  parse_criterion(options.criterion, solve);
  const bool finite = solve.horizon > 0;
  const bool discounts =
      solve.criterion == Criterion::discounted || solve.criterion == Criterion::robust || finite;
  if (!options.discount && discounts && !finite) {
    throw UsageError("--discount is missing, expected a number from 0 to below 1");
  }
  if (options.discount && !discounts) {
    throw UsageError(
        fmt::format("--discount {}: --criterion {} takes none", *options.discount, options.criterion));
  }
  if (options.discount &&
      !(*options.discount >= 0 && (*options.discount < 1 || (finite && *options.discount == 1)))) {
    throw UsageError(fmt::format("--discount {}, expected a number from 0 to {}1", *options.discount,
                                 finite ? "" : "below "));
  }
  if (options.maximise && options.minimise) throw UsageError("--maximise or --minimise, not both");
  solve.discount = options.discount;
  solve.objective = options.minimise ? Objective::minimise : Objective::maximise;
  solve.method = static_cast<Method>(index_of("--method", "method", options.method, kMethodNames));
  solve.choice_values = !options.choice_values.empty();
  solve.stage_policies = finite && !options.policy.empty();
  if (!options.bias.empty() && solve.criterion != Criterion::average) {
    throw UsageError(fmt::format("--bias: --criterion {} has none, only average", options.criterion));
  }
  if (!options.learning.rules.empty() && solve.criterion != Criterion::discounted) {
    throw UsageError(
        fmt::format("--learn: --criterion {} cannot be learned here, only discounted", options.criterion));
  }
  if (!solve.avoid.empty() && solve.criterion != Criterion::reach) {
    throw UsageError(fmt::format("--avoid {}: --criterion {} avoids nothing, only reach=LABEL does",
                                 solve.avoid, options.criterion));
  }
  parse_rules(options.learning);
  solve.threads = common.threads;
  solve.observer = [](const SolveProgress&) { return was_interrupted(); };
  return solve;
}

namespace {

void declare_options(CLI::App& app, SolveWords& options) {
  app.add_option("MODEL", options.model, "a model, or - for standard input")->required();
  app.add_option(
         "--criterion", options.criterion,
         "discounted (the default), horizon=N, total, total=LABEL, reach=LABEL, average, robust, robust=N")
      ->option_text("NAME");
  app.add_option("--avoid", options.solve.avoid,
                 "of reach: what must not come before the goal; !LABEL: states without the label")
      ->option_text("LABEL");
  app.add_option("--discount", options.discount, "what a reward is worth one step later: 0 to below 1")
      ->option_text("G");
  app.add_flag("--maximise", options.maximise, "rewards are to be as large as can be (the default)");
  app.add_flag("--minimise", options.minimise, "they are costs");
  app.add_option("--method", options.method, fmt::format("{}", fmt::join(kMethodNames, ", ")))
      ->option_text("NAME");
  app.add_option("--tolerance", options.solve.tolerance, "largest error of a value (default: 1e-6)")
      ->option_text("E");
  app.add_option("--radius", options.solve.radius, "of robust: each probability p lies within [p - R, p + R]")
      ->option_text("R");
  app.add_option("--time-limit", options.solve.time_limit, "stop then, with the bounds so far")
      ->option_text("SECONDS");
  app.add_option("--values", options.values, "write the values, float64")->option_text("FILE.npy");
  app.add_option("--lower", options.lower, "write the lower bounds")->option_text("FILE.npy");
  app.add_option("--upper", options.upper, "write the upper bounds")->option_text("FILE.npy");
  app.add_option("--policy", options.policy,
                 "write the choices, int32; of a horizon N: N rows, the first step first")
      ->option_text("FILE.npy");
  app.add_option("--choice-values", options.choice_values, "write Q of every choice, float64")
      ->option_text("FILE.npy");
  app.add_option("--bias", options.bias, "of average: write relative values, float64")
      ->option_text("FILE.npy");
}

void declare_pictures(CLI::App& app, SolveWords& options) {
  app.add_option("--plot", options.plot,
                 "draw a grid: values as colour, the policy as arrows; or what was learned")
      ->option_text("FILE.svg");
  app.add_option("--title", options.title, "of the picture (default: the model's name)")->option_text("TEXT");
  app.add_option("--grid", options.grid.columns,
                 "state = row x COLUMNS + column, where the model does not say so")
      ->option_text("COLUMNS");
  app.add_option("--arrows", options.grid.arrows, "the direction of each choice: \"<v>^\"")
      ->option_text("ARROWS");
}

void declare_learning(CLI::App& app, LearningWords& words) {
  app.add_option("--learn", words.rules,
                 "learn from samples, and print step<TAB>distance from the exact Q; repeat for more columns: "
                 "q_learning, double_q, sarsa or expected_sarsa(rate=0.1, exploration=0.1, "
                 "count=steps|visits, initial=0)")
      ->option_text("RULE ...")
      ->allow_extra_args(false);
  app.add_option("--steps", words.steps, "of learning (default: 1000000)")->option_text("N");
  app.add_option("--episode", words.episode, "steps until a new start, at most (default: 1000)")
      ->option_text("N");
  app.add_option("--start", words.start, "the label to start from (default: any state)")
      ->option_text("LABEL");
  app.add_option("--seed", words.seed, "of learning (default: 1)")->option_text("N");
}

}  // namespace

void declare_solve_words(CLI::App& app, SolveWords& words) {
  declare_options(app, words);
  declare_pictures(app, words);
  declare_learning(app, words.learning);
}

}  // namespace calando::tools
