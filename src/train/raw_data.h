// SPDX-License-Identifier: MIT
// The rows of a file with their target, as they stand there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/io/row_lines.h"
#include "src/train/preprocessing.h"
#include "src/train/row_sets.h"

namespace calando::training {

/// The shortest text that reads back to the number, as float32 where it is one: tables hold those. And back.
std::string number_text(double number);
double number_of(const std::string& text);

/// What rows are to be predicted as: numbers, or words.
struct RawTarget {
  std::string name;  // a column's, or a file's
  bool is_text = false;
  std::vector<double> numbers = {};      // NaN: none
  std::vector<std::int32_t> codes = {};  // of words, -1: none
  std::vector<std::string> words = {};

  bool has(std::size_t row) const { return is_text ? codes[row] >= 0 : numbers[row] == numbers[row]; }
  /// "yes", "3", "0.5".
  std::string text_of(std::size_t row) const;
};

struct RawData {
  std::string file;    // for messages
  std::string format;  // "table, separated by commas"
  DataKind kind = DataKind::table;
  std::vector<RawColumn> columns;    // of a raw row, in its order; their statistics are not learnt yet
  std::vector<std::size_t> missing;  // by column: cells without a value
  std::vector<std::size_t> unknown;  // by column: cells with a category that training never showed
  std::size_t image_rows = 0;
  std::size_t image_columns = 0;
  bool header = true;  // of a table
  std::shared_ptr<RawRows> rows = std::make_shared<RawRows>();
  std::optional<RawTarget> target;
  io::RowLines lines;         // of a text
  std::size_t first_row = 0;  // in the file, where these are not all its rows

  /// "t.csv:12", "X.npy, row 11".
  std::string place_of(std::size_t row) const;
};

/// Rows of a file, some at a time.
class RawReader {
 public:
  virtual ~RawReader() = default;

  /// Replaces `data` by the next rows; false where none are left. From a pipe: those that have arrived.
  virtual bool next(RawData& data) = 0;

  /// All rows, in place of next().
  virtual RawData all() = 0;
};

}  // namespace calando::training
