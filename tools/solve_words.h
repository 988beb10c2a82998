// SPDX-License-Identifier: MIT
// The options of `calando solve` as words, and what they mean.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "calando/solve.h"
#include "tools/command.h"
#include "tools/solve_learning.h"
#include "tools/solve_picture.h"

namespace calando::tools {

struct SolveWords {
  std::string model;
  std::string criterion = "discounted";
  std::optional<double> discount;
  bool maximise = false;
  bool minimise = false;
  std::string method = "auto";
  SolveOptions solve;
  std::string values;
  std::string lower;
  std::string upper;
  std::string policy;
  std::string choice_values;
  std::string bias;
  std::string plot;
  std::string title;
  GridLayout grid;
  LearningWords learning;
};

void declare_solve_words(CLI::App& app, SolveWords& words);

/// Throws:  UsageError: words that are none, or do not go together
SolveOptions understand_solve(const SolveWords& words, const Common& common);

}  // namespace calando::tools
