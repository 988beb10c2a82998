// SPDX-License-Identifier: MIT
// All similar pairs: some rows at a time are the queries of a pass over the rows behind them.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>

#include "calando/error.h"
#include "calando/search.h"
#include "src/search/pass.h"

namespace calando {
namespace searching {
namespace {

constexpr std::size_t kQueriesOfPass = 1024;

/// Trees of ids, the lowest of a tree its root.
class Groups {
 public:
  explicit Groups(std::size_t ids) : parent_(ids) {
    for (std::size_t i = 0; i < ids; ++i) parent_[i] = i;
  }
  /// Reads only: many threads may ask while nobody joins.
  std::uint64_t root(std::uint64_t id) const {
    while (parent_[id] != id) id = parent_[id];
    return id;
  }
  void join(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t low = std::min(root(a), root(b)), high = std::max(root(a), root(b));
    parent_[high] = low;
    parent_[a] = parent_[b] = low;
  }

 private:
  std::vector<std::uint64_t> parent_;
};

/// What the passes share.
struct Request {
  double similarity;
  const SearchOptions& options;
  const std::vector<std::uint8_t>& removed;
  const Groups* known = nullptr;  // pairs of one group need no exact score
  std::size_t most = SIZE_MAX;    // pairs to hold
  std::atomic<std::size_t> held = 0;
};

/// The pairs of queries [first, ...), which are rows themselves, with later rows.
class PairSink : public Sink {
 public:
  PairSink(std::size_t queries, std::uint64_t first, Request& request)
      : Sink(queries, request.similarity), first_(first), request_(request) {}

  bool wants(std::size_t query, std::uint64_t id) const override {
    const std::uint64_t other = first_ + query;
    if (id <= other || request_.removed[other] != 0 ||
        request_.held.load(std::memory_order_relaxed) > request_.most)
      return false;
    if (request_.options.accept && !(request_.options.accept(other) && request_.options.accept(id)))
      return false;
    return request_.known == nullptr || request_.known->root(other) != request_.known->root(id);
  }

  void offer(std::size_t query, const Match& match) override {
    if (!(match.similarity >= request_.similarity)) return;
    if (request_.held.fetch_add(1, std::memory_order_relaxed) < request_.most)
      pairs_.push_back({first_ + query, match.id, match.similarity});
  }

  std::vector<SimilarPair>& pairs() { return pairs_; }

 private:
  std::uint64_t first_;
  Request& request_;
  std::vector<SimilarPair> pairs_;
};

/// Passes over the corpus, each for as many rows as leave their pairs room.
class PairSearch {
 public:
  PairSearch(const char* function, const Corpus& corpus, double similarity, const SearchOptions& options)
      : state_(corpus.state()),
        options_(options),
        team_(threads_of(options.threads)),
        request_{similarity, options, state_.removed} {
    if (std::isnan(similarity))
      throw UsageError(std::string(function) + ": a similarity of NaN, expected -1 to 1");
    if (options.undefined == Undefined::error && corpus.zeros() > 0)
      throw UsageError(std::string(function) + ": the corpus has " + std::to_string(corpus.zeros()) +
                       " vectors of zeros, which have no direction");
    const auto threads = static_cast<std::size_t>(team_.size());
    const std::size_t fixed =
        threads * scratch_bytes(rows_in_block(options.block_rows, state_.dimension, kQueriesOfPass),
                                state_.dimension) +
        kQueriesOfPass * QueryBatch::bytes_of_one(state_.dimension);
    // Held by the threads, then together and sorted.
    request_.most = (options.memory > fixed ? options.memory - fixed : 0) / (2 * sizeof(SimilarPair));
  }

  /// Gives out the pairs of every pass, in order.
  template <class Give>
  void run(const Groups* known, const Give& give) {
    request_.known = known;
    for (const Segment& segment : state_.segments) {
      std::size_t step = kQueriesOfPass;
      for (std::uint64_t id = segment.first_id; id < segment.end_id();) {
        const std::size_t count = std::min<std::size_t>(step, segment.end_id() - id);
        std::vector<SimilarPair> pairs;
        if (!pass(segment, id, count, pairs)) {
          step = std::max<std::size_t>(1, count / 4);
          continue;
        }
        give(pairs);
        id += count;
        step = std::min(kQueriesOfPass, 2 * count);
        if (options_.progress) {
          const double left = 1 - static_cast<double>(id) / static_cast<double>(state_.ids());
          options_.progress(1 - left * left);
        }
      }
    }
  }

 private:
  /// False where there are more pairs than may be held, of several rows.
  bool pass(const Segment& segment, std::uint64_t id, std::size_t count, std::vector<SimilarPair>& pairs) {
    const Vectors queries = segment.rows.rows_from(id - segment.first_id, count);
    const QueryBatch batch(state_, queries, 0, count, options_.undefined);
    std::vector<std::unique_ptr<Sink>> sinks;
    for (int i = 0; i < team_.size(); ++i) sinks.push_back(std::make_unique<PairSink>(count, id, request_));
    const std::size_t most = request_.most;
    if (count == 1) request_.most = SIZE_MAX;
    request_.held = 0;
    run_pass(team_, state_, batch, {.first_id = id, .block_rows = options_.block_rows}, sinks);
    request_.most = most;
    if (count > 1 && request_.held > most) return false;
    for (const auto& sink : sinks) {
      const auto& found = static_cast<PairSink&>(*sink).pairs();
      pairs.insert(pairs.end(), found.begin(), found.end());
    }
    std::sort(pairs.begin(), pairs.end(), [](const SimilarPair& a, const SimilarPair& b) {
      return a.first != b.first ? a.first < b.first : a.second < b.second;
    });
    return true;
  }

  const Corpus::State& state_;
  const SearchOptions& options_;
  cpu::Team team_;
  Request request_;
};

}  // namespace
}  // namespace searching

void for_each_similar_pair(const Corpus& corpus, double similarity,
                           const std::function<void(const SimilarPair&)>& give,
                           const SearchOptions& options) {
  searching::PairSearch search("for_each_similar_pair", corpus, similarity, options);
  search.run(nullptr,
             [&](const std::vector<SimilarPair>& pairs) { std::for_each(pairs.begin(), pairs.end(), give); });
}

std::vector<SimilarPair> similar_pairs(const Corpus& corpus, double similarity,
                                       const SearchOptions& options) {
  std::vector<SimilarPair> all;
  for_each_similar_pair(
      corpus, similarity, [&](const SimilarPair& pair) { all.push_back(pair); }, options);
  return all;
}

std::vector<std::uint64_t> near_duplicate_groups(const Corpus& corpus, double similarity,
                                                 const SearchOptions& options) {
  searching::Groups groups(corpus.ids());
  searching::PairSearch search("near_duplicate_groups", corpus, similarity, options);
  search.run(&groups, [&](const std::vector<SimilarPair>& pairs) {
    for (const SimilarPair& pair : pairs) groups.join(pair.first, pair.second);
  });
  std::vector<std::uint64_t> result(corpus.ids());
  for (std::uint64_t id = 0; id < result.size(); ++id) result[id] = groups.root(id);
  return result;
}

}  // namespace calando
