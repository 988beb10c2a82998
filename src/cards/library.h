// SPDX-License-Identifier: MIT
// What a card can ask of the library: the one list of computations and of pictures, by area.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/cards/expression.h"
#include "src/plot/figure.h"

namespace calando::cards {

/// The arguments of a computation, taken in their order.
class Given {
 public:
  Given(std::string_view name, const std::vector<Value>& values) : name_(name), values_(values) {}

  /// Throw UsageError where the next argument is missing or of another kind.
  double number();
  std::int64_t whole();
  const std::string& text();
  const std::vector<double>& list();

  bool more() const { return at_ < values_.size(); }
  /// Whether the next argument is a text.
  bool text_is_next() const { return more() && std::holds_alternative<std::string>(values_[at_]); }
  /// Throws UsageError where arguments are left over.
  void finish() const;
  std::string_view name() const { return name_; }

 private:
  const Value& next(std::string_view kind);
  std::string_view name_;
  const std::vector<Value>& values_;
  std::size_t at_ = 0;
};

struct Computation {
  std::string_view name;
  std::string_view arguments;  // "\"schedule\", t"
  std::string_view meaning;
  double (*compute)(Given&);
};

struct Picture {
  std::string_view name;
  std::string_view arguments;
  std::string_view meaning;
  plot::Figure (*draw)(Given&);
};

std::span<const Computation> schedule_computations();
std::span<const Computation> optimizer_computations();
std::span<const Computation> similarity_computations();
std::span<const Computation> bellman_computations();
std::span<const Computation> learning_computations();
std::span<const Computation> training_computations();
std::span<const Computation> run_computations();

std::span<const Picture> schedule_pictures();
std::span<const Picture> curve_pictures();
std::span<const Picture> optimizer_pictures();
std::span<const Picture> similarity_pictures();
std::span<const Picture> bellman_pictures();
std::span<const Picture> learning_pictures();

/// All of them, area by area.
std::vector<Computation> all_computations();
std::vector<Picture> all_pictures();

/// The library as an expression calls it.
double call_library(std::string_view name, const std::vector<Value>& arguments);

/// The picture of that name.
plot::Figure draw_call(std::string_view name, const std::vector<Value>& arguments);

/// The figure that a card's picture line says, with these numbers for its names.
///
/// Throws:  UsageError
plot::Figure draw_picture(std::string_view line, const Names& names);

}  // namespace calando::cards
