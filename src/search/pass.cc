// SPDX-License-Identifier: MIT
#include "src/search/pass.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "src/search/screen.h"
#include "src/search/tiles.h"

namespace calando::searching {
namespace {

/// From so many queries on a matrix product is faster than one dot product after the other.
constexpr std::size_t kLeastForTiles = 4;
constexpr std::size_t kSpecialRows = 64;

/// How the rough scores of a pass come about.
enum class Way { exact, floats, integers, tiles };

Way way_for(Element element, std::size_t queries) {
  if (element == Element::bits) return Way::exact;
  if (queries >= kLeastForTiles) return Way::tiles;
  if (element == Element::f64) return Way::exact;  // its rough scores would read and scale as much
  return element == Element::i8 || element == Element::u8 ? Way::integers : Way::floats;
}

/// What all threads share.
struct Plan {
  const Corpus::State& corpus;
  const QueryBatch& queries;
  const PassOptions& options;
  Way way;
  std::size_t block_rows;
  std::vector<ShortQuery> shorts;
  QueryPanels panels;

  struct Block {
    const Segment* segment;
    std::uint64_t id;
    std::size_t count;
  };
  std::vector<Block> blocks;
  std::vector<std::uint64_t> special;
  std::atomic<std::size_t> next = 0;
};

class Worker {
 public:
  Worker(Plan& plan, Sink& sink) : plan_(plan), corpus_(plan.corpus), queries_(plan.queries), sink_(sink) {
    const std::size_t rows = plan.block_rows;
    if (plan.way == Way::exact) dots_.resize(rows);
    if (plan.way == Way::floats || plan.way == Way::integers) scores_.resize(rows);
    if (plan.way != Way::tiles) return;
    scores_.resize(rows * plan.panels.width);
    found_.resize(rows * plan.panels.width);
    if (corpus_.element != Element::f32) floats_.resize(rows * corpus_.dimension);
  }

  void work(bool reports) {
    const std::size_t blocks = plan_.blocks.size();
    const std::size_t all = blocks + (plan_.special.size() + kSpecialRows - 1) / kSpecialRows;
    for (std::size_t i; (i = plan_.next.fetch_add(1)) < all;) {
      if (reports && plan_.options.progress)
        plan_.options.progress(static_cast<double>(i) / static_cast<double>(all));
      if (i < blocks) {
        block(plan_.blocks[i]);
      } else {
        special((i - blocks) * kSpecialRows);
      }
    }
  }

 private:
  void block(const Plan::Block& at) {
    const similarity::Rows rows = corpus_.rows_at(*at.segment, at.id, at.count);
    if (plan_.way == Way::tiles) return tiles(at, rows);
    for (std::size_t j = 0; j < queries_.size(); ++j) {
      if (plan_.way == Way::exact) {
        exact(j, at, rows);
      } else {
        rough(j, at, rows);
      }
    }
  }

  void exact(std::size_t query, const Plan::Block& at, const similarity::Rows& rows) {
    if (!queries_.has_answer(query)) return;
    queries_.exact_dots(query, rows, dots_.data());
    const double scale = queries_.inverse_norm(query);
    const float* const inverse = corpus_.inverse.data() + at.id;
    for (std::size_t i = 0; i < at.count; ++i) {
      if (dots_[i] * scale * static_cast<double>(inverse[i]) >= static_cast<double>(sink_.least(query)) &&
          sink_.wants(query, at.id + i))
        offer(query, at.id + i, dots_[i]);
    }
  }

  void rough(std::size_t query, const Plan::Block& at, const similarity::Rows& rows) {
    RoughScores found{scores_.data(), 1, corpus_.inverse.data() + at.id, at.count};
    if (plan_.way == Way::integers) {
      integer_dots(plan_.shorts[query].numbers.data(), rows, corpus_.dimension, scores_.data());
      found.step = static_cast<float>(plan_.shorts[query].step);
    } else {
      rough_dots(queries_.unit(query), rows, corpus_.dimension, scores_.data());
    }
    // Each exact score may raise what is wanted.
    for (std::size_t i = 0; (i = next_candidate(found, i, sink_.least(query))) < at.count; ++i)
      look(query, at.id + i);
  }

