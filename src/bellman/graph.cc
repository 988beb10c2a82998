// SPDX-License-Identifier: MIT
#include "src/bellman/graph.h"

#include <algorithm>

namespace calando::bellman {

bool leaks(const MdpArrays& arrays, std::size_t c) noexcept {
  return (!arrays.termination.empty() && arrays.termination[c] > 0) ||
         (!arrays.discount.empty() && arrays.discount[c] < 1) ||
         arrays.row_begin[c] == arrays.row_begin[c + 1];
}

Marks choices_that_do_not_leak(const MdpArrays& arrays) {
  Marks marks(arrays.reward.size());
  for (std::size_t c = 0; c < marks.size(); ++c) marks[c] = leaks(arrays, c) ? 0 : 1;
  return marks;
}

Predecessors::Predecessors(const MdpArrays& arrays, const Marks& allowed)
    : begin_(arrays.choice_begin.size()), state_of_(arrays.reward.size()) {
  const std::size_t states = arrays.choice_begin.size() - 1;
  const auto each = [&](auto&& visit) {
    for (std::uint32_t s = 0; s < states; ++s) {
      for (std::uint32_t c = arrays.choice_begin[s]; c < arrays.choice_begin[s + 1]; ++c) {
        state_of_[c] = s;
        if (allowed[c] == 0) continue;
        for (std::uint32_t i = arrays.row_begin[c]; i < arrays.row_begin[c + 1]; ++i) {
          if (arrays.probability[i] > 0) visit(arrays.target[i], c);
        }
      }
    }
  };
  each([&](std::uint32_t target, std::uint32_t) { ++begin_[target + 1]; });
  for (std::size_t s = 0; s < states; ++s) begin_[s + 1] += begin_[s];
  choices_.resize(begin_.back());
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  each([&](std::uint32_t target, std::uint32_t c) { choices_[next[target]++] = c; });
}

namespace {

/// Where a depth-first search stands in a state: at a choice, and at a transition of it.
class Search {
  /// In the place of the index of a state whose component is complete: no state is lowered by it.
  static constexpr std::uint32_t kClosed = kNone - 1;

 public:
  Search(const MdpArrays& arrays, const Marks& allowed)
      : arrays_(arrays), allowed_(allowed), index_(states(), kNone), low_(states()) {
    result_.of_state.resize(states());
  }

  Components run() {
    for (std::uint32_t s = 0; s < states(); ++s) {
      if (index_[s] == kNone) explore(s);
    }
    return std::move(result_);
  }

 private:
  struct Frame {
    std::uint32_t state;
    std::uint32_t choice;
    std::uint32_t transition;
  };

  std::size_t states() const noexcept { return arrays_.choice_begin.size() - 1; }

  void enter(std::uint32_t s) {
    index_[s] = low_[s] = counter_++;
    open_.push_back(s);
    const std::uint32_t first = arrays_.choice_begin[s];
    frames_.push_back({s, first, arrays_.row_begin[first]});
  }

  /// The next successor of the frame's state, or kNone.
  std::uint32_t advance(Frame& frame) const noexcept {
    const std::uint32_t end = arrays_.choice_begin[frame.state + 1];
    while (frame.choice < end) {
      const std::uint32_t row_end = allowed_[frame.choice] != 0 ? arrays_.row_begin[frame.choice + 1] : 0;
      while (frame.transition < row_end && !(arrays_.probability[frame.transition] > 0)) ++frame.transition;
      if (frame.transition < row_end) return arrays_.target[frame.transition++];
      frame.transition = arrays_.row_begin[++frame.choice];
    }
    return kNone;
  }

  void explore(std::uint32_t root) {
    enter(root);
    while (!frames_.empty()) {
      const std::uint32_t here = frames_.back().state;
      const std::uint32_t there = advance(frames_.back());
      if (there == kNone) {
        leave(here);
      } else if (index_[there] == kNone) {
        enter(there);
      } else {
        low_[here] = std::min(low_[here], index_[there]);
      }
    }
  }

  void leave(std::uint32_t s) {
    frames_.pop_back();
    if (!frames_.empty()) low_[frames_.back().state] = std::min(low_[frames_.back().state], low_[s]);
    if (low_[s] != index_[s]) return;
    std::uint32_t member = kNone;
    do {
      member = open_.back();
      open_.pop_back();
      result_.of_state[member] = result_.count;
      index_[member] = kClosed;
    } while (member != s);
    ++result_.count;
  }

