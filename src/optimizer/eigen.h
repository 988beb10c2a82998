// SPDX-License-Identifier: MIT
// Decompositions of small dense matrices, in double.
#pragma once

#include <cstddef>
#include <vector>

#include "src/cpu/threads.h"

namespace calando::optimizer {

struct Eigen {
  std::vector<double> values;   // from the largest
  std::vector<double> vectors;  // row i is that of values[i], of length 1
};

/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's tridiagonal form, then the implicit QL iteration.
///
/// Shapes:  a: size x size, row-major; the lower triangle is read
/// Error:   eigenvalues within a few units of the last place of the largest; all NaN where the matrix has a number that is not finite
/// Source:  Golub & Van Loan 2013, algorithms 8.3.1 and 8.3.3; the same bits for any team on one machine
Eigen eigen(cpu::Team& team, std::vector<double> a, std::size_t size);

/// The rows of an orthogonal matrix Q with A^T = Q^T R: those of A, made orthogonal one after the other, each of length 1. Signs are
/// those that Householder's reflections give.
///
/// Shapes:  a: size x size, row-major
/// Source:  Golub & Van Loan 2013, algorithm 5.2.1
std::vector<double> orthogonal_rows(cpu::Team& team, std::vector<double> a, std::size_t size);

}  // namespace calando::optimizer
