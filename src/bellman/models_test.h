// SPDX-License-Identifier: MIT
// Models for the tests: random ones whose numbers are short enough for exact arithmetic, and textbook ones.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "calando/mdp.h"
#include "src/cpu/random.h"

namespace calando::bellman {

struct RandomModel {
  std::uint64_t seed = 1;
  int states = 5;
  int most_choices = 4;
  int bits = 8;              // probabilities are multiples of 2^-bits
  bool terminates = false;   // some rows end the process
  bool discounts = false;    // choices have discounts of their own
  bool bad_scale = false;    // rewards from 2^-20 to 2^20
  bool always_ends = false;  // every row ends the process with positive probability
  int sign = 0;              // of all rewards: -1, 0 for any, 1
  bool free = false;         // two of three choices pay nothing
  int most_parts = 256;      // transitions of a row
};

inline Mdp make_random(const RandomModel& r) {
  const cpu::Random random(r.seed, cpu::Purpose::test);
  std::uint64_t draw = 0;
  const auto below = [&](int count) {
    return static_cast<int>(random.below(draw++, static_cast<std::uint64_t>(count)));
  };
  MdpBuilder builder("random model " + std::to_string(r.seed));
  for (int s = 0; s < r.states; ++s) {
    builder.add_state();
    for (int choices = 1 + below(r.most_choices); choices > 0; --choices) {
      double reward = (below(2001) - 1000) / 64.0;
      if (r.sign != 0) reward = r.sign * std::abs(reward);
      if (r.free && below(3) != 0) reward = 0;
      if (r.bad_scale) reward = std::ldexp(reward, below(41) - 20);
      builder.add_choice(reward, r.discounts && below(2) == 0 ? (1 + below(64)) / 64.0 : 1);
      int rest = 1 << r.bits;
      if (r.always_ends) {
        builder.terminate(std::ldexp(1, 3 - r.bits));
        rest -= 8;
      }
      for (int parts = 1; rest > 0; ++parts) {
        const int part = parts < r.most_parts ? 1 + below(rest) : rest;
        const double p = std::ldexp(part, -r.bits);
        rest -= part;
        if (r.terminates && below(4) == 0) {
          builder.terminate(p);
        } else {
          builder.add(static_cast<std::uint32_t>(below(r.states)), p);
        }
      }
    }
  }
  return std::move(builder).build();
}

/// choices[s][a] = {reward, probabilities of all states}
struct DenseChoice {
  double reward;
  std::vector<double> to;
};
inline Mdp make_dense(const std::string& name, const std::vector<std::vector<DenseChoice>>& choices) {
  MdpBuilder builder(name);
  for (const auto& of_state : choices) {
    builder.add_state();
    for (const DenseChoice& choice : of_state) {
      builder.add_choice(choice.reward);
      for (std::size_t t = 0; t < choice.to.size(); ++t)
        builder.add(static_cast<std::uint32_t>(t), choice.to[t]);
    }
  }
  return std::move(builder).build();
}

}  // namespace calando::bellman
