// SPDX-License-Identifier: MIT
// Standard models of epidemics and mechanics.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "src/bellman/families.h"
#include "src/schedule/math.h"

namespace calando::bellman {
namespace {

/// The probabilities of first .. last successes of `trials`, scaled to sum to 1: from the ratios of neighbours, so that no
/// factorial is needed.
std::vector<double> binomial_window(std::int64_t trials, double p, std::int64_t first, std::int64_t last) {
  std::vector<double> window(static_cast<std::size_t>(last - first + 1));
  const auto mode = std::clamp(static_cast<std::int64_t>((static_cast<double>(trials) + 1) * p), first, last);
  const double odds = p / (1 - p);
  const auto at = [&](std::int64_t k) -> double& { return window[static_cast<std::size_t>(k - first)]; };
  at(mode) = 1;
  for (std::int64_t k = mode; k < last; ++k) {
    at(k + 1) = at(k) * odds * static_cast<double>(trials - k) / static_cast<double>(k + 1);
  }
  for (std::int64_t k = mode; k > first; --k) {
    at(k - 1) = at(k) / odds * static_cast<double>(k) / static_cast<double>(trials - k + 1);
  }
  double sum = 0;
  for (const double x : window) sum += x;
  for (double& x : window) x /= sum;
  return window;
}

}  // namespace

Mdp Sis::build(const std::string& name) const {
  constexpr std::array<double, 5> kInfection{0.25, 0.125, 0.08, 0.05, 0.03};
  constexpr std::array<double, 5> kHygieneCost{0, 1, 5, 6, 9};
  constexpr std::array<double, 5> kHygieneQuality{1, 0.7, 0.5, 0.4, 0.05};
  constexpr std::array<double, 4> kContacts{0.2, 0.16, 0.1, 0.01};
  constexpr std::array<double, 4> kDistanceCost{0, 1, 10, 30};
  constexpr std::array<double, 4> kDistanceQuality{1, 0.9, 0.5, 0.1};
  const auto people = static_cast<double>(population);
  MdpBuilder builder(name);
  for (std::int64_t susceptible = 0; susceptible <= population; ++susceptible) {
    const std::uint32_t state = builder.add_state();
    const double infected = people - static_cast<double>(susceptible);
    const double hospital = infected == 0 ? 0 : schedule::pow(infected, 1.1).high;
    for (std::size_t choice = 0; choice < 20; ++choice) {
      const std::size_t hygiene = choice % 5;
      const std::size_t distance = choice / 5;
      const double cost = 5 * (kHygieneCost[hygiene] + kDistanceCost[distance]) -
                          20 * kHygieneQuality[hygiene] * kDistanceQuality[distance] + 0.05 * hospital;
      builder.add_choice(-cost);
      if (infected == 0) {
        builder.add(state, 1);
        continue;
      }
      const double rate = infected / people * kInfection[hygiene] * (kContacts[distance] * people);
      const double p = 1 - schedule::exp(-rate).high;
      const double expected = static_cast<double>(susceptible) * p;
      const auto half = successors / 2;
      const auto first = static_cast<std::int64_t>(std::max(0.0, expected - static_cast<double>(half)));
      const auto last =
          std::min(susceptible, static_cast<std::int64_t>(expected + static_cast<double>(half - 1)));
      const std::vector<double> falls_ill = binomial_window(susceptible, p, first, last);
      for (std::size_t i = falls_ill.size(); i-- > 0;) {
        builder.add(static_cast<std::uint32_t>(population - first - static_cast<std::int64_t>(i)),
                    falls_ill[i]);
      }
    }
  }
  return std::move(builder).build();
}

namespace {

/// Evenly spaced values, and between which two of them a value lies.
struct Axis {
  double low;
  double high;
  std::int64_t count;

  double at(std::int64_t i) const {
    return low + static_cast<double>(i) * (high - low) / static_cast<double>(count - 1);
  }
  struct Place {
    std::int64_t below;
    double share_above;
  };
  Place place(double x) const {
    const double step = (high - low) / static_cast<double>(count - 1);
    const auto below = std::clamp(static_cast<std::int64_t>((x - low) / step), std::int64_t{0}, count - 2);
    return {below, std::clamp((x - at(below)) / step, 0.0, 1.0)};
  }
};

}  // namespace

Mdp Pendulum::build(const std::string& name) const {
  constexpr double kPi = std::numbers::pi;
  constexpr double kSeconds = 0.01;
  constexpr double kGravity = 9.81;
  const Axis angle{0, 2 * kPi, angles};
  const Axis velocity{-10, 10, velocities};
  const Axis torque{-3, 3, torques};
  MdpBuilder builder(name);
  builder.grid(static_cast<std::size_t>(velocities));
  for (std::int64_t state = 0; state < angles * velocities; ++state) {
    builder.add_state();
    const double x = angle.at(state / velocities);
    const double v = velocity.at(state % velocities);
    const double moved = x + v * kSeconds;
    const double turns = std::floor(moved / (2 * kPi));
    const Axis::Place to_x = angle.place(moved - turns * 2 * kPi);
    const double sine = schedule::cospi(x / kPi - 0.5);
    for (std::int64_t a = 0; a < torques; ++a) {
      const double force = torque.at(a);
      const double pushed = v + (force - kGravity * sine) * kSeconds;
      const Axis::Place to_v = velocity.place(std::clamp(pushed, -10.0, 10.0));
      builder.add_choice(-(2 * ((x - kPi) * (x - kPi) + v * v) + force * force));
      for (const int up : {0, 1}) {
        const double weight_x = up == 1 ? to_x.share_above : 1 - to_x.share_above;
        const auto row = static_cast<std::uint32_t>((to_x.below + up) * velocities + to_v.below);
        builder.add(row, weight_x * (1 - to_v.share_above)).add(row + 1, weight_x * to_v.share_above);
      }
    }
  }
  return std::move(builder).build();
}

}  // namespace calando::bellman
