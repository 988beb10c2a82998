// SPDX-License-Identifier: MIT
// What tests of searches share: rows that are hard to tell apart, and brute force with the exact kernel.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <type_traits>
#include <vector>

#include "calando/search.h"
#include "src/cpu/random.h"
#include "src/similarity/similarity_testing.h"
#include "src/similarity/widen.h"

namespace calando::searching {

using similarity::number_of;
using similarity::on_every_target;
using similarity::rounded;

/// Rows in one of the types, and the same numbers as a brute force compares them: f64 as they are, all others as float32.
struct Rows {
  std::vector<char> bytes;
  Vectors view;
};

template <class T>
Rows rows_of(const std::vector<T>& elements, std::size_t dimension) {
  Rows rows;
  const auto* first = reinterpret_cast<const char*>(elements.data());
  rows.bytes.assign(first, first + elements.size() * sizeof(T));
  const Vectors view = vectors_of(std::span<const T>(elements), dimension);
  rows.view = {rows.bytes.data(), view.element, view.rows, dimension, view.stride};
  return rows;
}

/// Random rows, with everything that is hard for a search: copies, copies changed in the last bit, multiples, opposites.
template <class T>
Rows hard_rows(std::size_t count, std::size_t dimension, std::uint32_t part) {
  constexpr bool bits = std::is_same_v<T, Bits8>;
  const std::size_t length = bits ? dimension / 8 : dimension;
  const cpu::Random random(5, cpu::Purpose::test, part);
  std::vector<T> elements;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t kind = i == 0 ? 9 : random.below(1'000'000 + i, 10);
    const std::size_t model = i == 0 ? 0 : random.below(2'000'000 + i, i);
    for (std::size_t k = 0; k < length; ++k) {
      const double u = random.uniform(i * length + k);
      const double fresh = bits                    ? 1 + u
                           : std::is_integral_v<T> ? std::floor(16 * u) - (std::is_signed_v<T> ? 8 : 0)
                                                   : 2 * u - 1;
      T x = rounded<T>(fresh);
      if (kind < 4) x = elements[model * length + k];
      if constexpr (!bits) {
        if (kind == 1 && k == i % length && !std::is_integral_v<T>)
          x = rounded<T>(number_of(x) * (1 + 0x1p-10));
        if (kind == 2 && std::is_signed_v<T>) x = rounded<T>(-number_of(x));
        if (kind == 3 && !std::is_integral_v<T>) x = rounded<T>(number_of(x) * 2);
      }
      elements.push_back(x);
    }
  }
  return rows_of(elements, dimension);
}

/// The same numbers as float32, or double where they are that.
inline Rows widened(const Vectors& rows, Element to) {
  std::vector<double> numbers(rows.rows * rows.dimension);
  for (std::size_t i = 0; i < rows.rows; ++i)
    similarity::widen(rows.element, rows.row(i), rows.dimension, numbers.data() + i * rows.dimension);
  if (to == Element::f64) return rows_of(numbers, rows.dimension);
  return rows_of(std::vector<float>(numbers.begin(), numbers.end()), rows.dimension);
}

/// Every similarity, exactly.
inline std::vector<double> all_similarities(const Vectors& queries, const Vectors& rows,
                                            Undefined undefined) {
  std::vector<double> matrix(queries.rows * rows.rows);
  if (rows.element == Element::bits) {
    cosine_similarities(queries, rows, matrix, undefined);
  } else {
    const Element wide = rows.element == Element::f64 ? Element::f64 : Element::f32;
    cosine_similarities(widened(queries, wide).view, widened(rows, wide).view, matrix, undefined);
  }
  return matrix;
}

inline bool before(const Match& a, const Match& b) {
  return a.similarity > b.similarity || (a.similarity == b.similarity && a.id < b.id);
}

inline Matches brute_force(const Vectors& queries, const Vectors& rows, std::size_t k, double at_least,
                           Undefined undefined = Undefined::nan,
                           const std::function<bool(std::uint64_t)>& accept = {}) {
  const std::vector<double> matrix = all_similarities(queries, rows, undefined);
  Matches result;
  for (std::size_t j = 0; j < queries.rows; ++j) {
    std::vector<Match> found;
    for (std::size_t i = 0; i < rows.rows; ++i) {
      const double s = matrix[j * rows.rows + i];
      if (s >= at_least && (!accept || accept(i))) found.push_back({i, s});
    }
    std::sort(found.begin(), found.end(), before);
    found.resize(std::min(found.size(), k));
    result.matches.insert(result.matches.end(), found.begin(), found.end());
    result.starts.push_back(result.matches.size());
  }
  return result;
}

inline void expect_same(const Matches& found, const Matches& expected) {
  ASSERT_EQ(found.starts, expected.starts);
  for (std::size_t i = 0; i < found.matches.size(); ++i) {
    ASSERT_EQ(found.matches[i].id, expected.matches[i].id) << i;
    ASSERT_EQ(found.matches[i].similarity, expected.matches[i].similarity) << i;
  }
}

/// Below every similarity.
inline constexpr double kAll = -2;

}  // namespace calando::searching
