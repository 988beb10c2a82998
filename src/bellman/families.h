// SPDX-License-Identifier: MIT
// The standard models: each a struct of options that builds one. The list of them is in families.cc.
//
// Rewards are to be maximised; what the literature calls a cost is a negative reward here.
#pragma once

#include <cstdint>
#include <string>

#include "calando/fields.h"
#include "calando/mdp.h"

namespace calando::bellman {

/// Source:  Archibald, McKinnon & Thomas 1995.
struct Garnet {
  static constexpr std::string_view kName = "garnet";
  static constexpr std::string_view kSummary =
      "random successors, probabilities from sorted cuts, uniform rewards";
  std::int64_t states = 1000;
  std::int64_t choices = 10;
  std::int64_t successors = 10;
  std::int64_t seed = 1;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("states", self.states, range::closed(1, 1e9), "states");
    visit("choices", self.choices, range::closed(1, 1e6), "choices in each state");
    visit("successors", self.successors, range::closed(1, 1e6), "distinct successors of each choice");
    visit("seed", self.seed, range::closed(0, 0x1p53), "of the random numbers");
  }
  Mdp build(const std::string& name) const;
};

/// Choices of state 0: stay, which pays 5 and moves on by even chances; leave, which pays 10. State 1 pays -1 for ever.
/// Source:  Puterman 1994, section 3.1.
struct TwoState {
  static constexpr std::string_view kName = "two_state";
  static constexpr std::string_view kSummary = "stay for 5 or leave for 10, and then pay 1 for ever";

  template <class Self, class Visit>
  static void fields(Self&, Visit&&) {}
  Mdp build(const std::string& name) const;
};

/// Choices: wait, cut. Source:  the forest example of the MDP toolboxes.
struct Forest {
  static constexpr std::string_view kName = "forest";
  static constexpr std::string_view kSummary =
      "a stand that ages: wait or cut, fire takes it back to state 0";
  std::int64_t states = 3;
  double r1 = 4;
  double r2 = 2;
  double p = 0.1;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("states", self.states, range::closed(2, 1e9), "ages");
    visit("r1", self.r1, range::any, "reward of waiting in the oldest age");
    visit("r2", self.r2, range::any, "reward of cutting in the oldest age");
    visit("p", self.p, range::closed(0, 1), "probability of a fire");
  }
  Mdp build(const std::string& name) const;
};

/// Choices: left, down, right, up. The goal is the last cell, and stays; its label is "goal".
struct Grid {
  static constexpr std::string_view kName = "grid";
  static constexpr std::string_view kSummary = "a board: each step costs 1, until the last cell is reached";
  std::int64_t rows = 10;
  std::int64_t columns = 10;
  double slip = 0;
  double walls = 0;
  std::int64_t seed = 1;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("rows", self.rows, range::closed(1, 60000), "rows");
    visit("columns", self.columns, range::closed(1, 60000), "columns");
    visit("slip", self.slip, range::closed(0, 1), "probability of a step to either side, half each");
    visit("walls", self.walls, range::half_open(0, 1), "probability of a cell being a wall");
    visit("seed", self.seed, range::closed(0, 0x1p53), "of the walls");
  }
  Mdp build(const std::string& name) const;
};

/// A perfect maze: exactly one way between any two corridors.
struct Maze {
  static constexpr std::string_view kName = "maze";
  static constexpr std::string_view kSummary =
      "corridors and walls by random depth-first search, a grid otherwise";
  std::int64_t rows = 21;
  std::int64_t columns = 21;
  double slip = 0;
  std::int64_t seed = 1;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("rows", self.rows, range::closed(3, 60000), "rows");
    visit("columns", self.columns, range::closed(3, 60000), "columns");
    visit("slip", self.slip, range::closed(0, 1), "probability of a step to either side, half each");
    visit("seed", self.seed, range::closed(0, 0x1p53), "of the maze");
  }
  Mdp build(const std::string& name) const;
};

/// Choices: left, down, right, up. Source:  Gymnasium, FrozenLake-v1.
struct FrozenLake {
  static constexpr std::string_view kName = "frozen_lake";
  static constexpr std::string_view kSummary = "Gymnasium's FrozenLake, size 4 or 8";
  std::int64_t size = 4;
  bool slippery = true;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("size", self.size, range::closed(4, 8), "4 or 8");
    visit("slippery", self.slippery, "whether a step goes astray two times of three");
  }
  Mdp build(const std::string& name) const;
};

