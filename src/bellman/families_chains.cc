// SPDX-License-Identifier: MIT
// Standard models of operations: random ones, forests, stakes, stores, queues, rentals.
#include <algorithm>
#include <array>
#include <cmath>

#include "calando/error.h"
#include "src/bellman/families.h"
#include "src/cpu/random.h"
#include "src/schedule/math.h"

namespace calando::bellman {

Mdp Garnet::build(const std::string& name) const {
  if (successors > states) {
    throw UsageError("garnet: successors = " + std::to_string(successors) + ", expected at most the " +
                     std::to_string(states) + " states");
  }
  const auto count = static_cast<std::size_t>(successors);
  const auto seed_bits = static_cast<std::uint64_t>(seed);
  const cpu::Random targets(seed_bits, cpu::Purpose::simulation, 0);
  const cpu::Random cuts(seed_bits, cpu::Purpose::simulation, 1);
  const cpu::Random rewards(seed_bits, cpu::Purpose::simulation, 2);
  std::vector<std::uint32_t> chosen(count);
  std::vector<double> cut(count + 1);
  MdpBuilder builder(name);
  std::uint64_t target_draw = 0;
  std::uint64_t cut_draw = 0;
  std::uint64_t choice = 0;
  for (std::int64_t s = 0; s < states; ++s) {
    builder.add_state();
    for (std::int64_t c = 0; c < choices; ++c, ++choice) {
      // Distinct ones, by Floyd's sampling: the i-th draw is from one state more than the one before.
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t last = static_cast<std::uint64_t>(states) - count + i;
        const auto drawn = static_cast<std::uint32_t>(targets.below(target_draw++, last + 1));
        const auto end = chosen.begin() + static_cast<std::ptrdiff_t>(i);
        chosen[i] = std::find(chosen.begin(), end, drawn) == end ? drawn : static_cast<std::uint32_t>(last);
      }
      cut.front() = 0;
      cut.back() = 1;
      for (std::size_t i = 1; i < count; ++i) cut[i] = cuts.uniform(cut_draw++);
      std::sort(cut.begin(), cut.end());
      builder.add_choice(rewards.uniform(choice));
      for (std::size_t i = 0; i < count; ++i) builder.add(chosen[i], cut[i + 1] - cut[i]);
    }
  }
  return std::move(builder).build();
}

Mdp TwoState::build(const std::string& name) const {
  MdpBuilder builder(name);
  builder.add_state();
  builder.add_choice(5).add(0, 0.5).add(1, 0.5);
  builder.add_choice(10).add(1, 1);
  builder.add_state();
  builder.add_choice(-1).add(1, 1);
  return std::move(builder).build();
}

Mdp Forest::build(const std::string& name) const {
  MdpBuilder builder(name);
  const auto oldest = static_cast<std::uint32_t>(states - 1);
  for (std::uint32_t age = 0; age <= oldest; ++age) {
    builder.add_state();
    builder.add_choice(age == oldest ? r1 : 0).add(0, p).add(std::min(age + 1, oldest), 1 - p);
    builder.add_choice(age == oldest ? r2 : (age == 0 ? 0 : 1)).add(0, 1);
  }
  return std::move(builder).build();
}

Mdp Gambler::build(const std::string& name) const {
  MdpBuilder builder(name);
  for (std::int64_t capital = 0; capital <= goal; ++capital) {
    const std::uint32_t state = builder.add_state();
    if (capital == 0 || capital == goal) {
      builder.label(capital == 0 ? "ruin" : "goal", state).add_choice(0).terminate(1);
    }
    for (std::int64_t stake = 1; stake <= std::min(capital, goal - capital); ++stake) {
      builder.add_choice(0).add(static_cast<std::uint32_t>(capital + stake), p,
                                capital + stake == goal ? 1 : 0);
      builder.add(static_cast<std::uint32_t>(capital - stake), 1 - p);
    }
  }
  return std::move(builder).build();
}

Mdp Inventory::build(const std::string& name) const {
  constexpr std::array<double, 3> kDemand{0.25, 0.5, 0.25};
  MdpBuilder builder(name);
  for (std::int64_t stock = 0; stock <= capacity; ++stock) {
    builder.add_state();
    for (std::int64_t order = 0; stock + order <= capacity; ++order) {
      const std::int64_t available = stock + order;
      const double ordering = order == 0 ? 0 : 4 + 2 * static_cast<double>(order);
      builder.add_choice(-ordering - static_cast<double>(available));
      for (std::int64_t demand = 0; demand < 3; ++demand) {
        const std::int64_t sold = std::min(available, demand);
        builder.add(static_cast<std::uint32_t>(available - sold), kDemand[static_cast<std::size_t>(demand)],
                    8 * static_cast<double>(sold));
      }
    }
  }
  return std::move(builder).build();
}

