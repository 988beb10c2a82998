// SPDX-License-Identifier: MIT
// calando solve MODEL: Bellman's equation, with a lower and an upper bound on every value.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "calando/error.h"
#include "calando/solve.h"
#include "src/io/atomic_file.h"
#include "src/io/npy.h"
#include "src/plot/svg.h"
#include "src/spec/nearest.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/output.h"
#include "tools/solve_learning.h"
#include "tools/solve_picture.h"

namespace calando::tools {
namespace {

struct Options {
  std::string model;
  std::string criterion = "discounted";
  std::optional<double> discount;
  bool maximise = false;
  bool minimise = false;
  std::string method = "auto";
  SolveOptions solve;
  std::string values;
  std::string lower;
  std::string upper;
  std::string policy;
  std::string choice_values;
  std::string bias;
  std::string plot;
  std::string title;
  GridLayout grid;
  LearningWords learning;
};

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

SolveOptions understand(const Options& options, const Common& common) {
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
  parse_rules(options.learning);
  solve.threads = common.threads;
  solve.observer = [](const SolveProgress&) { return was_interrupted(); };
  return solve;
}

template <class T>
void write_array(const std::string& path, const std::vector<T>& numbers) {
  if (!path.empty()) io::write_npy(path, io::view_of(std::span<const T>(numbers), {numbers.size()}));
}

/// Of a horizon: a row a step.
void write_policy(const std::string& path, const Solution& solution) {
  if (path.empty()) return;
  if (solution.stage_policies.empty()) {
    write_array(path, solution.policy);
    return;
  }
  const std::size_t states = solution.policy.size();
  io::write_npy(path, io::view_of(std::span<const std::int32_t>(solution.stage_policies),
                                  {solution.stage_policies.size() / states, states}));
}

/// States whose total reward has no end are an answer, but seldom the one that was hoped for.
void warn_of_infinite(const Solution& solution) {
  std::vector<std::size_t> states;
  std::size_t count = 0;
  double first = 0;
  for (std::size_t s = 0; s < solution.values.size(); ++s) {
    if (!std::isinf(solution.values[s])) continue;
    if (count++ == 0) first = solution.values[s];
    if (states.size() < 10) states.push_back(s);
  }
  if (count == 0) return;
  warn(fmt::format(
      "{} states have a total of {}infinity: no policy ends the process surely from there, or one gains "
      "without end: {}{}",
      count, first < 0 ? "-" : "", fmt::join(states, ", "), count > states.size() ? ", ..." : ""));
}

void print_lines(const Solution& solution, Output& out) {
  for (std::size_t s = 0; s < solution.values.size(); ++s) {
    out.number(static_cast<long long>(s)).text("\t").number(solution.values[s]);
    out.text("\t").number(solution.lower[s]).text("\t").number(solution.upper[s]);
    out.text("\t").number(static_cast<long long>(solution.policy[s])).text("\n");
  }
}

std::string_view status_name(const Solution& solution) {
  return kSolveStatusNames[static_cast<std::size_t>(solution.report.status)];
}

std::string_view method_name(const Solution& solution) {
  return kMethodNames[static_cast<std::size_t>(solution.report.method)];
}

/// JSON has no infinity.
nlohmann::json number_or_null(double x) { return std::isfinite(x) ? nlohmann::json(x) : nlohmann::json(); }

void print_json(const Mdp& model, const Solution& solution, const std::string& criterion, double load_seconds,
                const std::optional<Lessons>& lessons, Output& out) {
  nlohmann::ordered_json summary;
  const SolveReport& report = solution.report;
  summary["status"] = status_name(solution);
  summary["criterion"] = criterion;
  summary["method"] = method_name(solution);
  summary["sweeps"] = report.sweeps;
  summary["seconds"] = {{"load", load_seconds}, {"solve", report.seconds}};
  summary["gap"] = number_or_null(report.gap);
  summary["states"] = model.states();
  summary["choices"] = model.choices();
  summary["transitions"] = model.transitions();
  summary["rows_divided"] = model.notes().rows_divided;
  auto& history = summary["history"] = nlohmann::json::array();
  for (const SolveProgress& at : report.history) history.push_back({at.sweeps, number_or_null(at.gap)});
  for (std::size_t i = 0; lessons && i < lessons->curves.size(); ++i) {
    const LearningCurve& curve = lessons->curves[i];
    const LearningDistance& last = lessons->last[i];
    summary["learned"].push_back({{"rule", curve.name},
                                  {"steps", curve.steps},
                                  {"distances", curve.distances},
                                  {"distance", last.largest},
                                  {"root_mean_square", last.mean_square},
                                  {"uncertainty", last.uncertainty}});
  }
  out.text(summary.dump()).text("\n");
}

int exit_status(SolveStatus status) {
  switch (status) {
    case SolveStatus::converged:
      return kDone;
    case SolveStatus::interrupted:
      return kInterrupted;
    default:
      return kNotConverged;
  }
}

std::optional<Lessons> learn_where_wanted(const Mdp& model, const Solution& solution,
                                          const SolveOptions& solve, const LearningWords& words) {
  if (words.rules.empty() || solution.report.status == SolveStatus::interrupted) return std::nullopt;
  return learn_all(model, solution, solve, words);
}

GridLayout layout_of(const Mdp& model, const Options& options) {
  GridLayout grid = options.grid;
  if (grid.columns == 0) grid.columns = model.notes().grid_columns;
  if (grid.arrows.empty()) grid.arrows = model.notes().grid_arrows;
  return grid;
}

void draw(const Mdp& model, const Solution& solution, const std::optional<Lessons>& lessons,
          const Options& options) {
  if (options.plot.empty()) return;
  const bool named = options.title.empty() && options.model != "-";
  const std::string title = named ? model.notes().name : options.title;
  if (lessons) {
    io::write_file(options.plot, plot::to_svg(learning_figure(lessons->curves, title)));
    return;
  }
  const GridLayout grid = layout_of(model, options);
  const plot::Figure figure = grid_figure(model, solution, grid, title);
  io::write_file(options.plot, plot::to_svg(figure, grid_size(model, grid)));
}

int run(const Options& options, const Common& common) {
  const SolveOptions solve_options = understand(options, common);
  const auto start = std::chrono::steady_clock::now();
  const Mdp model = read_mdp(options.model);
  const double load_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (model.notes().rows_divided > 0) {
    warn(fmt::format("{}: the probabilities of {} choices were divided by their sum", options.model,
                     model.notes().rows_divided));
  }
  for (const std::string& remark : model.notes().remarks) {
    if (!common.quiet) fmt::print(stderr, "calando: {}: {}\n", options.model, remark);
  }
  catch_interrupts();
  const Solution solution = solve(model, solve_options);
  write_array(options.values, solution.values);
  write_array(options.lower, solution.lower);
  write_array(options.upper, solution.upper);
  write_array(options.choice_values, solution.choice_values);
  write_array(options.bias, solution.bias);
  write_policy(options.policy, solution);
  warn_of_infinite(solution);
  const std::optional<Lessons> lessons = learn_where_wanted(model, solution, solve_options, options.learning);
  draw(model, solution, lessons, options);
  Output out;
  if (common.json) {
    print_json(model, solution, options.criterion, load_seconds, lessons, out);
  } else if (lessons) {
    print_lessons(*lessons, out);
  } else {
    print_lines(solution, out);
  }
  out.finish();
  if (!common.quiet || solution.report.status != SolveStatus::converged) {
    fmt::print(stderr, "calando: {}: {}, gap {:.3g}, {:.4g} sweeps, {:.3g} s\n", status_name(solution),
               method_name(solution), solution.report.gap, solution.report.sweeps, solution.report.seconds);
  }
  if (lessons && lessons->interrupted) return kInterrupted;
  return exit_status(solution.report.status);
}

void declare_options(CLI::App& app, Options& options) {
  app.add_option("MODEL", options.model, "a model, or - for standard input")->required();
  app.add_option(
         "--criterion", options.criterion,
         "discounted (the default), horizon=N, total, total=LABEL, reach=LABEL, average, robust, robust=N")
      ->option_text("NAME");
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

void declare_pictures(CLI::App& app, Options& options) {
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

Command solve_command() {
  return {
      .name = "solve",
      .summary = "Solve a Markov decision process: state<TAB>value<TAB>lower<TAB>upper<TAB>choice.",
      .examples =
          "calando mdp frozen_lake | calando solve - --discount 0.99\n"
          "calando solve model.mdp --discount 0.999 --tolerance 1e-8 --json --values V.npy --policy P.npy\n"
          "calando solve costs.mdp --discount 0.9 --minimise --time-limit 60\n"
          "calando solve maze.mdp --criterion total      (also reach=goal, average, horizon=10, robust)\n"
          "calando mdp grid slip=0.1 walls=0.1 | calando solve - --criterion total --plot grid.svg\n"
          "calando solve lake.json --discount 0.99 --grid 4 --arrows \"<v>^\" --plot lake.svg\n"
          "calando solve lake.json --discount 0.99 --learn \"q_learning(rate=cosine(0.5, 0, 100%), "
          "exploration=1)\"\n",
      .computes = true,
      .declare = [](CLI::App& app) -> Run {
        auto options = std::make_shared<Options>();
        declare_options(app, *options);
        declare_pictures(app, *options);
        declare_learning(app, options->learning);
        return [options](const Common& common) { return run(*options, common); };
      }};
}

}  // namespace calando::tools
