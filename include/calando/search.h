// SPDX-License-Identifier: MIT
// Exact search by cosine similarity: the nearest rows, all rows above a threshold, all similar pairs, groups of near-duplicates.
//
//   const Corpus corpus(vectors_of(std::span(numbers), 128));
//   const Matches found = search(corpus, queries, 10);
//   for (const Match& match : found.of(0)) use(match.id, match.similarity);
//
// Every similarity is the double that cosine_similarity() gives, to the bit; equal ones are ordered by the lower id. Results depend on no number
// of threads, memory, block of rows, or other queries of the same call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "calando/similarity.h"
#include "calando/vectors.h"

namespace calando {

struct SearchOptions {
  Undefined undefined = Undefined::nan;
  int threads = 0;  // 0: all processors
  std::size_t memory =
      std::size_t{1} << 30;  // bytes for everything but corpus and result; more queries go in several passes
  std::size_t block_rows = 0;  // rows of the corpus at a time; 0: what fits the cache
  std::function<bool(std::uint64_t)> accept =
      {};  // ids that may be found, all where empty; called by many threads
  std::function<void(double)> progress = {};  // told now and then which share is done
};

/// Rows to search in, their norms known. Ids count from 0 in the order of the rows and stay, whatever is removed.
class Corpus {
 public:
  /// Rows in the caller's memory, which stay there unchanged.
  ///
  /// Throws:  UsageError: dimension 0, or bits of a dimension that is no multiple of 8.
  explicit Corpus(const Vectors& rows, int threads = 0);
  ~Corpus();
  Corpus(Corpus&&) noexcept;
  Corpus& operator=(Corpus&&) noexcept;

  /// Copies rows to the end; their ids follow.
  ///
  /// Throws:  UsageError: another type or dimension.
  void append(const Vectors& rows);

  /// Rows that are not found any more.
  ///
  /// Throws:  UsageError: an id that never was, or is removed already; nothing is removed then.
  void remove(std::span<const std::uint64_t> ids);

  Element element() const noexcept;
  std::size_t dimension() const noexcept;
  std::size_t ids() const noexcept;         // those ever given
  std::size_t rows() const noexcept;        // those not removed
  std::size_t not_finite() const noexcept;  // rows with NaN or infinity: never found
  std::size_t zeros() const noexcept;       // rows of zeros: found only under Undefined::zero

  struct State;
  const State& state() const noexcept { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

struct Match {
  std::uint64_t id = 0;
  double similarity = 0;
  friend bool operator==(const Match&, const Match&) = default;
};

/// What was found for each query, most similar first; never padded.
struct Matches {
  std::vector<std::size_t> starts = {0};  // of query i: [starts[i], starts[i + 1])
  std::vector<Match> matches;

  std::size_t queries() const noexcept { return starts.size() - 1; }
  std::span<const Match> of(std::size_t query) const {
    return std::span(matches).subspan(starts[query], starts[query + 1] - starts[query]);
  }
};

/// The k most similar rows of each query; fewer where there are fewer. A query with NaN or infinity, or of zeros under Undefined::nan,
/// finds none.
///
///   rough similarities in float32, whose error is below a proven bound, decide which rows are compared exactly
///
/// Shapes:  queries of the corpus's dimension: float types in a float corpus up to its precision (f64 only in f64), i8 and floats up to f32 in i8; u8 and bits in
///          their own
/// Throws:  UsageError: k = 0, another type or dimension, a zero vector under Undefined::error.
Matches search(const Corpus& corpus, const Vectors& queries, std::size_t k,
               const SearchOptions& options = {});

/// All rows whose similarity is at least that.
Matches search_at_least(const Corpus& corpus, const Vectors& queries, double similarity,
                        const SearchOptions& options = {});

struct SimilarPair {
  std::uint64_t first = 0;  // the lower id
  std::uint64_t second = 0;
  double similarity = 0;
  friend bool operator==(const SimilarPair&, const SimilarPair&) = default;
};

/// Gives out all pairs of rows whose similarity is at least that, ordered by first, then second: each is computed once.
/// No more of them are held than options.memory takes, except the pairs of a single row.
void for_each_similar_pair(const Corpus& corpus, double similarity,
                           const std::function<void(const SimilarPair&)>& give,
                           const SearchOptions& options = {});
std::vector<SimilarPair> similar_pairs(const Corpus& corpus, double similarity,
                                       const SearchOptions& options = {});

/// For each id the lowest id of its group: rows are of one group where a chain of similar pairs joins them.
std::vector<std::uint64_t> near_duplicate_groups(const Corpus& corpus, double similarity,
                                                 const SearchOptions& options = {});

/// The rows of a corpus stored in a smaller type, and what that costs.
struct StoredVectors {
  std::vector<char> bytes;
  Vectors rows;
  double largest_error = 0;  // no similarity of a row with anything changes by more
  std::size_t worst_row = 0;
};

/// Rows as f16, bf16 or i8: each divided by a power of two (floats) or its largest element / 127 (i8), which changes no direction, and
/// rounded to nearest.
///
///   error = | a / |a| - b / |b| |, for a row a stored as b
///
/// Throws:  UsageError: another type.
StoredVectors stored_as(Element element, const Vectors& rows);

}  // namespace calando
