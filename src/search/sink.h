// SPDX-License-Identifier: MIT
// Where one thread keeps what it has found.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "calando/search.h"
#include "src/search/tiles.h"

namespace calando::searching {

/// The largest float not above x.
inline float float_below(double x) noexcept {
  const auto rounded = static_cast<float>(x);
  return static_cast<double>(rounded) <= x ? rounded
                                           : std::nextafter(rounded, -std::numeric_limits<float>::infinity());
}

/// The higher similarity first, of equal ones the lower id.
inline bool comes_before(const Match& a, const Match& b) noexcept {
  return a.similarity > b.similarity || (a.similarity == b.similarity && a.id < b.id);
}

class Sink {
 public:
  /// `error`: of the rough scores of a query.
  Sink(std::size_t queries, double similarity)
      : error_(queries, 0),
        least_((queries + kPanel - 1) / kPanel * kPanel, std::numeric_limits<float>::infinity()) {
    std::fill_n(least_.begin(), queries, float_below(similarity));
  }
  virtual ~Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  /// A rough score below this cannot belong to a row that is wanted. Infinity fills up to whole panels.
  const float* least() const noexcept { return least_.data(); }
  float least(std::size_t query) const noexcept { return least_[query]; }

  /// How far rough scores are from exact ones; -infinity: the query wants none at all.
  void expect(std::size_t query, double error, bool wants_any) {
    error_[query] = error;
    raise(query, wants_any ? static_cast<double>(least_[query]) : std::numeric_limits<double>::infinity());
  }

  /// Whether an exact score is worth computing.
  virtual bool wants(std::size_t, std::uint64_t) const { return true; }
  /// An exact score; NaN is none.
  virtual void offer(std::size_t query, const Match& match) = 0;

 protected:
  /// From now on only scores of `similarity` and more matter.
  void raise(std::size_t query, double similarity) noexcept {
    least_[query] = float_below(similarity - error_[query]);
  }

 private:
  std::vector<double> error_;
  std::vector<float> least_;
};

}  // namespace calando::searching