Mdp Queue::build(const std::string& name) const {
  constexpr std::array<double, 2> kFirst{0.6, 1.2};
  constexpr std::array<double, 2> kSecond{0.7, 1.3};
  constexpr double kFastCost = 2;
  constexpr double kLostCost = 20;
  const double all =
      arrivals + kFirst[1] + kSecond[1];  // uniformised: events of this rate, some of them nothing
  const auto state_of = [&](std::int64_t a, std::int64_t b) {
    return static_cast<std::uint32_t>(a * (limit + 1) + b);
  };
  MdpBuilder builder(name);
  for (std::int64_t a = 0; a <= limit; ++a) {
    for (std::int64_t b = 0; b <= limit; ++b) {
      const std::uint32_t here = builder.add_state();
      for (std::size_t choice = 0; choice < 4; ++choice) {
        const double first = a > 0 && b < limit ? kFirst[choice / 2] / all : 0;
        const double second = b > 0 ? kSecond[choice % 2] / all : 0;
        const double arrival = arrivals / all;
        const std::size_t servers = choice / 2 + choice % 2;
        const auto fast = static_cast<double>(servers);
        const double lost = a == limit ? kLostCost * arrival : 0;
        builder.add_choice(-(static_cast<double>(a + b) + kFastCost * fast + lost) / all);
        double nothing = 1 - first - second;
        if (a < limit) {
          builder.add(state_of(a + 1, b), arrival);
          nothing -= arrival;
        }
        if (a > 0 && b < limit) builder.add(state_of(a - 1, b + 1), first);
        if (b > 0) builder.add(state_of(a, b - 1), second);
        builder.add(here, nothing);
      }
    }
  }
  return std::move(builder).build();
}

namespace {

/// Of a Poisson distribution: P(X = k) for k < limit, and P(X >= limit) for k = limit.
std::vector<double> poisson_capped(double mean, std::int64_t limit) {
  std::vector<double> p(static_cast<std::size_t>(limit) + 1);
  double each = schedule::exp(-mean).high;
  double rest = 1;
  for (std::size_t k = 0; k + 1 < p.size(); ++k) {
    p[k] = each;
    rest -= each;
    each *= mean / static_cast<double>(k + 1);
  }
  p.back() = rest;
  return p;
}

/// A night and a day at one place: from how many cars to how many, and how many were rented on average.
struct Place {
  std::vector<std::vector<double>> after;
  std::vector<double> rented;
};

Place run_place(double requests, double returns, std::int64_t limit) {
  const auto size = static_cast<std::size_t>(limit) + 1;
  Place place{std::vector<std::vector<double>>(size, std::vector<double>(size)), std::vector<double>(size)};
  for (std::size_t cars = 0; cars < size; ++cars) {
    const std::vector<double> asked = poisson_capped(requests, static_cast<std::int64_t>(cars));
    for (std::size_t rented = 0; rented <= cars; ++rented) {
      place.rented[cars] += asked[rented] * static_cast<double>(rented);
      const std::size_t left = cars - rented;
      const std::vector<double> back = poisson_capped(returns, static_cast<std::int64_t>(size - 1 - left));
      for (std::size_t k = 0; k < back.size(); ++k) place.after[cars][left + k] += asked[rented] * back[k];
    }
  }
  return place;
}

}  // namespace

Mdp Rental::build(const std::string& name) const {
  constexpr double kPrice = 10;
  constexpr double kMoveCost = 2;
  const Place first = run_place(3, 3, limit);
  const Place second = run_place(4, 2, limit);
  const std::int64_t size = limit + 1;
  MdpBuilder builder(name);
  builder.grid(static_cast<std::size_t>(size));
  for (std::int64_t state = 0; state < size * size; ++state) {
    builder.add_state();
    const std::int64_t a = state / size;
    const std::int64_t b = state % size;
    for (std::int64_t moved = -std::min(b, moves); moved <= std::min(a, moves); ++moved) {
      const auto here = static_cast<std::size_t>(std::min(a - moved, limit));
      const auto there = static_cast<std::size_t>(std::min(b + moved, limit));
      builder.add_choice(kPrice * (first.rented[here] + second.rented[there]) -
                         kMoveCost * static_cast<double>(std::abs(moved)));
      for (std::size_t i = 0; i < first.after[here].size(); ++i) {
        for (std::size_t j = 0; j < second.after[there].size(); ++j) {
          builder.add(static_cast<std::uint32_t>(i * static_cast<std::size_t>(size) + j),
                      first.after[here][i] * second.after[there][j]);
        }
      }
    }
  }
  return std::move(builder).build();
}

}  // namespace calando::bellman
