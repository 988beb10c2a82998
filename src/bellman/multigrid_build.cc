// SPDX-License-Identifier: MIT
// The hierarchy: states joined, their rows added up.
#include <algorithm>

#include "src/bellman/dense.h"
#include "src/bellman/multigrid.h"

namespace calando::bellman {
namespace {

constexpr std::size_t kCoarsest = 48;    // rows, inverted at once
constexpr double kLeastShrinking = 0.6;  // a level has at most so many of the rows below
constexpr double kLongestRow = 12;  // on average: longer ones mix quickly, and hierarchies of them are dense
constexpr double kMostWork = 30;    // of a cycle, in products
constexpr std::uint8_t kFull = 3;   // groups that are joined
constexpr std::size_t kPasses = 2;  // of joining, between two levels
constexpr std::uint32_t kNobody = 0xffffffff;

/// The fewest groups that joining can leave. Each join uses up an entry between groups; in one pass, each state that others lead
/// to (or its group) is joined with as free at most once, and at most once more as not full.
std::size_t fewest_groups(const Rows& rows) {
  std::size_t entries = 0;
  std::vector<std::uint8_t> is_led_to(rows.count());
  for (std::size_t i = 0; i < rows.count(); ++i) {
    for (std::uint32_t k = rows.row_begin[i]; k < rows.row_begin[i + 1]; ++k) {
      if (rows.target[k] == i || !(rows.value[k] > 0)) continue;
      ++entries;
      is_led_to[rows.target[k]] = 1;
    }
  }
  const auto led_to = static_cast<std::size_t>(std::count(is_led_to.begin(), is_led_to.end(), 1));
  return rows.count() - std::min({rows.count(), entries, 2 * kPasses * led_to});
}

bool shrinks(std::size_t groups, std::size_t rows) {
  return static_cast<double>(groups) <= kLeastShrinking * static_cast<double>(rows);
}

}  // namespace

/// Sums over the entries of some rows by column, and which columns there were.
class Multigrid::Gathered {
 public:
  explicit Gathered(std::size_t columns) : sum_(columns), present_(columns) {}

  void add(std::uint32_t column, double value) {
    if (present_[column] == 0) {
      present_[column] = 1;
      columns_.push_back(column);
    }
    sum_[column] += value;
  }
  const std::vector<std::uint32_t>& columns() const noexcept { return columns_; }
  double sum(std::uint32_t column) const noexcept { return sum_[column]; }
  void clear() {
    for (const std::uint32_t column : columns_) {
      sum_[column] = 0;
      present_[column] = 0;
    }
    columns_.clear();
  }

 private:
  std::vector<double> sum_;
  std::vector<std::uint8_t> present_;
  std::vector<std::uint32_t> columns_;
};

bool Multigrid::build(const Rows& rows) {
  levels_.clear();
  const auto per_row = static_cast<double>(rows.target.size()) / static_cast<double>(rows.count());
  if (per_row > kLongestRow || (rows.count() > kCoarsest && !shrinks(fewest_groups(rows), rows.count())))
    return false;
  take_finest(rows);
  const auto all = static_cast<double>(rows.target.size());
  double visits = 1;
  work_ = 0;
  for (;;) {
    Level& level = levels_.back();
    work_ += visits * 4 * static_cast<double>(level.target.size()) / all;
    if (level.size() <= kCoarsest) break;
    group_alone(level);
    for (std::size_t pass = 0; pass < kPasses; ++pass) match(level);
    if (!shrinks(level.groups(), level.size()) || work_ > kMostWork) {
      levels_.clear();
      return false;
    }
    levels_.push_back(sum_up(level));
    visits *= 2;
  }
  invert_coarsest();
  return true;
}

void Multigrid::take_finest(const Rows& rows) {
  Level& level = levels_.emplace_back();
  const std::size_t count = rows.count();
  level.row_begin.assign(rows.row_begin.begin(), rows.row_begin.end());
  level.target.assign(rows.target.begin(), rows.target.begin() + level.row_begin[count]);
  level.value.assign(rows.value.begin(), rows.value.begin() + level.row_begin[count]);
  level.diagonal.assign(count, 1.0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::uint32_t k = level.row_begin[i]; k < level.row_begin[i + 1]; ++k) {
      if (level.target[k] != i) continue;
      level.diagonal[i] -= level.value[k];
      level.value[k] = 0;
    }
  }
  finish(level);
}

/// Its entries in three parts: before it in its block, elsewhere, after it in its block.
void Multigrid::sort_row(Level& level, std::size_t i) {
  const std::size_t first = i / kBlock * kBlock;
  std::uint32_t k = level.row_begin[i];
  std::uint32_t before = k;
  std::uint32_t after = level.row_begin[i + 1];
  const auto exchange = [&](std::uint32_t a, std::uint32_t b) {
    std::swap(level.target[a], level.target[b]);
    std::swap(level.value[a], level.value[b]);
  };
  while (k < after) {
    const std::uint32_t to = level.target[k];
    if (to > i && to < first + kBlock) {
      exchange(k, --after);
    } else {
      if (to < i && to >= first) exchange(k, before++);
      ++k;
    }
  }
  level.before_end[i] = before;
  level.after_begin[i] = after;
}

