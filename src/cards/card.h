// SPDX-License-Identifier: MIT
// A concept card: one idea with its formula, its worked example and its picture, of which every number is computed.
//
//   name: Cosine annealing
//   area: schedules
//   formula: lr(t) = floor + (lr0 − floor) · (1 + cos(π t / T)) / 2
//   source: Loshchilov & Hutter 2017, equation 5 | https://arxiv.org/abs/1608.03983
//   related: warm-restarts, one-cycle
//   parameter: lr0 = 0.1 | 0 to 1 | the rate at the start
//   parameter: t = 50 | 0 to T, whole | the step that is asked
//   example: floor + (lr0 - floor) * 0.5 * (1 + cospi(t / T))
//   result: schedule("cosine({lr0}, {floor}, {T})", t)
//   picture: schedules("cosine({lr0}, {floor}, {T})")
//   command: calando schedule "cosine({lr0}, {floor}, {T})"
//   code: double rate = calando::cosine({lr0}, {floor}, {T})({t});
//   ---
//   Markdown, in which {{0.05 = schedule("cosine(0.1, 0, 100)", 50)}} is a number with what computes it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/cards/expression.h"

namespace calando::cards {

/// A number that a reader may change.
struct Parameter {
  std::string name;
  double value = 0;
  double low = 0;
  double high = 1;
  std::string high_name;  // of the parameter that is the upper end; empty: high
  bool whole = false;
  std::string meaning;
};

struct Source {
  std::string text;
  std::string address;  // may be empty: a book
};

struct Card {
  std::string id;  // the file's name: "cosine-annealing"
  std::string name;
  std::string area;
  std::vector<std::string> formulas;
  std::vector<Source> sources;
  std::vector<std::string> related;  // ids
  std::vector<Parameter> parameters;
  std::string example;  // an expression; may be empty where `result` says it all
  std::string result;   // the library's own answer to the example
  std::vector<std::string> pictures;
  std::string command;
  std::vector<std::string> code;
  std::string text;  // Markdown
};

/// The order in which areas are listed.
inline constexpr std::string_view kAreas[] = {"schedules", "optimizers", "similarity", "bellman", "training"};

/// Reads a card.
///
/// Throws:  DataError with the line: a field that is unknown, missing or twice, a parameter without value or range
Card read_card(std::string_view id, std::string_view text);

/// The parameters' own values.
Names default_values(const Card& card);

/// The parameters with some changed by words such as "lr0=0.2".
///
/// Throws:  UsageError: a word that is none, an unknown parameter with the nearest, a value out of its range
Names changed_values(const Card& card, const std::vector<std::string>& words);

/// A number in a card's text and what computes it.
struct Claim {
  std::string written;     // "0.05"
  std::string expression;  // after the =
  std::size_t start = 0;   // in the text, of {{
  std::size_t length = 0;
};

/// Throws:  DataError naming the card
std::vector<Claim> claims_of(const Card& card);

/// The value with as many decimals as `written` has: "0.0500" for "0.0512", "1e-5" for "2e-5".
std::string written_like(std::string_view written, double value);

/// The text with each claim as the number that is computed now, set with the digits of the one that is written.
///
/// Throws:  UsageError naming the card and the claim that cannot be computed
std::string computed_text(const Card& card, const CallLibrary& library);

}  // namespace calando::cards