  const MdpArrays& arrays_;
  const Marks& allowed_;
  std::vector<std::uint32_t> index_;
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> open_;
  std::vector<Frame> frames_;
  std::uint32_t counter_ = 0;
  Components result_;
};

/// Whether all that choice c can lead to has a property.
template <class Property>
bool all_successors(const MdpArrays& a, std::size_t c, const Property& property) {
  for (std::uint32_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
    if (a.probability[i] > 0 && !property(a.target[i])) return false;
  }
  return true;
}

/// Forbids choices that leave their component, and then all that leads to states without a choice. True where any was.
bool forbid_leaving(const MdpArrays& a, const Components& components, const Predecessors& predecessors,
                    Marks& allowed) {
  const std::size_t states = a.choice_begin.size() - 1;
  std::vector<std::uint32_t> left(states);
  std::vector<std::uint32_t> stuck;
  bool any = false;
  for (std::uint32_t s = 0; s < states; ++s) {
    for (std::uint32_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
      if (allowed[c] == 0) continue;
      const bool stays = all_successors(
          a, c, [&](std::uint32_t t) { return components.of_state[t] == components.of_state[s]; });
      if (!stays) {
        allowed[c] = 0;
        any = true;
      } else {
        ++left[s];
      }
    }
    if (left[s] == 0) stuck.push_back(s);
  }
  while (!stuck.empty()) {
    const std::uint32_t s = stuck.back();
    stuck.pop_back();
    for (const std::uint32_t c : predecessors.of(s)) {
      if (allowed[c] == 0) continue;
      allowed[c] = 0;
      any = true;
      if (--left[predecessors.state_of(c)] == 0) stuck.push_back(predecessors.state_of(c));
    }
  }
  return any;
}

}  // namespace

Components strongly_connected(const MdpArrays& arrays, const Marks& allowed) {
  return Search(arrays, allowed).run();
}

EndComponents maximal_end_components(const MdpArrays& arrays, Marks allowed) {
  const Predecessors predecessors(arrays, allowed);
  Components components = strongly_connected(arrays, allowed);
  while (forbid_leaving(arrays, components, predecessors, allowed)) {
    components = strongly_connected(arrays, allowed);
  }
  const std::size_t states = arrays.choice_begin.size() - 1;
  EndComponents result{std::vector<std::uint32_t>(states, kNone), std::move(allowed), 0};
  std::vector<std::uint32_t> number(components.count, kNone);
  for (std::size_t s = 0; s < states; ++s) {
    for (std::uint32_t c = arrays.choice_begin[s]; c < arrays.choice_begin[s + 1]; ++c) {
      if (result.internal[c] == 0) continue;
      std::uint32_t& of_component = number[components.of_state[s]];
      if (of_component == kNone) of_component = result.count++;
      result.of_state[s] = of_component;
      break;
    }
  }
  return result;
}

Marks can_reach(const MdpArrays& arrays, const Predecessors& predecessors, const Marks& allowed, Marks seeds,
                std::vector<std::uint32_t>* policy) {
  std::vector<std::uint32_t> front;
  for (std::uint32_t s = 0; s + 1 < arrays.choice_begin.size(); ++s) {
    if (seeds[s] != 0) front.push_back(s);
  }
  for (std::size_t i = 0; i < front.size(); ++i) {
    for (const std::uint32_t c : predecessors.of(front[i])) {
      const std::uint32_t from = predecessors.state_of(c);
      if (allowed[c] == 0 || seeds[from] != 0) continue;
      seeds[from] = 1;
      if (policy != nullptr) (*policy)[from] = c;
      front.push_back(from);
    }
  }
  return seeds;
}

std::vector<std::uint32_t> finishing_order(std::span<const std::uint32_t> row_begin,
                                           std::span<const std::uint32_t> target) {
  const auto rows = static_cast<std::uint32_t>(row_begin.size() - 1);
  std::vector<std::uint32_t> order;
  order.reserve(rows);
  std::vector<std::uint32_t> next(row_begin.begin(), row_begin.end() - 1);  // transition to follow
  Marks seen(rows);
  std::vector<std::uint32_t> path;
  for (std::uint32_t root = 0; root < rows; ++root) {
    if (seen[root] == 0) path.push_back(root);
    seen[root] = 1;
    while (!path.empty()) {
      const std::uint32_t row = path.back();
      if (next[row] == row_begin[row + 1]) {
        order.push_back(row);
        path.pop_back();
        continue;
      }
      const std::uint32_t to = target[next[row]++];
      if (seen[to] == 0) path.push_back(to);
      seen[to] = 1;
    }
  }
  return order;
}

}  // namespace calando::bellman
