// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cstring>

#include "calando/error.h"
#include "src/bellman/readers.h"

namespace calando::bellman {
namespace {

/// A matrix in compressed rows.
struct Matrix {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::vector<std::uint32_t> row_begin;
  std::vector<std::uint32_t> column;
  std::vector<double> value;
};

/// Numbers of 32 and 64 bits, the highest byte first.
class BigEndian {
 public:
  explicit BigEndian(const io::File& file) : file_(file) {}

  std::uint32_t word(const char* what) {
    std::uint32_t value = 0;
    for (const unsigned char byte : take(4, what)) value = (value << 8) | byte;
    return value;
  }
  double number(const char* what) {
    std::uint64_t bits = 0;
    for (const unsigned char byte : take(8, what)) bits = (bits << 8) | byte;
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  void need(std::size_t size, const char* what) const {
    if (file_.bytes.view.size() - at_ < size) fail(fmt::format("the file ends before {}", what));
  }
  [[noreturn]] void fail(const std::string& what) const { throw DataError::at_byte(file_.name, at_, what); }
  bool at_end() const { return at_ == file_.bytes.view.size(); }

 private:
  std::string_view take(std::size_t size, const char* what) {
    need(size, what);
    at_ += size;
    return file_.bytes.view.substr(at_ - size, size);
  }

  const io::File& file_;
  std::size_t at_ = 0;
};

/// Source:  PETSc's manual, MatLoad: class, rows, columns, nonzeros (-1: dense), row lengths, columns, values.
Matrix read_matrix(const io::File& file) {
  constexpr std::uint32_t kMatrixClass = 1211216;
  constexpr std::uint32_t kDense = 0xFFFFFFFF;
  BigEndian in(file);
  Matrix matrix;
  if (in.word("the class") != kMatrixClass) in.fail("not a matrix");
  matrix.rows = in.word("the number of rows");
  matrix.columns = in.word("the number of columns");
  const std::uint32_t stored = in.word("the number of entries");
  const bool dense = stored == kDense;
  const std::uint64_t entries = dense ? std::uint64_t{matrix.rows} * matrix.columns : stored;
  in.need(dense ? 0 : 4 * std::size_t{matrix.rows}, "the lengths of the rows");
  if (entries > file.bytes.view.size() / 8)
    in.fail(fmt::format("{} entries in a file of {} bytes", entries, file.bytes.view.size()));
  matrix.row_begin.reserve(std::size_t{matrix.rows} + 1);
  std::uint64_t begin = 0;
  matrix.row_begin.push_back(0);
  for (std::uint32_t row = 0; row < matrix.rows; ++row) {
    begin += dense ? matrix.columns : in.word("the lengths of the rows");
    if (begin > entries)
      in.fail(fmt::format("row {} ends after {} entries, but there are {}", row, begin, entries));
    matrix.row_begin.push_back(static_cast<std::uint32_t>(begin));
  }
  if (begin != entries) in.fail(fmt::format("rows of {} entries, expected {}", begin, entries));
  matrix.column.reserve(entries);
  for (std::uint64_t i = 0; i < entries; ++i) {
    matrix.column.push_back(dense ? static_cast<std::uint32_t>(i % matrix.columns) : in.word("the columns"));
  }
  matrix.value.reserve(entries);
  for (std::uint64_t i = 0; i < entries; ++i) matrix.value.push_back(in.number("the values"));
  if (!in.at_end()) in.fail("more bytes than the matrix has");
  return matrix;
}

void add_checked(const io::File& file, std::uint32_t row, std::uint32_t column, double value,
                 std::uint32_t columns, MdpBuilder& builder) {
  if (column >= columns || !(value >= 0 && value <= 1 + 1e-6)) {
    throw DataError::in_file(
        file.name, fmt::format("row {}, column {}: {}, expected a probability in a column below {}", row,
                               column, value, columns));
  }
  builder.add(column, value);
}

}  // namespace

Mdp read_petsc(const io::File& transitions, const io::File& costs) {
  const Matrix p = read_matrix(transitions);
  const Matrix g = read_matrix(costs);
  if (p.columns != g.rows || p.rows != std::uint64_t{g.rows} * g.columns) {
    throw DataError::in_file(
        costs.name,
        fmt::format("costs of {} states x {} choices beside transitions of {} rows and {} columns", g.rows,
                    g.columns, p.rows, p.columns));
  }
  MdpBuilder builder(transitions.name);
  builder.remark("the second matrix holds costs, as madupite's do: --minimise");
  std::vector<double> cost(g.columns);
  for (std::uint32_t s = 0; s < g.rows; ++s) {
    builder.add_state();
    cost.assign(g.columns, 0);
    for (std::uint32_t i = g.row_begin[s]; i < g.row_begin[s + 1]; ++i) {
      if (g.column[i] >= g.columns)
        throw DataError::in_file(costs.name, fmt::format("column {} of row {}", g.column[i], s));
      cost[g.column[i]] = g.value[i];
    }
    for (std::uint32_t c = 0; c < g.columns; ++c) {
      const std::uint32_t row = s * g.columns + c;
      if (p.row_begin[row] == p.row_begin[row + 1]) continue;
      builder.add_choice(cost[c]);
      for (std::uint32_t i = p.row_begin[row]; i < p.row_begin[row + 1]; ++i)
        add_checked(transitions, row, p.column[i], p.value[i], p.columns, builder);
    }
  }
  return std::move(builder).build();
}

}  // namespace calando::bellman
