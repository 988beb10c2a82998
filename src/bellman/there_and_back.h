// SPDX-License-Identifier: MIT
// About the inverse of I - P by going through the states in their order and back: values travel far where successors lie near.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/bellman/multigrid.h"
#include "src/cpu/threads.h"

namespace calando::bellman {

/// x = about (I - P)^-1 b, by symmetric Gauss-Seidel within a few large blocks of states, as if none led to another block. Linear in b;
/// the same bits for any number of threads.
///
/// Source:  Saad 2003, sections 4.1.2 and 10.2
class ThereAndBack {
 public:
  explicit ThereAndBack(cpu::Team& team) : team_(team) {}

  /// Takes over P, of nonnegative rows that sum to less than 1; borrowed.
  void take(const Rows& rows);

  void apply(std::span<const double> b, std::span<double> x) const;

  /// What an apply() touches, in products with P.
  static constexpr double kWork = 2;

 private:
  cpu::Team& team_;
  Rows rows_;
  std::vector<double> inverse_;  // of the diagonal of I - P
};

}  // namespace calando::bellman
