// SPDX-License-Identifier: MIT
// About the inverse of I - P: states that lead to each other taken together, level by level.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/cpu/threads.h"

namespace calando::bellman {

/// Rows of a matrix P: those of row i are row_begin[i] .. row_begin[i + 1].
struct Rows {
  std::span<const std::uint32_t> row_begin;
  std::span<const std::uint32_t> target;
  std::span<const double> value;

  std::size_t count() const noexcept { return row_begin.size() - 1; }
};

/// x = about (I - P)^-1 b, by one cycle over a hierarchy of ever fewer states. Each of these stands for some four of the level
/// below, and its equation is the sum of theirs. What a level gets wrong between neighbours, Gauss-Seidel on it repairs; what is
/// wrong alike for many states, the levels above do. Linear in b; the same bits for any number of threads.
///
/// Source:  Notay 2010, aggregation by two passes of matching, W-cycle; Gauss-Seidel within blocks of rows, Jacobi across
class Multigrid {
 public:
  explicit Multigrid(cpu::Team& team) : team_(team) {}

  /// Takes over P, of nonnegative rows that sum to less than 1. False where a hierarchy would be dense or does not shrink: there
  /// is none then. Counting entries tells that of most such P before anything is built.
  bool build(const Rows& rows);

  void apply(std::span<const double> b, std::span<double> x);

  /// What an apply() touches, in products with P.
  double work() const noexcept { return work_; }

 private:
  static constexpr std::size_t kBlock = 2048;  // rows: what one thread smooths at a time

  struct Level {
    std::vector<std::uint32_t> row_begin;
    std::vector<std::uint32_t> target;
    std::vector<double> value;  // off the diagonal, with the sign of P; 0 on it
    // Of each row: where the entries before it in its block end (they come first), and where those after it begin.
    std::vector<std::uint32_t> before_end;
    std::vector<std::uint32_t> after_begin;
    std::vector<double> diagonal;             // of I - P
    std::vector<double> inverse;              // its elements'
    std::vector<std::uint32_t> group;         // of each row: the row of the next level
    std::vector<std::uint32_t> member_begin;  // of each row of the next level: the rows that it stands for
    std::vector<std::uint32_t> member;
    std::vector<double> b;
    std::vector<double> x;
    std::vector<double> y;
    std::vector<double> first;  // x of the first of two cycles

    std::size_t size() const noexcept { return diagonal.size(); }
    std::size_t groups() const noexcept { return member_begin.size() - 1; }
    double residual(std::size_t i, const double* of) const noexcept;
  };

  class Gathered;

  void take_finest(const Rows& rows);
  static void group_alone(Level& level);
  static void gather(const Level& level, std::uint32_t g, Gathered& leads);
  static void match(Level& level);
  static void list_members(Level& level, std::size_t groups);
  static Level sum_up(const Level& level);
  static void finish(Level& level);
  static void sort_row(Level& level, std::size_t i);
  void invert_coarsest();

  void cycle(std::size_t depth);
  void correct(std::size_t depth);
  void again(std::size_t depth);
  void smooth_up(Level& level) const;
  void smooth_down(Level& level) const;
  template <class Block>
  void each_block(std::size_t rows, const Block& block) const;

  cpu::Team& team_;
  std::vector<Level> levels_;
  std::vector<double> coarsest_;  // the inverse, row by row
  double work_ = 0;
};

}  // namespace calando::bellman
