// SPDX-License-Identifier: MIT
// calando search CORPUS QUERIES: the nearest rows, exactly.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "calando/error.h"
#include "calando/search.h"
#include "src/io/npy.h"
#include "src/search/queries.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/search_words.h"
#include "tools/share_progress.h"
#include "tools/shrink_guard.h"
#include "tools/vector_input.h"

namespace calando::tools {
namespace {

struct Options {
  CorpusOptions corpus;
  std::string queries;
  std::optional<std::int64_t> k;
  std::optional<double> at_least;
  std::size_t batch = 8192;
  std::string ids;
  std::string scores;
};

void check(const Options& options) {
  const bool threshold = options.at_least.has_value();
  if (threshold == options.k.has_value()) throw UsageError("-k N or --at-least S: one of them");
  if (options.k && *options.k < 1) throw UsageError(fmt::format("-k {}, expected at least 1", *options.k));
  if (threshold) checked_similarity("--at-least", *options.at_least);
  if (threshold && !(options.ids.empty() && options.scores.empty()))
    throw UsageError("--ids and --scores have k columns: they go with -k N");
}

/// The queries, which a file without a header has as many of as its size makes.
VectorInput read_queries(const Options& options, const Vectors& corpus) {
  io::VectorOptions how{raw_shape(options.corpus.file), options.corpus.file.tensor};
  if (how.raw) how.raw->rows.reset();
  VectorInput input = read_vector_file(options.queries, how);
  if (input.view().dimension != corpus.dimension)
    throw DataError::in_file(options.queries,
                             fmt::format("vectors of dimension {}, {} has {}", input.view().dimension,
                                         options.corpus.path, corpus.dimension));
  return input;
}

/// Collects what --ids and --scores write: -1 and NaN where fewer were found.
class Arrays {
 public:
  Arrays(const Options& options, std::size_t queries, std::size_t k) : options_(options), k_(k) {
    if (!options.ids.empty()) ids_.assign(queries * k, -1);
    if (!options.scores.empty()) scores_.assign(queries * k, std::numeric_limits<double>::quiet_NaN());
    shape_ = {queries, k};
  }
  void take(std::size_t query, std::span<const Match> found) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!ids_.empty()) ids_[query * k_ + i] = static_cast<std::int64_t>(found[i].id);
      if (!scores_.empty()) scores_[query * k_ + i] = found[i].similarity;
    }
  }
  void write() const {
    if (!options_.ids.empty())
      io::write_npy(options_.ids, io::view_of(std::span<const std::int64_t>(ids_), shape_));
    if (!options_.scores.empty())
      io::write_npy(options_.scores, io::view_of(std::span<const double>(scores_), shape_));
  }

 private:
  const Options& options_;
  std::size_t k_;
  std::vector<std::size_t> shape_;
  std::vector<std::int64_t> ids_;
  std::vector<double> scores_;
};

class Printer {
 public:
  Printer(const CorpusInput& corpus, std::span<const std::string> names, bool json)
      : corpus_(corpus), names_(names), json_(json) {
    if (json_) out_.text("[");
  }
  void matches(std::size_t query, std::span<const Match> found) {
    for (std::size_t rank = 1; rank <= found.size(); ++rank) {
      const Match& match = found[rank - 1];
      if (json_) {
        out_.text(first_ ? "" : ",\n ").text("{\"query\": ");
        query_name(query);
        out_.text(", \"rank\": ").number(static_cast<long long>(rank)).text(", \"id\": ");
        corpus_.print(match.id, true, out_);
        out_.text(", \"similarity\": ").number(match.similarity).text("}");
      } else {
        query_name(query);
        out_.text("\t").number(static_cast<long long>(rank)).text("\t");
        corpus_.print(match.id, false, out_);
        out_.text("\t").number(match.similarity).text("\n");
      }
      first_ = false;
    }
  }
  void finish() {
    if (json_) out_.text("]\n");
    out_.finish();
  }

 private:
  void query_name(std::size_t query) {
    if (names_.empty()) {
      out_.number(static_cast<long long>(query));
    } else {
      out_.text(
          json_ ? nlohmann::json(names_[query]).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                : names_[query]);
    }
  }

  const CorpusInput& corpus_;
  std::span<const std::string> names_;
  bool json_;
  bool first_ = true;
  Output out_;
};

