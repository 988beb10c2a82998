// SPDX-License-Identifier: MIT
// calando pairs CORPUS: all similar pairs, or groups of near-duplicates.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "calando/search.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/search_words.h"
#include "tools/share_progress.h"
#include "tools/shrink_guard.h"

namespace calando::tools {
namespace {

struct Options {
  CorpusOptions corpus;
  double at_least = std::numeric_limits<double>::quiet_NaN();
  bool groups = false;
};

/// Writes two ids and what belongs to them, as a line or as JSON.
class Printer {
 public:
  Printer(const CorpusInput& corpus, bool json) : corpus_(corpus), json_(json) {
    if (json_) out_.text("[");
  }
  Output& row(const char* a_name, std::uint64_t a, const char* b_name, std::uint64_t b) {
    if (json_) {
      out_.text(count_ == 0 ? "" : ",\n ").text("{\"").text(a_name).text("\": ");
      corpus_.print(a, true, out_);
      out_.text(", \"").text(b_name).text("\": ");
      corpus_.print(b, true, out_);
    } else {
      corpus_.print(a, false, out_);
      out_.text("\t");
      corpus_.print(b, false, out_);
    }
    ++count_;
    return out_;
  }
  void pair(const SimilarPair& pair) {
    row("first", pair.first, "second", pair.second)
        .text(json_ ? ", \"similarity\": " : "\t")
        .number(pair.similarity);
    out_.text(json_ ? "}" : "\n");
  }
  void member(std::uint64_t group, std::uint64_t id) {
    row("group", group, "id", id).text(json_ ? "}" : "\n");
  }
  void finish() {
    if (json_) out_.text("]\n");
    out_.finish();
  }
  std::size_t count() const noexcept { return count_; }

 private:
  const CorpusInput& corpus_;
  bool json_;
  std::size_t count_ = 0;
  Output out_;
};

/// Groups of two and more, by their lowest id, then by id; how many groups.
std::size_t print_groups(const std::vector<std::uint64_t>& group_of, Printer& printer) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> members;
  for (std::uint64_t id = 0; id < group_of.size(); ++id)
    if (group_of[id] != id) members.emplace_back(group_of[id], id);
  std::sort(members.begin(), members.end());
  std::size_t groups = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto [group, id] = members[i];
    if (i == 0 || members[i - 1].first != group) {
      printer.member(group, group);
      ++groups;
    }
    printer.member(group, id);
  }
  return groups;
}

int run(const Options& options, const Common& common) {
  checked_similarity("--at-least", options.at_least);
  const CorpusInput corpus(options.corpus, common);
  corpus.tell_left_out(common);
  SearchOptions how = corpus.search();
  const auto progress = share_progress(common);
  how.progress = refusing_shrunk_files(progress);
  Printer printer(corpus, common.json);
  std::size_t groups = 0;
  if (options.groups) {
    const std::vector<std::uint64_t> group_of = near_duplicate_groups(corpus.corpus(), options.at_least, how);
    refuse_shrunk_files();
    groups = print_groups(group_of, printer);
  } else {
    for_each_similar_pair(
        corpus.corpus(), options.at_least, [&](const SimilarPair& pair) { printer.pair(pair); }, how);
  }
  end_progress(progress);
  printer.finish();
  refuse_shrunk_files();
  if (!common.quiet) {
    if (options.groups) {
      fmt::print(stderr, "calando: {} groups, {} of {} rows are in one\n", groups, printer.count(),
                 corpus.corpus().rows());
    } else {
      fmt::print(stderr, "calando: {} pairs among {} rows\n", printer.count(), corpus.corpus().rows());
    }
  }
  return kDone;
}

}  // namespace

Command pairs_command() {
  return {.name = "pairs",
          .summary = "Find all pairs of similar vectors, exactly: id<TAB>id<TAB>similarity.",
          .examples =
              "calando pairs corpus.npy --at-least 0.95\n"
              "calando pairs corpus.npy --at-least 0.99 --groups\n"
              "calando pairs words.vec --at-least 0.8 --words\n",
          .computes = true,
          .declare = [](CLI::App& app) -> Run {
            auto options = std::make_shared<Options>();
            declare_corpus(app, options->corpus);
            app.add_option("--at-least", options->at_least, "the lowest similarity of a pair")
                ->option_text("S")
                ->required();
            app.add_flag("--groups", options->groups,
                         "group<TAB>id instead: rows that a chain of pairs joins, named by their lowest id");
            return [options](const Common& common) { return run(*options, common); };
          }};
}

}  // namespace calando::tools