  void tiles(const Plan::Block& at, const similarity::Rows& rows) {
    RowBlock block{reinterpret_cast<const float*>(rows.data), rows.stride / sizeof(float), at.count,
                   corpus_.inverse.data() + at.id};
    const bool in_place = corpus_.element == Element::f32 && rows.stride % sizeof(float) == 0 &&
                          reinterpret_cast<std::uintptr_t>(rows.data) % sizeof(float) == 0;
    if (!in_place) {
      floats_.resize(at.count * corpus_.dimension);
      floats_of(rows, corpus_.dimension, floats_.data());
      block.data = floats_.data();
      block.stride = corpus_.dimension;
    }
    for (std::size_t p = 0; p < plan_.panels.count(); ++p) candidates(p, at.id, block);
  }

  void candidates(std::size_t panel, std::uint64_t id, const RowBlock& block) {
    const std::size_t first = panel * plan_.panels.width;
    const std::size_t count =
        find_candidates(plan_.panels, panel, block, sink_.least() + first, scores_.data(), found_.data());
    for (std::size_t c = 0; c < count; ++c) {
      const auto [row, column, similarity] = found_[c];
      // What was found since may have raised what is wanted.
      if (similarity >= sink_.least(first + column)) look(first + column, id + row);
    }
  }

  void special(std::size_t from) {
    const std::size_t to = std::min(from + kSpecialRows, plan_.special.size());
    for (std::size_t i = from; i < to; ++i) {
      if (corpus_.squares[plan_.special[i]] == 0 && queries_.undefined() != Undefined::zero) continue;
      for (std::size_t j = 0; j < queries_.size(); ++j)
        if (queries_.has_answer(j)) look(j, plan_.special[i]);
    }
  }

  /// The exact score of one row.
  void look(std::size_t query, std::uint64_t id) {
    if (!sink_.wants(query, id)) return;
    double dot = 0;
    queries_.exact_dots(query, corpus_.row_at(id), &dot);
    offer(query, id, dot);
  }

  void offer(std::size_t query, std::uint64_t id, double dot) {
    const double similarity = queries_.similarity(query, dot, corpus_.squares[id]);
    if (!std::isnan(similarity)) sink_.offer(query, {id, similarity});
  }

  Plan& plan_;
  const Corpus::State& corpus_;
  const QueryBatch& queries_;
  Sink& sink_;
  std::vector<double> dots_;
  std::vector<float> scores_;
  std::vector<float> floats_;
  std::vector<Candidate> found_;
};

void divide(Plan& plan) {
  for (const Segment& segment : plan.corpus.segments) {
    for (std::uint64_t id = std::max(segment.first_id, plan.options.first_id); id < segment.end_id();
         id += plan.block_rows)
      plan.blocks.push_back({&segment, id, std::min<std::size_t>(plan.block_rows, segment.end_id() - id)});
  }
  const auto& special = plan.corpus.special;
  plan.special.assign(std::lower_bound(special.begin(), special.end(), plan.options.first_id), special.end());
}

}  // namespace

std::size_t rows_in_block(std::size_t asked, std::size_t dimension, std::size_t queries) noexcept {
  if (asked > 0) return asked;
  if (queries < kLeastForTiles)
    return std::clamp<std::size_t>((std::size_t{1} << 18) / (4 * dimension), 16, 4096);
  return std::clamp<std::size_t>((std::size_t{1} << 19) / (4 * dimension), 128, 512);
}

std::size_t scratch_bytes(std::size_t block_rows, std::size_t dimension) noexcept {
  return block_rows *
         (kPanel * (sizeof(float) + sizeof(Candidate)) + dimension * sizeof(float) + sizeof(double));
}

void run_pass(cpu::Team& team, const Corpus::State& corpus, const QueryBatch& queries,
              const PassOptions& options, const std::vector<std::unique_ptr<Sink>>& sinks) {
  Plan plan{.corpus = corpus,
            .queries = queries,
            .options = options,
            .way = way_for(corpus.element, queries.size()),
            .block_rows = rows_in_block(options.block_rows, corpus.dimension, queries.size()),
            .shorts = {},
            .panels = {},
            .blocks = {},
            .special = {}};
  if (plan.way == Way::integers)
    for (std::size_t j = 0; j < queries.size(); ++j)
      plan.shorts.push_back(short_query(queries.unit(j), corpus.dimension));
  if (plan.way == Way::tiles) plan.panels = panels_of(queries.unit(0), queries.size(), corpus.dimension);
  divide(plan);
  const double error = rough_error(corpus.element, corpus.dimension);
  team.run(sinks.size(), [&](std::size_t thread) {
    Sink& sink = *sinks[thread];
    for (std::size_t j = 0; j < queries.size(); ++j)
      sink.expect(j, plan.way == Way::integers ? plan.shorts[j].error : error, queries.has_answer(j));
    Worker(plan, sink).work(thread == 0);
  });
}

}  // namespace calando::searching
