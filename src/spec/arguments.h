// SPDX-License-Identifier: MIT
// Takes the arguments of a call by name or position, and refuses what is left over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/spec/call.h"

namespace calando::spec {

/// The arguments of one call, taken one after the other in the order of their positions.
///
///   Arguments args(call, column, "schedule");
///   double from = args.number("from");
///   double shrink = args.number("shrink", 1.0);
///   args.finish();    // unknown or surplus arguments: UsageError with the nearest name
///
/// Throws:  UsageError, "<what>, column 8: cosine: argument ...", naming the call, the argument and what is expected.
class Arguments {
 public:
  Arguments(const Call& call, std::size_t column, std::string_view what);

  /// The value of an argument, or null where it is not given. Each call of take() owns one position.
  const Value* take(std::string_view name);
  /// The same for an argument that can only be given by name.
  const Value* take_named(std::string_view name);

  double number(std::string_view name);
  double number(std::string_view name, double otherwise);
  std::int64_t integer(std::string_view name);
  std::int64_t integer(std::string_view name, std::int64_t otherwise);
  bool boolean(std::string_view name, bool otherwise);
  std::string text(std::string_view name, std::string_view otherwise);
  std::vector<double> numbers(std::string_view name);    // a list or a tuple
  const Value& value(std::string_view name);             // anything, but given

  void finish() const;

  /// Throws a UsageError about an argument, at its column where it was given, at the call's otherwise.
  [[noreturn]] void refuse(std::string_view name, std::string_view why) const;
  [[noreturn]] void refuse(const Value& at, std::string_view why) const;

 private:
  const Call& call_;
  std::size_t column_;
  std::string what_;
  std::vector<bool> taken_;
  std::vector<std::string> known_;
  std::size_t position_ = 0;
};

}  // namespace calando::spec