/// What follows from its rows.
void Multigrid::finish(Level& level) {
  const std::size_t count = level.diagonal.size();
  level.inverse.resize(count);
  level.before_end.resize(count);
  level.after_begin.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    level.inverse[i] = 1 / level.diagonal[i];
    sort_row(level, i);
  }
  level.b.resize(count);
  level.x.resize(count);
  level.y.resize(count);
  level.first.resize(count);
}

void Multigrid::group_alone(Level& level) {
  level.group.resize(level.size());
  level.member.resize(level.size());
  level.member_begin.resize(level.size() + 1);
  for (std::uint32_t i = 0; i < level.size(); ++i)
    level.group[i] = level.member[i] = level.member_begin[i] = i;
  level.member_begin.back() = static_cast<std::uint32_t>(level.size());
}

/// Where group g leads to, among all.
void Multigrid::gather(const Level& level, std::uint32_t g, Gathered& leads) {
  leads.clear();
  for (std::uint32_t m = level.member_begin[g]; m < level.member_begin[g + 1]; ++m) {
    const std::uint32_t i = level.member[m];
    for (std::uint32_t k = level.row_begin[i]; k < level.row_begin[i + 1]; ++k) {
      const std::uint32_t to = level.group[level.target[k]];
      if (to != g && level.value[k] > 0) leads.add(to, level.value[k]);
    }
  }
}

/// Joins each group with the one that it leads to most often of those that are not joined yet; where all are, with the pair
/// that it leads to most often and that is not full.
void Multigrid::match(Level& level) {
  const std::size_t before = level.groups();
  std::vector<std::uint32_t> joined(before, kNobody);
  std::vector<std::uint8_t> size;
  Gathered leads(before);
  for (std::uint32_t g = 0; g < before; ++g) {
    if (joined[g] != kNobody) continue;
    gather(level, g, leads);
    const auto most_often = [&](const auto& fits) {
      std::uint32_t best = kNobody;
      for (const std::uint32_t to : leads.columns()) {
        if (fits(to) && (best == kNobody || leads.sum(to) > leads.sum(best))) best = to;
      }
      return best;
    };
    const std::uint32_t free = most_often([&](std::uint32_t to) { return joined[to] == kNobody; });
    if (free == kNobody) {
      const std::uint32_t near = most_often([&](std::uint32_t to) { return size[joined[to]] < kFull; });
      if (near != kNobody) {
        joined[g] = joined[near];
        ++size[joined[g]];
        continue;
      }
    }
    joined[g] = static_cast<std::uint32_t>(size.size());
    size.push_back(1);
    if (free == kNobody) continue;
    joined[free] = joined[g];
    ++size.back();
  }
  for (std::uint32_t& g : level.group) g = joined[g];
  list_members(level, size.size());
}

void Multigrid::list_members(Level& level, std::size_t groups) {
  level.member_begin.assign(groups + 1, 0);
  for (const std::uint32_t g : level.group) ++level.member_begin[g + 1];
  for (std::size_t g = 0; g < groups; ++g) level.member_begin[g + 1] += level.member_begin[g];
  std::vector<std::uint32_t> next(level.member_begin.begin(), level.member_begin.end() - 1);
  for (std::uint32_t i = 0; i < level.size(); ++i) level.member[next[level.group[i]]++] = i;
}

/// The next level: rows of a group added up, columns as well.
Multigrid::Level Multigrid::sum_up(const Level& level) {
  Level next;
  const std::size_t count = level.groups();
  next.diagonal.resize(count);
  next.row_begin.assign(1, 0);
  next.row_begin.reserve(count + 1);
  next.target.reserve(level.target.size() / 2);
  next.value.reserve(level.target.size() / 2);
  Gathered leads(count);
  for (std::uint32_t g = 0; g < count; ++g) {
    double diagonal = 0;
    for (std::uint32_t m = level.member_begin[g]; m < level.member_begin[g + 1]; ++m) {
      const std::uint32_t i = level.member[m];
      diagonal += level.diagonal[i];
      for (std::uint32_t k = level.row_begin[i]; k < level.row_begin[i + 1]; ++k) {
        const std::uint32_t to = level.group[level.target[k]];
        if (to == g) {
          diagonal -= level.value[k];
        } else if (level.value[k] > 0) {
          leads.add(to, level.value[k]);
        }
      }
    }
    next.diagonal[g] = diagonal;
    for (const std::uint32_t to : leads.columns()) {
      next.target.push_back(to);
      next.value.push_back(leads.sum(to));
    }
    next.row_begin.push_back(static_cast<std::uint32_t>(next.target.size()));
    leads.clear();
  }
  finish(next);
  return next;
}

void Multigrid::invert_coarsest() {
  const Level& level = levels_.back();
  const std::size_t n = level.size();
  coarsest_.resize(n * n);
  std::vector<double> column(n);
  for (std::size_t j = 0; j < n; ++j) {
    std::vector<double> a(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      a[i * n + i] = level.diagonal[i];
      for (std::uint32_t k = level.row_begin[i]; k < level.row_begin[i + 1]; ++k)
        a[i * n + level.target[k]] -= level.value[k];
    }
    std::fill(column.begin(), column.end(), 0.0);
    column[j] = 1;
    solve_dense(a, column);
    for (std::size_t i = 0; i < n; ++i) coarsest_[i * n + j] = column[i];
  }
}

}  // namespace calando::bellman
