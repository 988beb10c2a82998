// SPDX-License-Identifier: MIT
// What can go wrong, told apart by whose fault it is. The library throws these and nothing else of its own.
#pragma once

#include <stdexcept>
#include <string>

namespace calando {

/// The caller's words are wrong. what() names the thing, its value and what is expected:
///   schedule, column 8: length -5, expected a number above 0
/// Exit status of the command line: 2.
class UsageError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A file is wrong. what() starts with the file and the place in it, a line or a byte offset:
///   train.csv:1204: column "age": "n/a" is not a number
///   images.idx at byte 16: ...
/// Exit status: 4.
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;

  static DataError at_line(const std::string& file, std::size_t line, const std::string& what) {
    return DataError(file + ":" + std::to_string(line) + ": " + what);
  }
  static DataError at_byte(const std::string& file, std::size_t offset, const std::string& what) {
    return DataError(file + " at byte " + std::to_string(offset) + ": " + what);
  }
  static DataError in_file(const std::string& file, const std::string& what) {
    return DataError(file + ": " + what);
  }
};

/// The machine or a library failed: disk, memory, a system call. Exit status: 1.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace calando
