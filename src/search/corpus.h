// SPDX-License-Identifier: MIT
// What is known of the rows of a corpus before any query comes.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "calando/search.h"
#include "src/cpu/threads.h"
#include "src/similarity/kernel.h"

namespace calando {

/// Rows that lie together in memory.
struct Segment {
  Vectors rows;
  std::uint64_t first_id = 0;
  std::shared_ptr<const std::vector<char>> owned;  // of appended rows

  std::uint64_t end_id() const noexcept { return first_id + rows.rows; }
};

struct Corpus::State {
  Element element = Element::f32;
  std::size_t dimension = 0;
  std::vector<Segment> segments;

  // By id.
  std::vector<double> squares;            // a . a, scaled; not finite where an element is not
  std::vector<similarity::Scale> scales;  // of f64
  std::vector<float> inverse;             // 1 / |a| for rough scores; NaN: a row that they do not find
  std::vector<std::uint8_t> removed;

  std::vector<std::uint64_t>
      special;  // rows that only exact scores find: zeros, and norms float32 cannot hold
  std::size_t not_finite = 0;
  std::size_t zeros = 0;
  std::size_t removed_count = 0;

  std::size_t ids() const noexcept { return squares.size(); }
  const Segment& segment_of(std::uint64_t id) const noexcept;
  /// `count` rows of one segment, for the kernels.
  similarity::Rows rows_at(const Segment& segment, std::uint64_t id, std::size_t count) const noexcept;
  similarity::Rows row_at(std::uint64_t id) const noexcept { return rows_at(segment_of(id), id, 1); }

  /// Learns what there is to know of a new segment.
  void measure(const Segment& segment, cpu::Team& team);
  void list_special();
};

namespace searching {

/// How many threads an option of 0 or more stands for.
int threads_of(int option) noexcept;

}  // namespace searching
}  // namespace calando
