// SPDX-License-Identifier: MIT
#include "calando/plateau.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "calando/error.h"
#include "src/spec/fields.h"

namespace calando {
namespace {

/// An infinite best is that of nobody so far.
double worst(Mode mode) {
  const double infinity = std::numeric_limits<double>::infinity();
  return mode == Mode::min ? infinity : -infinity;
}

/// scheduled factor within the bounds, which hold what the factor does and not what the schedule says.
double bounded(double scheduled, double factor, double floor, double ceiling) {
  const double rate = scheduled * factor;
  if (rate < floor) return std::min(floor, scheduled);
  return rate > ceiling ? std::max(ceiling, scheduled) : rate;
}

std::string recent_name(std::size_t i) { return fmt::format("recent/{}", i); }

}  // namespace

bool Improvement::operator()(double metric, double best) const {
  const double share = std::signbit(best) == (mode == Mode::min) ? 1 + relative : 1 - relative;
  return mode == Mode::min ? metric < best * share - absolute : metric > best * share + absolute;
}

Controller::Controller(const AnyController& rule) : rule_(rule) {
  std::visit([](const auto& r) { spec::check_fields(r.kName, r); }, rule_);
  const auto* greedy = std::get_if<Greedy>(&rule_);
  if (greedy != nullptr && greedy->ceiling < greedy->floor) {
    throw UsageError(
        fmt::format("greedy: ceiling = {}, expected the floor, {}, or more", greedy->ceiling, greedy->floor));
  }
  start();
}

void Controller::start() {
  state_ = State{};
  std::visit([this](const auto& rule) { state_.best = worst(rule.improvement.mode); }, rule_);
  if (const auto* greedy = std::get_if<Greedy>(&rule_)) state_.to_reset = greedy->reset;
}

double Controller::rate(double scheduled) const {
  if (const auto* greedy = std::get_if<Greedy>(&rule_)) {
    return bounded(scheduled, state_.factor, greedy->floor, greedy->ceiling);
  }
  return bounded(scheduled, state_.factor, std::get<Plateau>(rule_).floor, kEndless);
}

bool Controller::observe(double metric, double scheduled) {
  return std::visit(
      [&](const auto& rule) {
        const bool ignored = state_.seen++ < rule.delay;
        return !ignored && observe(rule, metric, scheduled);
      },
      rule_);
}

bool Controller::reduce(const Plateau& rule, double scheduled) {
  const double next = std::max(state_.factor * rule.factor, rule.least_factor);
  const double now = rate(scheduled);
  const double then = bounded(scheduled, next, rule.floor, kEndless);
  const bool at_floor = rule.floor > 0 && now <= rule.floor;
  const bool too_small = rule.least_change > 0 && now - then <= rule.least_change;
  if (at_floor || too_small || next >= state_.factor) return false;
  state_.factor = next;
  return true;
}

bool Controller::observe(const Plateau& rule, double metric, double scheduled) {
  const auto count = static_cast<double>(state_.count);
  state_.mean = (count * state_.mean + metric) / (count + 1);
  if (++state_.count < rule.average) return false;
  const double observed = state_.mean;
  state_.mean = 0;
  state_.count = 0;
  ++state_.bad;
  if (rule.improvement(observed, state_.best)) {
    state_.best = observed;
    state_.bad = 0;
  }
  if (state_.waiting > 0) {
    --state_.waiting;
    state_.bad = 0;
  }
  if (state_.bad <= rule.patience) return false;
  state_.bad = 0;
  state_.waiting = rule.cooldown;
  return reduce(rule, scheduled);
}

/// The factor follows the rate that the bounds left, so that a raise from the floor is one.
bool Controller::change(const Greedy& rule, double by, double scheduled) {
  const double now = rate(scheduled);
  const double then = bounded(scheduled, state_.factor * by, rule.floor, rule.ceiling);
  if (!(std::fabs(then - now) > rule.least_change)) return false;
  state_.factor = then == scheduled * state_.factor * by ? state_.factor * by : then / scheduled;
  return true;
}

bool Controller::observe(const Greedy& rule, double metric, double scheduled) {
  if (rule.window > 0) {
    state_.recent.push_back(metric);
    state_.sum += metric;
    if (state_.recent.size() > static_cast<std::size_t>(rule.window)) {
      state_.sum -= state_.recent.front();
      state_.recent.erase(state_.recent.begin());
    }
    metric = state_.sum / static_cast<double>(state_.recent.size());
  }
  if (state_.waiting > 0) {
    --state_.waiting;
    state_.bad = state_.good = 0;
    return false;
  }
  if (rule.improvement(metric, state_.best)) {
    state_.best = metric;
    state_.bad = 0;
    ++state_.good;
  } else {
    ++state_.bad;
    state_.good = 0;
  }
  if (state_.good > rule.patience) {
    state_.good = 0;
    state_.waiting = rule.warmup;
    state_.to_reset = rule.reset;
    return change(rule, 1 / rule.factor, scheduled);
  }
  if (state_.bad <= rule.patience) return false;
  state_.bad = 0;
  state_.waiting = rule.cooldown;
  const bool changed = change(rule, rule.factor, scheduled);
  const bool can_fall = rate(scheduled) - rule.floor > rule.least_change;
  if (can_fall || --state_.to_reset > 0) return changed;
  const std::int64_t seen = state_.seen;
  start();
  state_.seen = seen;
  state_.waiting = rule.cooldown;
  return true;
}

std::map<std::string, double> Controller::state() const {
  std::map<std::string, double> numbers;
  State::fields(state_, [&](std::string_view name, const auto& value) {
    numbers.emplace(name, static_cast<double>(value));
  });
  for (std::size_t i = 0; i < state_.recent.size(); ++i) numbers.emplace(recent_name(i), state_.recent[i]);
  return numbers;
}

void Controller::restore(const std::map<std::string, double>& numbers) {
  State restored;
  std::size_t used = 0;
  State::fields(restored, [&](std::string_view name, auto& value) {
    const auto found = numbers.find(std::string(name));
    if (found == numbers.end()) throw UsageError(fmt::format("a controller's state without \"{}\"", name));
    value = static_cast<std::remove_reference_t<decltype(value)>>(found->second);
    ++used;
  });
  for (auto found = numbers.find(recent_name(0)); found != numbers.end();
       found = numbers.find(recent_name(restored.recent.size()))) {
    restored.recent.push_back(found->second);
    ++used;
  }
  if (used != numbers.size()) {
    throw UsageError(fmt::format("a controller's state of {} numbers, {} of them unknown", numbers.size(),
                                 numbers.size() - used));
  }
  state_ = std::move(restored);
}

}  // namespace calando