/// Queries that find nothing whatever the corpus, named on standard error.
void tell_unanswerable(const Options& options, const Vectors& queries, Undefined undefined) {
  const std::vector<double> lengths = norms(queries);
  for (std::size_t j = 0; j < lengths.size(); ++j) {
    if (std::isnan(lengths[j]))
      warn(fmt::format("{}: query {} has NaN or infinity and finds nothing", options.queries, j));
    if (lengths[j] != 0) continue;
    if (undefined == Undefined::error)
      throw DataError::in_file(options.queries,
                               fmt::format("query {} is a vector of zeros, which has no direction", j));
    if (undefined == Undefined::nan)
      warn(fmt::format(
          "{}: query {} is a vector of zeros and finds nothing (--undefined zero: similarities of 0)",
          options.queries, j));
  }
}

Matches find(const Options& options, const CorpusInput& corpus, const SearchOptions& how,
             const Vectors& queries) {
  if (options.at_least) return search_at_least(corpus.corpus(), queries, *options.at_least, how);
  return search(corpus.corpus(), queries, static_cast<std::size_t>(*options.k), how);
}

int run(const Options& options, const Common& common) {
  check(options);
  const CorpusInput corpus(options.corpus, common);
  const Vectors shape{nullptr, corpus.corpus().element(), 0, corpus.corpus().dimension(), 0};
  const VectorInput input = read_queries(options, shape);
  const Vectors queries = input.view();
  try {
    searching::require_answerable("search", corpus.corpus(), queries);
  } catch (const UsageError& error) {
    throw DataError::in_file(options.queries, error.what());
  }
  if (options.corpus.words && input.rows.names.empty())
    throw DataError::in_file(options.queries, "has no words for its vectors");
  corpus.tell_left_out(common);
  tell_unanswerable(options, queries, corpus.search().undefined);
  const std::size_t rows = corpus.corpus().rows();
  if (options.k && static_cast<std::size_t>(*options.k) > rows)
    warn(fmt::format("-k {}: {} has {} vectors, all of them are given", *options.k, options.corpus.path,
                     rows));

  Arrays arrays(options, queries.rows, options.k ? std::min(rows, static_cast<std::size_t>(*options.k)) : 0);
  Printer printer(
      corpus,
      options.corpus.words ? std::span<const std::string>(input.rows.names) : std::span<const std::string>(),
      common.json);
  SearchOptions how = corpus.search();
  const auto progress = share_progress(common);
  for (std::size_t first = 0; first < queries.rows; first += options.batch) {
    const std::size_t count = std::min(options.batch, queries.rows - first);
    how.progress = refusing_shrunk_files([&](double share) {
      if (progress)
        progress((static_cast<double>(first) + share * static_cast<double>(count)) /
                 static_cast<double>(queries.rows));
    });
    const Matches found = find(options, corpus, how, queries.rows_from(first, count));
    refuse_shrunk_files();
    for (std::size_t j = 0; j < count; ++j) {
      printer.matches(first + j, found.of(j));
      arrays.take(first + j, found.of(j));
    }
  }
  end_progress(progress);
  arrays.write();
  printer.finish();
  return kDone;
}

}  // namespace

Command search_command() {
  return {
      .name = "search",
      .summary = "Find the most similar vectors, exactly: query<TAB>rank<TAB>id<TAB>similarity.",
      .examples =
          "calando search corpus.npy queries.npy -k 10\n"
          "calando search words.vec words.vec -k 5 --words\n"
          "calando search corpus.fvecs queries.fvecs --at-least 0.9 --names titles.txt\n"
          "calando search corpus.npy queries.npy -k 10 --store i8 --ids I.npy --scores S.npy\n"
          "calando search corpus.bin queries.bin -k 10 --shape 1000000,128 --type f32\n",
      .computes = true,
      .declare = [](CLI::App& app) -> Run {
        auto options = std::make_shared<Options>();
        declare_corpus(app, options->corpus);
        app.add_option("QUERIES", options->queries, "vectors of the same dimension to look for")->required();
        app.add_option("-k", options->k, "how many of the most similar rows")->option_text("N");
        app.add_option("--at-least", options->at_least, "all rows of this similarity and more instead")
            ->option_text("S");
        app.add_option("--batch", options->batch, "queries at a time (default: 8192); changes no result")
            ->option_text("N")
            ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 24));
        app.add_option("--ids", options->ids, "write the ids, int64 (queries, k), -1 where there are no more")
            ->option_text("FILE.npy");
        app.add_option("--scores", options->scores, "write the similarities, float64 (queries, k)")
            ->option_text("FILE.npy");
        return [options](const Common& common) { return run(*options, common); };
      }};
}

}  // namespace calando::tools
