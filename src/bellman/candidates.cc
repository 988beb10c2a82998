// SPDX-License-Identifier: MIT
#include "src/bellman/candidates.h"

#include <algorithm>

#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr std::uint32_t kAhead = 12;  // rows, fetched before they are copied: no hardware foresees them
constexpr std::size_t kSampleStates = 4000;

}  // namespace

Candidates::Candidates(const BellmanOperator& model) : model_(model) {
  const MdpArrays& a = model.arrays();
  const double row =
      static_cast<double>(a.target.size()) / static_cast<double>(std::max<std::size_t>(1, a.reward.size()));
  piece_ = static_cast<std::uint32_t>(16384 / (row + 4)) + 1;
}

/// use(c) for each candidate of state s.
template <class Use>
void Candidates::each_taken(const Measured& measured, float slack, std::uint32_t s, const Use& use) const {
  const MdpArrays& a = model_.arrays();
  const std::uint32_t best = measured.policy[s];
  if (!(slack > 0)) {
    use(best);
    return;
  }
  const float least = measured.advantage[best] - slack;
  for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
    if (measured.advantage[c] >= least || c == best) use(c);
  }
}

double Candidates::sample_share(const Measured& measured, double slack) const {
  const MdpArrays& a = model_.arrays();
  const std::size_t stride = model_.states() / kSampleStates + 1;
  std::size_t taken = 0;
  std::size_t all = 0;
  for (std::size_t s = 0; s < model_.states(); s += stride) {
    each_taken(measured, static_cast<float>(slack), static_cast<std::uint32_t>(s),
               [&](std::uint32_t) { ++taken; });
    all += a.choice_begin[s + 1] - a.choice_begin[s];
  }
  return static_cast<double>(taken) / static_cast<double>(all);
}

Candidates::Size Candidates::size_of_block(const Measured& measured, float slack, std::size_t block) const {
  const MdpArrays& a = model_.arrays();
  const Blocks& blocks = model_.blocks();
  Size size;
  for (std::uint32_t s = blocks.first[block]; s < blocks.first[block + 1]; ++s) {
    each_taken(measured, slack, s, [&](std::uint32_t c) {
      ++size.choices;
      size.transitions += a.row_begin[c + 1] - a.row_begin[c];
    });
    size.of_policy += a.row_begin[measured.policy[s] + 1] - a.row_begin[measured.policy[s]];
  }
  return size;
}

/// The candidates of a block, from number `at` on.
void Candidates::list_block(const Measured& measured, float slack, std::size_t block, std::uint32_t at) {
  const Blocks& blocks = model_.blocks();
  for (std::uint32_t s = blocks.first[block]; s < blocks.first[block + 1]; ++s) {
    choice_begin_[s] = at;
    each_taken(measured, slack, s, [&](std::uint32_t c) {
      if (c == measured.policy[s]) first_policy_[s] = at;
      choice_[at++] = c;
    });
  }
}

void Candidates::prefetch_choice(std::uint32_t choice) const noexcept {
  const MdpArrays& a = model_.arrays();
  const std::uint32_t row = a.row_begin[choice];
  prefetch_row(a.probability.data() + row, a.target.data() + row);
}

void Candidates::copy_rows(std::uint32_t first, std::uint32_t last, std::uint32_t row) {
  const MdpArrays& a = model_.arrays();
  for (std::uint32_t i = first; i < last; ++i) {
    if (i + kAhead < last) prefetch_choice(choice_[i + kAhead]);
    const double factor = model_.factor(choice_[i]);
    const std::uint32_t from = a.row_begin[choice_[i]];
    const std::uint32_t count = a.row_begin[choice_[i] + 1] - from;
    row_begin_[i] = row;
    copy_row(a.probability.data() + from, a.target.data() + from, count, factor, probability_.data() + row,
             target_.data() + row);
    row += count;
  }
}

void Candidates::select(const Measured& measured, double slack, double middle, double scale) {
  const Blocks& blocks = model_.blocks();
  const auto most_behind = static_cast<float>(slack);
  std::vector<Size> before(blocks.count() + 1);
  model_.team().run(blocks.count(),
                    [&](std::size_t i) { before[i + 1] = size_of_block(measured, most_behind, i); });
  for (std::size_t i = 0; i < blocks.count(); ++i) {
    before[i + 1].choices += before[i].choices;
    before[i + 1].transitions += before[i].transitions;
    before[i + 1].of_policy += before[i].of_policy;
  }
  const Size all = before.back();
  policy_transitions_ = all.of_policy;
  choice_.resize(all.choices);
  reward_.resize(all.choices);
  row_begin_.resize(all.choices + 1);
  target_.resize(all.transitions);
  probability_.resize(all.transitions);
  choice_begin_.resize(model_.states() + 1);
  first_policy_.resize(model_.states());
  choice_begin_.back() = all.choices;
  row_begin_.back() = all.transitions;
  model_.team().run(blocks.count(), [&](std::size_t i) {
    list_block(measured, most_behind, i, before[i].choices);
    copy_rows(before[i].choices, before[i + 1].choices, before[i].transitions);
    for (std::uint32_t c = before[i].choices; c < before[i + 1].choices; ++c)
      reward_[c] = static_cast<float>((measured.advantage[choice_[c]] - middle) / scale);
  });
}

