// SPDX-License-Identifier: MIT
// Rough similarities of many rows with many queries, and who of them is worth an exact look: a product of float32 matrices that are never
// written, because each tile of it is compared while it is in registers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace calando::searching {

/// Queries of a panel.
inline constexpr std::size_t kPanel = 32;

/// Queries in the order of their use. Element k of query j of panel p is numbers[(p dimension + k) width + j]; zeros fill up.
struct QueryPanels {
  struct alignas(64) Line {  // of the cache
    float number[16];
  };
  std::vector<Line> lines;
  std::size_t width = kPanel;  // 16 for so few queries
  std::size_t dimension = 0;

  /// The lines are one array: a pointer into a line's own ends with that line.
  float* numbers() noexcept { return reinterpret_cast<float*>(lines.data()); }
  const float* numbers() const noexcept { return reinterpret_cast<const float*>(lines.data()); }
  std::size_t count() const noexcept { return lines.size() * 16 / (width * dimension); }
};
QueryPanels panels_of(const float* queries, std::size_t count, std::size_t dimension);

/// Some rows: row i starts at data + i stride, and its similarities are its dot products times inverse[i].
struct RowBlock {
  const float* data = nullptr;
  std::size_t stride = 0;
  std::size_t count = 0;
  const float* inverse = nullptr;
};

/// A row of a block, a query of a panel, and their rough similarity.
struct Candidate {
  std::uint32_t row;
  std::uint32_t query;
  float similarity;
};

/// Writes where row . query * inverse >= least, and returns how many. NaN never is. Fetches rows behind the last as well, which need not
/// be there.
///
///   c(i,j) = fma(a(i,m-1), b(j,m-1), ... fma(a(i,1), b(j,1), a(i,0) b(j,0)))
///
/// Shapes:  least has kPanel numbers; `sums` and `found` have room for rows times kPanel
/// Error:   of the dot product m u / (1 - m u) sum |a||b|, u = 2^-24; fma is two roundings where there is no such instruction
std::size_t find_candidates(const QueryPanels& queries, std::size_t panel, const RowBlock& rows,
                            const float* least, float* sums, Candidate* found) noexcept;

}  // namespace calando::searching
