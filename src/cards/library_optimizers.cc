// SPDX-License-Identifier: MIT
// Optimizers: what a rule does to one parameter that sees given gradients.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "calando/schedule.h"
#include "src/cards/library.h"
#include "src/optimizer/descent.h"

namespace calando::cards {
namespace {

/// One parameter "w" and its optimizer.
class Walker {
 public:
  Walker(const std::string& rule, double start) : place_(std::make_unique<Place>(Place{start, 0})) {
    OptimizerOptions options;
    options.threads = 1;
    const std::vector<Parameter> parameters = {{.name = "w",
                                                .values = std::span(&place_->value, 1),
                                                .gradients = std::span<const double>(&place_->gradient, 1)}};
    optimizer_ = std::make_unique<Optimizer>(parse_rule(rule), parameters, options);
  }

  void step(double gradient, double rate) {
    place_->gradient = gradient;
    optimizer_->step(rate);
  }
  double value() const { return place_->value; }

  double state(const std::string& name) const {
    const OptimizerState state = optimizer_->state();
    if (const auto found = state.doubles.find("w/" + name); found != state.doubles.end())
      return found->second.front();
    throw UsageError(fmt::format("the rule keeps no \"{}\"", name));
  }

 private:
  struct Place {
    double value, gradient;
  };
  std::unique_ptr<Place> place_;  // stays where it is when the walker moves
  std::unique_ptr<Optimizer> optimizer_;
};

/// The arguments "rule", rate, [gradients], start.
Walker walked(Given& given) {
  const std::string rule = given.text();
  const double rate = given.number();
  const std::vector<double>& gradients = given.list();
  Walker walker(rule, given.number());
  for (const double gradient : gradients) walker.step(gradient, rate);
  return walker;
}

double parameter_after(Given& given) { return walked(given).value(); }

double state_after(Given& given) {
  const Walker walker = walked(given);
  return walker.state(given.text());
}

/// "rule", gradient, t, "state": what the rule remembers after t equal gradients
double state_at_step(Given& given) {
  Walker walker(given.text(), 0);
  const double gradient = given.number();
  const std::int64_t steps = std::clamp<std::int64_t>(given.whole(), 0, 100'000);
  for (std::int64_t t = 0; t < steps; ++t) walker.step(gradient, 0);
  return walker.state(given.text());
}

/// s, steps: what so many iterations of Muon make of a singular value s of a matrix of norm 1
double singular_value_after(Given& given) {
  const double s = given.number();
  if (!(s >= 0 && s <= 1)) throw UsageError(fmt::format("{}: {}, expected 0 to 1", given.name(), s));
  const Muon rule{.momentum = 0,
                  .nesterov = false,
                  .weight_decay = 0,
                  .steps = static_cast<int>(std::clamp<std::int64_t>(given.whole(), 0, 99))};
  const std::array<double, 4> gradient = {s, 0, 0, std::sqrt(1 - s * s)};
  std::array<double, 4> values{};
  Optimizer optimizer(
      rule, {{.name = "w", .values = std::span(values), .gradients = std::span(gradient), .shape = {2, 2}}},
      {.threads = 1});
  optimizer.step(1);
  return -values[0];
}

double last_change(Given& given) {
  const std::string rule = given.text();
  const double rate = given.number();
  const std::vector<double>& gradients = given.list();
  Walker walker(rule, 0);
  double before = 0;
  for (const double gradient : gradients) {
    before = walker.value();
    walker.step(gradient, rate);
  }
  return walker.value() - before;
}

/// The last change where the same gradient comes again and again: rule, rate, gradient, steps.
double change_at_step(Given& given) {
  const std::string rule = given.text();
  const double rate = given.number();
  const double gradient = given.number();
  const std::int64_t steps = given.whole();
  Walker walker(rule, 0);
  double before = 0;
  for (std::int64_t t = 0; t < steps; ++t) {
    before = walker.value();
    walker.step(gradient, rate);
  }
  return walker.value() - before;
}

plot::Figure changes_picture(Given& given) {
  plot::Figure figure;
  figure.x.label = "step";
  figure.y.label = "size of the step";
  std::vector<std::string> rules;
  while (given.text_is_next()) rules.push_back(given.text());
  const double rate = given.number();
  const double gradient = given.number();
  const std::int64_t steps = given.whole();
  figure.description = "How far each step moves a parameter whose gradient stays the same.";
  for (const std::string& rule : rules) {
    plot::Line line{.name = rules.size() == 1 ? "" : rule};
    Walker walker(rule, 0);
    for (std::int64_t t = 1; t <= steps; ++t) {
      const double before = walker.value();
      walker.step(gradient, rate);
      line.x.push_back(static_cast<double>(t));
      line.y.push_back(std::fabs(walker.value() - before));
    }
    figure.layers.emplace_back(std::move(line));
  }
  return figure;
}

constexpr std::array<Computation, 6> kComputations = {{
    {"parameter_after", "\"rule\", rate, [gradients], start", "the parameter after these gradients",
     parameter_after},
    {"state_after", "\"rule\", rate, [gradients], start, \"state\"",
     "what the rule remembers after these gradients", state_after},
    {"state_at_step", "\"rule\", gradient, t, \"state\"", "what the rule remembers after t equal gradients",
     state_at_step},
    {"singular_value_after", "s, iterations", "a singular value of Muon's update", singular_value_after},
    {"last_change", "\"rule\", rate, [gradients]", "how the last of these gradients moves the parameter",
     last_change},
    {"change_at_step", "\"rule\", rate, gradient, t", "how the t-th of equal gradients moves the parameter",
     change_at_step},
}};

/// "surface", "rule(lr=...)", ..., steps
plot::Figure descent_picture(Given& given) {
  const optimizer::Surface surface = optimizer::make_surface(given.text());
  std::vector<std::string> rules;
  while (given.text_is_next()) rules.push_back(given.text());
  const optimizer::DescentOptions options{.from = {}, .steps = std::clamp<Step>(given.whole(), 0, 100'000)};
  std::vector<optimizer::Descent> descents;
  for (const std::string& text : rules) {
    const RuleOptions rule = parse_rule(text);
    descents.push_back(optimizer::descend(surface, text, rule, rule.rate.value_or(constant(0.01)), options));
  }
  return descent_figure(surface, descents);
}

constexpr std::array<Picture, 2> kPictures = {{
    {"descent", "\"surface\", \"rule(lr=...)\", ..., steps", "optimizers on a test function",
     descent_picture},
    {"changes", "\"rule\", ..., rate, gradient, steps", "the size of each step under equal gradients",
     changes_picture},
}};

}  // namespace

std::span<const Computation> optimizer_computations() { return kComputations; }
std::span<const Picture> optimizer_pictures() { return kPictures; }

}  // namespace calando::cards
