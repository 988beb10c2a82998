// SPDX-License-Identifier: MIT
// Takes the arguments of a call by name or position, and refuses what is left over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/spec/call.h"

namespace calando::spec {

/// The arguments of one call, taken one after the other in the order of their positions. The call must outlive it.
///
///   Arguments args(call, column, "schedule");
///   double from = args.number("from");
///   double shrink = args.number("shrink", 1.0);
///   args.finish();    // unknown or surplus arguments: UsageError with the nearest name
///
/// Throws:  UsageError, "schedule, column 8: cosine: from = True, expected a number".
class Arguments {
 public:
  Arguments(const Call& call, std::size_t column, std::string_view what);

  const std::string& call_name() const { return call_.path; }
  std::size_t call_column() const { return column_; }
  const std::string& what() const { return what_; }

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
  std::vector<double> numbers(std::string_view name);  // a list or a tuple
  const Value& value(std::string_view name);           // anything, but given

  /// The same of a value in hand, such as one that take_named() returned.
  double as_number(std::string_view name, const Value& value) const;
  std::int64_t as_integer(std::string_view name, const Value& value) const;
  bool as_boolean(std::string_view name, const Value& value) const;
  std::string as_text(std::string_view name, const Value& value) const;
  std::vector<double> as_numbers(std::string_view name, const Value& value) const;

  /// Refuses arguments that nobody took.
  void finish() const;

  /// Throws "...: cosine: length = -5, expected <expected>", at the argument's column; "length is missing, expected ..."
  /// at the call's where it is not given.
  [[noreturn]] void refuse(std::string_view name, std::string_view expected) const;
  /// Throws "...: cosine: <why>" at a value's column.
  [[noreturn]] void refuse(const Value& at, std::string_view why) const;
  /// Throws "...: cosine: <why>" at the call's column.
  [[noreturn]] void refuse(std::string_view why) const;

 private:
  const Argument* find(std::string_view name, std::size_t position) const;
  const Value* take_from(std::string_view name, std::size_t position);

  const Call& call_;
  std::size_t column_;
  std::string what_;
  std::vector<bool> taken_;
  std::vector<std::string> known_;
  std::vector<std::size_t> positions_;  // of the known; kNamedOnly where there is none
  std::size_t position_ = 0;
};

}  // namespace calando::spec
