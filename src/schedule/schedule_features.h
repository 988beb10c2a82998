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

  struct Distance {
    double largest = 0;
    std::size_t leading = 0;  // steps from the first on at which they agree
  };
  /// Of another schedule, at the steps that were looked at; no further than to a difference of more than `enough`.
  Distance distance(const Schedule& other, double enough) const;
  /// What an argument that is a list or a dictionary may be, by its name: milestones, boundaries and values, scales.
  std::vector<spec::Value> lists(std::string_view name) const;

  double peak = 0;
  std::vector<double> rates;  // the likeliest first, in each
  std::vector<double> lengths;
  std::vector<double> shares;

 private:
  /// Steps: of the peak, of the last that is as high, of the end, and how many there are.
  struct Shape {
    Step rise, held, end, count;
  };
  void guess_rates(const Schedule& schedule, const std::vector<double>& values);
  void guess_lengths(const Schedule& schedule, const Shape& shape, const std::vector<Step>& bent);
  void guess_shares(const Schedule& schedule, const Shape& shape, const std::vector<Step>& bent);

  std::vector<double> repeated_jumps() const;

  double first_ = 0;
  double last_ = 0;
  double least_ = 0;
  std::vector<Step> at_;  // a few steps: both ends, around the bends, and some between
  std::vector<double> values_;
  std::vector<double> jumps_;   // where a schedule of constants has another one; empty where it is none
  std::vector<double> levels_;  // the constants
};

}  // namespace calando::schedule
