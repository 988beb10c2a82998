// SPDX-License-Identifier: MIT
#include "calando/search.h"

#include <algorithm>
#include <memory>
#include <string>

#include "calando/error.h"
#include "src/search/pass.h"

namespace calando {
namespace searching {
namespace {

/// The k best so far, the worst of them on top of a heap.
class NearestSink : public Sink {
 public:
  NearestSink(std::size_t queries, std::size_t k, const SearchOptions& options)
      : Sink(queries, -std::numeric_limits<double>::infinity()),
        k_(k),
        accept_(options.accept),
        best_(queries) {}

  bool wants(std::size_t, std::uint64_t id) const override { return !accept_ || accept_(id); }

  void offer(std::size_t query, const Match& match) override {
    std::vector<Match>& best = best_[query];
    if (best.size() == k_) {
      if (!comes_before(match, best.front())) return;
      std::pop_heap(best.begin(), best.end(), comes_before);
      best.back() = match;
    } else {
      best.push_back(match);
    }
    std::push_heap(best.begin(), best.end(), comes_before);
    if (best.size() == k_) raise(query, best.front().similarity);
  }

  const std::vector<Match>& found(std::size_t query) const { return best_[query]; }

 private:
  std::size_t k_;
  const std::function<bool(std::uint64_t)>& accept_;
  std::vector<std::vector<Match>> best_;
};

/// All from a similarity on.
class AtLeastSink : public Sink {
 public:
  AtLeastSink(std::size_t queries, double similarity, const SearchOptions& options)
      : Sink(queries, similarity), similarity_(similarity), accept_(options.accept), found_(queries) {}

  bool wants(std::size_t, std::uint64_t id) const override { return !accept_ || accept_(id); }

  void offer(std::size_t query, const Match& match) override {
    if (match.similarity >= similarity_) found_[query].push_back(match);
  }

  const std::vector<Match>& found(std::size_t query) const { return found_[query]; }

 private:
  double similarity_;
  const std::function<bool(std::uint64_t)>& accept_;
  std::vector<std::vector<Match>> found_;
};

/// How many queries one pass takes within the memory that is allowed.
std::size_t queries_in_pass(const SearchOptions& options, std::size_t dimension, std::size_t queries,
                            std::size_t kept, std::size_t threads) {
  constexpr std::size_t kMostQueries = 8192;
  const std::size_t block_rows = rows_in_block(options.block_rows, dimension, queries);
  const std::size_t fixed = threads * scratch_bytes(block_rows, dimension);
  const std::size_t one = QueryBatch::bytes_of_one(dimension) + threads * (kept * sizeof(Match) + 64);
  const std::size_t left = options.memory > fixed ? options.memory - fixed : 0;
  return std::clamp<std::size_t>(left / one, 1, kMostQueries);
}

/// What the threads found for one query, best first, at most k of it.
template <class FoundBy>
void gather(const std::vector<std::unique_ptr<Sink>>& sinks, std::size_t query, std::size_t k,
            Matches& result) {
  const std::size_t first = result.matches.size();
  for (const auto& sink : sinks) {
    const auto& found = static_cast<const FoundBy&>(*sink).found(query);
    result.matches.insert(result.matches.end(), found.begin(), found.end());
  }
  std::sort(result.matches.begin() + static_cast<std::ptrdiff_t>(first), result.matches.end(), comes_before);
  result.matches.resize(std::min(result.matches.size(), first + k));
  result.starts.push_back(result.matches.size());
}

template <class FoundBy, class MakeSink>
Matches run(const char* function, const Corpus& corpus, const Vectors& queries, std::size_t k,
            const SearchOptions& options, const MakeSink& make_sink) {
  require_answerable(function, corpus, queries);
  if (options.undefined == Undefined::error && corpus.zeros() > 0)
    throw UsageError(std::string(function) + ": the corpus has " + std::to_string(corpus.zeros()) +
                     " vectors of zeros, which have no direction");
  cpu::Team team(threads_of(options.threads));
  const auto threads = static_cast<std::size_t>(team.size());
  const std::size_t kept = std::min(k, corpus.rows());
  const std::size_t most = queries_in_pass(options, corpus.dimension(), queries.rows, kept, threads);
  const auto all = static_cast<double>(queries.rows);
  Matches result;
  for (std::size_t first = 0; first < queries.rows; first += most) {
    const std::size_t count = std::min(most, queries.rows - first);
    const QueryBatch batch(corpus.state(), queries, first, count, options.undefined);
    std::vector<std::unique_ptr<Sink>> sinks;
    for (std::size_t i = 0; i < threads; ++i) sinks.push_back(make_sink(count));
    PassOptions pass{.first_id = 0, .block_rows = options.block_rows};
    if (options.progress) {
      pass.progress = [&](double share) {
        options.progress((static_cast<double>(first) + share * static_cast<double>(count)) / all);
      };
    }
    run_pass(team, corpus.state(), batch, pass, sinks);
    for (std::size_t j = 0; j < count; ++j) gather<FoundBy>(sinks, j, k, result);
  }
  return result;
}

}  // namespace
}  // namespace searching

Matches search(const Corpus& corpus, const Vectors& queries, std::size_t k, const SearchOptions& options) {
  using searching::NearestSink;
  if (k == 0) throw UsageError("search: k = 0, expected at least 1");
  const std::size_t kept = std::min(k, std::max<std::size_t>(1, corpus.rows()));
  return searching::run<NearestSink>("search", corpus, queries, kept, options, [&](std::size_t count) {
    return std::make_unique<NearestSink>(count, kept, options);
  });
}

Matches search_at_least(const Corpus& corpus, const Vectors& queries, double similarity,
                        const SearchOptions& options) {
  using searching::AtLeastSink;
  if (std::isnan(similarity)) throw UsageError("search_at_least: a similarity of NaN, expected -1 to 1");
  return searching::run<AtLeastSink>(
      "search_at_least", corpus, queries, corpus.ids(), options,
      [&](std::size_t count) { return std::make_unique<AtLeastSink>(count, similarity, options); });
}

}  // namespace calando