/// Choices: up, right, down, left. Source:  Gymnasium, CliffWalking-v0.
struct Cliff {
  static constexpr std::string_view kName = "cliff";
  static constexpr std::string_view kSummary = "Gymnasium's CliffWalking: 4 x 12, start in state 36";
  bool slippery = false;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("slippery", self.slippery, "whether a step goes astray two times of three");
  }
  Mdp build(const std::string& name) const;
};

/// Choices: south, north, east, west, pick up, drop off. Source:  Gymnasium, Taxi-v3; Dietterich 2000.
struct Taxi {
  static constexpr std::string_view kName = "taxi";
  static constexpr std::string_view kSummary =
      "Gymnasium's Taxi: 500 states, those a game starts in labelled \"start\"";

  template <class Self, class Visit>
  static void fields(Self&, Visit&&) {}
  Mdp build(const std::string& name) const;
};

/// Stakes 1, 2, ... Source:  Sutton & Barto 2018, example 4.3.
struct Gambler {
  static constexpr std::string_view kName = "gambler";
  static constexpr std::string_view kSummary = "stakes on a coin until ruin or the goal, which pays 1";
  std::int64_t goal = 100;
  double p = 0.4;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("goal", self.goal, range::closed(1, 1e6), "capital to reach");
    visit("p", self.p, range::closed(0, 1), "probability of heads");
  }
  Mdp build(const std::string& name) const;
};

/// Choices: cars moved from the first place to the second, from the most negative on; state = first * (limit + 1) + second.
/// Source:  Sutton & Barto 2018, example 4.2, with the Poisson tails exact.
struct Rental {
  static constexpr std::string_view kName = "rental";
  static constexpr std::string_view kSummary = "Jack's two car rentals";
  std::int64_t limit = 20;
  std::int64_t moves = 5;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("limit", self.limit, range::closed(1, 100), "cars that a place can hold");
    visit("moves", self.moves, range::closed(0, 100), "cars moved in a night, at most");
  }
  Mdp build(const std::string& name) const;
};

/// Choices: units ordered, 0, 1, ... Source:  Puterman 1994, section 3.2.
struct Inventory {
  static constexpr std::string_view kName = "inventory";
  static constexpr std::string_view kSummary = "stock up to a capacity, demand of 0, 1 or 2";
  std::int64_t capacity = 3;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("capacity", self.capacity, range::closed(1, 20000), "units that the store holds");
  }
  Mdp build(const std::string& name) const;
};

/// Choices: speed of the first server x speed of the second, slow or fast; state = first queue * (limit + 1) + second.
struct Queue {
  static constexpr std::string_view kName = "queue";
  static constexpr std::string_view kSummary = "two queues in tandem whose servers run slow or fast";
  std::int64_t limit = 39;
  double arrivals = 0.9;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("limit", self.limit, range::closed(1, 60000), "customers that a queue holds");
    visit("arrivals", self.arrivals, range::positive,
          "rate of arrivals; servers have 0.6 or 1.2 and 0.7 or 1.3");
  }
  Mdp build(const std::string& name) const;
};

/// Choice = hygiene + 5 * distancing; state = susceptible people. Source:  Gargiani et al. 2024, chapter 5.
struct Sis {
  static constexpr std::string_view kName = "sis";
  static constexpr std::string_view kSummary = "an epidemic: 5 levels of hygiene x 4 of distancing";
  std::int64_t population = 500;
  std::int64_t successors = 100;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("population", self.population, range::closed(1, 1e6), "people");
    visit("successors", self.successors, range::closed(2, 1e6),
          "successors of a choice that are kept, at most");
  }
  Mdp build(const std::string& name) const;
};

/// State = angle * velocities + velocity. Source:  Gargiani et al. 2024, the pendulum of madupite.
struct Pendulum {
  static constexpr std::string_view kName = "pendulum";
  static constexpr std::string_view kSummary =
      "a torque swings a pendulum up: bilinear on a grid of angle x velocity";
  std::int64_t angles = 41;
  std::int64_t velocities = 41;
  std::int64_t torques = 11;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("angles", self.angles, range::closed(2, 1e5), "of a full turn");
    visit("velocities", self.velocities, range::closed(2, 1e5), "from -10 to 10");
    visit("torques", self.torques, range::closed(2, 1e5), "from -3 to 3");
  }
  Mdp build(const std::string& name) const;
};

}  // namespace calando::bellman
