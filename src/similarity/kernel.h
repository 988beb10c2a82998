// SPDX-License-Identifier: MIT
// Sums of products in double, in one fixed order: the kernels under every similarity. They check nothing.
//
// Lane l of 16 sums the elements l, l + 16, l + 32, ...; then lanes l and l + 8 are added, l and l + 4, l and l + 2, the last two. A
// dot product has the same bits in each of these functions and on every instruction set: products are exact in double for all types but f64,
// where product and sum round apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "calando/vectors.h"

namespace calando::similarity {

inline constexpr std::size_t kSumLanes = 16;

/// Two powers of two whose product brings the largest element of a vector of f64 into [1, 2); 1 and 1 for the other types. Two,
/// because one cannot lift the smallest numbers.
struct Scale {
  double first = 1;
  double second = 1;
};

/// What a similarity is made of.
struct Sums {
  double dot = 0;
  double aa = 0;
  double bb = 0;
};

/// One vector: its elements, how many, and the scale of f64.
struct Operand {
  const void* elements = nullptr;
  Scale scale = {};
};

/// The sums of a pair of vectors of one type. Of bits: counts of those set in both, in a, in b.
Sums pair_sums(Element element, const Operand& a, const Operand& b, std::size_t dimension) noexcept;

/// `count` rows of one type; scales has one for each row of f64, else it is null.
struct Rows {
  Element element = Element::f32;
  const char* data = nullptr;
  std::size_t stride = 0;
  std::size_t count = 0;
  const Scale* scales = nullptr;
};

/// out[i] = a . row i, a in double (scaled already, where the rows are f64). Not for bits.
void dots(const double* a, const Rows& rows, std::size_t dimension, double* out) noexcept;

/// out[i] = how many bits are set in a and in row i.
void common_bits(const std::uint8_t* a, const Rows& rows, std::size_t dimension, double* out) noexcept;

/// out[i] = row i . row i; of bits: how many are set.
void squares(const Rows& rows, std::size_t dimension, double* out) noexcept;

/// The largest of the bit patterns of |x|: at least that of infinity where some element is not finite.
std::uint64_t largest_magnitude(const double* x, std::size_t count) noexcept;

/// The squares of | x norm_b - y norm_a | and | x norm_b + y norm_a |.
std::array<double, 2> chord_squares(const double* x, double norm_a, const double* y, double norm_b,
                                    std::size_t dimension) noexcept;

/// The instruction set in use.
const char* kernel_target() noexcept;

}  // namespace calando::similarity
