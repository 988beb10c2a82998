// SPDX-License-Identifier: MIT
// What a schedule looks like from outside: the rates, lengths and shares that the arguments of a call for it may be.
#pragma once

#include <string_view>
#include <vector>

#include "calando/schedule.h"
#include "src/spec/call.h"

namespace calando::schedule {

struct Features {
  Features(const Schedule& schedule, Step count);

  /// Of another schedule, at the steps that were looked at.
  double largest_difference(const Schedule& other) const;
  /// What an argument that is a list or a dictionary may be, by its name: milestones, boundaries and values, scales.
  std::vector<spec::Value> lists(std::string_view name) const;

  double peak = 0;
  std::vector<double> rates;
  std::vector<double> lengths;
  std::vector<double> shares;

 private:
  std::vector<Step> at_;  // a few steps: both ends, around the bends, and some between
  std::vector<double> values_;
  std::vector<double> jumps_;   // where a schedule of constants has another one; empty where it is none
  std::vector<double> levels_;  // the constants
};

}  // namespace calando::schedule