double Candidates::share(std::size_t transitions) const noexcept {
  const auto all = static_cast<double>(model_.arrays().target.size());
  return all == 0 ? 1 : static_cast<double>(transitions) / all;
}

float Candidates::expected(std::uint32_t candidate, const float* e) const noexcept {
  const std::uint32_t row = row_begin_[candidate];
  return row_dot(probability_.data() + row, target_.data() + row, row_begin_[candidate + 1] - row, e);
}

/// piece(first, last, number)
template <class Piece>
void Candidates::each_piece(const Piece& piece) const {
  const auto states = static_cast<std::uint32_t>(model_.states());
  model_.team().run((states + piece_ - 1) / piece_, [&](std::size_t i) {
    const auto first = static_cast<std::uint32_t>(i) * piece_;
    piece(first, std::min(states, first + piece_), i);
  });
}

/// The extremes of all pieces together: piece(first, last) gives those of one.
template <class Piece>
Extremes Candidates::extremes_of(const Piece& piece) const {
  std::vector<Extremes> extremes((model_.states() + piece_ - 1) / piece_);
  each_piece([&](std::uint32_t first, std::uint32_t last, std::size_t number) {
    extremes[number] = piece(first, last);
  });
  Extremes all;
  for (const Extremes& of_piece : extremes) all.merge(of_piece);
  return all;
}

/// next[s] = backup(s), and how that differs from e.
template <class Backup>
Extremes Candidates::back_up(std::span<const float> e, std::span<float> next, const Backup& backup) const {
  return extremes_of([&](std::uint32_t first, std::uint32_t last) {
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (std::uint32_t s = first; s < last; ++s) {
      const float value = backup(s);
      low = std::min(low, value - e[s]);
      high = std::max(high, value - e[s]);
      next[s] = value;
    }
    Extremes seen;
    seen.low = low;
    seen.high = high;
    return seen;
  });
}

Extremes Candidates::improve(std::span<const float> e, std::span<float> next,
                             std::span<std::uint32_t> policy) const {
  return back_up(e, next, [&](std::uint32_t s) {
    float best = -std::numeric_limits<float>::infinity();
    std::uint32_t chosen = policy[s];
    for (std::uint32_t c = choice_begin_[s]; c < choice_begin_[s + 1]; ++c) {
      const float q = reward_[c] + expected(c, e.data());
      const bool better = q > best;  // selected, not jumped over: nobody foresees which is
      best = better ? q : best;
      chosen = better ? c : chosen;
    }
    policy[s] = chosen;
    return best;
  });
}

Extremes Candidates::measure(std::span<const double> v, std::span<float> best,
                             std::span<std::uint32_t> policy) {
  const MdpArrays& a = model_.arrays();
  return extremes_of([&](std::uint32_t first, std::uint32_t last) {
    Extremes seen;
    for (std::uint32_t s = first; s < last; ++s) {
      double most = -std::numeric_limits<double>::infinity();
      for (std::uint32_t i = choice_begin_[s]; i < choice_begin_[s + 1]; ++i) {
        if (i + kAhead < choice_begin_[last]) prefetch_choice(choice_[i + kAhead]);
        const std::uint32_t c = choice_[i];
        const std::uint32_t row = a.row_begin[c];
        const double expected =
            row_dot(&a.probability[row], &a.target[row], a.row_begin[c + 1] - row, v.data());
        const double advantage = model_.reward(c) + model_.factor(c) * expected - v[s];
        reward_[i] = static_cast<float>(advantage);
        if (!(advantage > most)) continue;
        most = advantage;
        policy[s] = i;
      }
      best[s] = static_cast<float>(most);
      seen.low = std::min(seen.low, most);
      seen.high = std::max(seen.high, most);
    }
    return seen;
  });
}

void Candidates::scale(double middle, double scale) {
  each_piece([&](std::uint32_t first, std::uint32_t last, std::size_t) {
    for (std::uint32_t i = choice_begin_[first]; i < choice_begin_[last]; ++i)
      reward_[i] = static_cast<float>((reward_[i] - middle) / scale);
  });
}

Extremes Candidates::apply(std::span<const std::uint32_t> policy, std::span<const float> e,
                           std::span<float> next) const {
  return back_up(e, next,
                 [&](std::uint32_t s) { return reward_[policy[s]] + expected(policy[s], e.data()); });
}

void Candidates::residual(std::span<const std::uint32_t> policy, std::span<const float> x,
                          std::span<float> y) const {
  each_piece([&](std::uint32_t first, std::uint32_t last, std::size_t) {
    for (std::uint32_t s = first; s < last; ++s) y[s] = x[s] - expected(policy[s], x.data());
  });
}

}  // namespace calando::bellman
