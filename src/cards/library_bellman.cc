// SPDX-License-Identifier: MIT
// Bellman: standard models solved.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "calando/error.h"
#include "calando/mdp.h"
#include "calando/solve.h"
#include "src/cards/library.h"

namespace calando::cards {
namespace {

constexpr std::size_t kMostStates = 20'000;
constexpr double kTolerance = 1e-10;

struct Solved {
  Mdp model;
  Solution solution;
};

/// The arguments "family", discount and, where there is one more text, the method.
Solved solved(Given& given) {
  Mdp model = make_mdp(given.text());
  if (model.states() > kMostStates) {
    throw UsageError(
        fmt::format("{}: {} states, expected at most {}", given.name(), model.states(), kMostStates));
  }
  SolveOptions options{.discount = given.number(), .tolerance = kTolerance, .threads = 1};
  if (given.text_is_next()) {
    const std::string& method = given.text();
    const auto found = std::find(kMethodNames.begin(), kMethodNames.end(), method);
    if (found == kMethodNames.end())
      throw UsageError(fmt::format("{}: no method \"{}\"", given.name(), method));
    options.method = static_cast<Method>(found - kMethodNames.begin());
  }
  Solution solution = solve(model, options);
  return {std::move(model), std::move(solution)};
}

template <class Answer>
double at_state(Given& given, const std::vector<Answer>& answers) {
  const std::int64_t state = given.whole();
  if (state < 0 || static_cast<std::size_t>(state) >= answers.size()) {
    throw UsageError(fmt::format("{}: state {}, expected 0 to {}", given.name(), state, answers.size() - 1));
  }
  return static_cast<double>(answers[static_cast<std::size_t>(state)]);
}

double value_of(Given& given) {
  const Solved solved_model = solved(given);
  return at_state(given, solved_model.solution.values);
}
double lower_of(Given& given) {
  const Solved solved_model = solved(given);
  return at_state(given, solved_model.solution.lower);
}
double upper_of(Given& given) {
  const Solved solved_model = solved(given);
  return at_state(given, solved_model.solution.upper);
}
double choice_of(Given& given) {
  const Solved solved_model = solved(given);
  return at_state(given, solved_model.solution.policy);
}
double gap_of(Given& given) { return solved(given).solution.report.gap; }
double sweeps_of(Given& given) { return solved(given).solution.report.sweeps; }
double states_of(Given& given) { return static_cast<double>(make_mdp(given.text()).states()); }

/// The value of a state of a model solved without a discount.
double undiscounted(Given& given, SolveOptions options) {
  const Mdp model = make_mdp(given.text());
  if (options.criterion == Criterion::reach) options.goal = given.text();
  options.tolerance = kTolerance;
  options.threads = 1;
  return at_state(given, solve(model, options).values);
}
double reach(Given& given) { return undiscounted(given, {.criterion = Criterion::reach}); }
double average_reward(Given& given) { return undiscounted(given, {.criterion = Criterion::average}); }
/// Rewards are negative costs.
double total_cost(Given& given) { return -undiscounted(given, {.criterion = Criterion::total}); }

/// One state that pays 1 in every step.
double perpetuity(Given& given) {
  MdpBuilder builder("perpetuity");
  builder.add_state();
  builder.add_choice(1).add(0, 1);
  const SolveOptions options{.discount = given.number(), .tolerance = kTolerance, .threads = 1};
  return solve(std::move(builder).build(), options).values.front();
}

/// "model": (1 - discount) value of its first state, for discounts up to 1.
plot::Figure discounts_picture(Given& given) {
  const Mdp model = make_mdp(given.text());
  plot::Figure figure;
  figure.x = {.label = "discount"};
  figure.y = {.label = "(1 − discount) · value"};
  figure.description = "The discounted value per step tends to the average reward.";
  plot::Line line;
  for (int i = 1; i < 100; ++i) {
    const double discount = i / 100.0;
    line.x.push_back(discount);
    line.y.push_back((1 - discount) *
                     solve(model, {.discount = discount, .tolerance = kTolerance, .threads = 1}).values[0]);
  }
  const double average =
      solve(model, {.criterion = Criterion::average, .tolerance = kTolerance, .threads = 1}).values[0];
  figure.layers.emplace_back(std::move(line));
  figure.layers.emplace_back(
      plot::Guide{.direction = plot::Direction::horizontal, .value = average, .text = "average reward"});
  return figure;
}

plot::Figure gaps_picture(Given& given) {
  plot::Figure figure;
  figure.x.label = "sweeps";
  figure.y = {.label = "upper − lower bound", .mapping = plot::Mapping::logarithmic};
  figure.description = "How the proven bounds close in as a model is solved.";
  const std::string family = given.text();
  const double discount = given.number();
  while (given.text_is_next()) {
    const std::string method = given.text();
    const std::vector<Value> arguments = {family, discount, method};
    Given inner(given.name(), arguments);
    plot::Line line{.name = method};
    for (const SolveProgress& progress : solved(inner).solution.report.history) {
      line.x.push_back(progress.sweeps);
      line.y.push_back(progress.gap);
    }
    figure.layers.emplace_back(std::move(line));
  }
  return figure;
}

constexpr std::array<Computation, 11> kComputations = {{
    {"value", "\"model\", discount[, \"method\"], state", "the optimal value of a state", value_of},
    {"lower_bound", "\"model\", discount[, \"method\"], state", "its proven lower bound", lower_of},
    {"upper_bound", "\"model\", discount[, \"method\"], state", "its proven upper bound", upper_of},
    {"choice", "\"model\", discount[, \"method\"], state", "the best choice there, counted from 0",
     choice_of},
    {"gap", "\"model\", discount[, \"method\"]", "the largest distance of the bounds", gap_of},
    {"sweeps", "\"model\", discount[, \"method\"]", "the work of solving it, in sweeps over the model",
     sweeps_of},
    {"reach", "\"model\", \"label\", state", "the largest probability of ever reaching the label", reach},
    {"total_cost", "\"model\", state", "the least expected cost until the end", total_cost},
    {"average_reward", "\"model\", state", "the largest reward per step in the long run", average_reward},
    {"perpetuity", "discount", "the value of 1 in every step", perpetuity},
    {"states", "\"model\"", "its number of states", states_of},
}};

constexpr std::array<Picture, 2> kPictures = {{
    {"gaps", "\"model\", discount, \"method\", ...", "the distance of the bounds as work goes on",
     gaps_picture},
    {"discounts", "\"model\"", "its value per step at every discount", discounts_picture},
}};

}  // namespace

std::span<const Computation> bellman_computations() { return kComputations; }
std::span<const Picture> bellman_pictures() { return kPictures; }

}  // namespace calando::cards
