// SPDX-License-Identifier: MIT
// calando solve MODEL: Bellman's equation, with a lower and an upper bound on every value.
#include <fmt/format.h>

#include <algorithm>
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
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/output.h"
#include "tools/solve_learning.h"
#include "tools/solve_picture.h"
#include "tools/solve_words.h"

namespace calando::tools {
namespace {

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

GridLayout layout_of(const Mdp& model, const SolveWords& options) {
  GridLayout grid = options.grid;
  if (grid.columns == 0) grid.columns = model.notes().grid_columns;
  if (grid.arrows.empty()) grid.arrows = model.notes().grid_arrows;
  return grid;
}

void draw(const Mdp& model, const Solution& solution, const std::optional<Lessons>& lessons,
          const SolveWords& options) {
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

int run(const SolveWords& options, const Common& common) {
  const SolveOptions solve_options = understand_solve(options, common);
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
        auto options = std::make_shared<SolveWords>();
        declare_solve_words(app, *options);
        return [options](const Common& common) { return run(*options, common); };
      }};
}

}  // namespace calando::tools
