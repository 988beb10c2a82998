// SPDX-License-Identifier: MIT
// Cosine similarity that is right for every finite input.
//
//   std::vector<float> a = {1, 2, 3}, b = {2, 4, 6.5};
//   double s = cosine_similarity(a, b);    // in [-1, 1]; also cosine_distance, angle
#pragma once

#include <span>
#include <vector>

#include "calando/vectors.h"

namespace calando {

/// What the similarity with a vector of zeros is, whose direction is undefined: NaN, 0, or a UsageError. A vector of dimension 0 is
/// one of zeros. The same on every path: pairs, matrices, search, losses.
enum class Undefined : std::uint8_t { nan, zero, error };

/// The cosine of the angle between two vectors, in [-1, 1].
///
///   a . b / sqrt((a . a) (b . b))
///
/// Sums are taken in double, in 16 lanes that are added in pairs; products of all types but f64 are exact there, and vectors of f64 are scaled by
/// powers of two, so that no square overflows and none that counts vanishes.
///
/// Shapes:  one row each, of the same type and dimension
/// Error:   similarity_error_bound(); the same bits on every instruction set, and with the arguments exchanged
/// Throws:  UsageError: types or dimensions differ; a zero vector under Undefined::error. NaN or infinity in gives NaN, also beside
///          a zero vector.
double cosine_similarity(const Vectors& a, const Vectors& b, Undefined undefined = Undefined::nan);

/// 1 - similarity, in [0, 2].
///
/// Error:   similarity_error_bound() + 2^-53
double cosine_distance(const Vectors& a, const Vectors& b, Undefined undefined = Undefined::nan);

/// The angle between two vectors in radians, in [0, pi]; pi / 2 where the similarity is defined as 0.
///
///   2 atan2(| a |b| - b |a| |, | a |b| + b |a| |)
///
/// Error:   (n / 8 + 24) 2^-53 absolute for dimension n, at every angle: the cosine loses half of its digits near 0 and pi
/// Throws:  as cosine_similarity()
/// Source:  Kahan 2006, "How futile are mindless assessments of roundoff in floating-point computation?", section 12.
double angle(const Vectors& a, const Vectors& b, Undefined undefined = Undefined::nan);

/// The largest |cosine_similarity - exact value| for any two finite vectors:
///
///   (n / 8 + 13) 2^-53 for floats: n / 16 + 5 roundings in the dot product, half as many from each square, then a product, a root
///   and a quotient; 3 x 2^-53 for bits, and for integers below dimension 2^37
///
/// The similarity of a vector with itself, its opposite, or a power of two times it is exactly 1, -1, 1.
double similarity_error_bound(Element element, std::size_t dimension) noexcept;

/// Many against many: out[i b.rows + j] is cosine_similarity(row i of a, row j of b), to the bit.
///
/// Shapes:  out has a.rows x b.rows numbers; one against many is a.rows = 1
/// Throws:  UsageError: as cosine_similarity(), or another size of out.
void cosine_similarities(const Vectors& a, const Vectors& b, std::span<double> out,
                         Undefined undefined = Undefined::nan);

/// Row by row: element i is cosine_similarity(row i of a, row i of b).
///
/// Throws:  UsageError: as cosine_similarity(), or other numbers of rows.
std::vector<double> paired_cosine_similarities(const Vectors& a, const Vectors& b,
                                               Undefined undefined = Undefined::nan);

/// Euclidean norms of the rows; infinity where the norm of a finite row lies beyond the range of doubles.
///
/// Error:   (n / 32 + 6) 2^-53 relative, or half a subnormal unit
std::vector<double> norms(const Vectors& vectors);

// The same for containers of one vector's elements.
template <class T>
double cosine_similarity(const std::vector<T>& a, const std::vector<T>& b,
                         Undefined undefined = Undefined::nan) {
  return cosine_similarity(vector_of(std::span<const T>(a)), vector_of(std::span<const T>(b)), undefined);
}
template <class T>
double cosine_distance(const std::vector<T>& a, const std::vector<T>& b,
                       Undefined undefined = Undefined::nan) {
  return cosine_distance(vector_of(std::span<const T>(a)), vector_of(std::span<const T>(b)), undefined);
}
template <class T>
double angle(const std::vector<T>& a, const std::vector<T>& b, Undefined undefined = Undefined::nan) {
  return angle(vector_of(std::span<const T>(a)), vector_of(std::span<const T>(b)), undefined);
}

}  // namespace calando
