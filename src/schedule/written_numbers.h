// SPDX-License-Identifier: MIT
// The numbers that stand in an expression, by what they are: the first guesses at the arguments of a call for it.
#pragma once

#include <vector>

#include "calando/schedule.h"

namespace calando::schedule {

struct WrittenNumbers {
  std::vector<double> rates;
  std::vector<double> lengths;  // of curves, and the steps at which parts begin
  std::vector<double> numbers;  // factors, exponents and the like
};

/// In the order in which the text has them, each once.
WrittenNumbers written_numbers(const Schedule& schedule);

/// Appends a finite number that is not there yet.
void add_once(std::vector<double>& list, double value);

}  // namespace calando::schedule
