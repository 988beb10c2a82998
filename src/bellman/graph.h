// SPDX-License-Identifier: MIT
// A model as a graph: what is reachable, what is strongly connected, where a process can stay for ever.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "calando/mdp.h"

namespace calando::bellman {

/// One mark per choice, or per state.
using Marks = std::vector<std::uint8_t>;

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Whether choice c may end the process, or discounts what follows, which comes to the same.
bool leaks(const MdpArrays& arrays, std::size_t c) noexcept;
Marks choices_that_do_not_leak(const MdpArrays& arrays);

/// The choices that lead to each state.
class Predecessors {
 public:
  Predecessors(const MdpArrays& arrays, const Marks& allowed);

  struct Range {
    const std::uint32_t* first;
    const std::uint32_t* last;
    const std::uint32_t* begin() const noexcept { return first; }
    const std::uint32_t* end() const noexcept { return last; }
  };
  Range of(std::size_t state) const noexcept {
    return {choices_.data() + begin_[state], choices_.data() + begin_[state + 1]};
  }
  /// The state that a choice belongs to.
  std::uint32_t state_of(std::size_t choice) const noexcept { return state_of_[choice]; }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> choices_;
  std::vector<std::uint32_t> state_of_;
};

/// Strongly connected components. A component is numbered after all those that it leads to.
///
/// Source:  Tarjan 1972, without recursion.
struct Components {
  std::vector<std::uint32_t> of_state;
  std::uint32_t count = 0;
};
Components strongly_connected(const MdpArrays& arrays, const Marks& allowed);

/// Maximal end components: sets of states with choices that stay within the set and connect it.
///
/// Source:  de Alfaro 1997, algorithm 3.1; states without a way to stay leave with all that leads to them.
struct EndComponents {
  std::vector<std::uint32_t> of_state;  // kNone: in none
  Marks internal;                       // per choice: one of those that stay
  std::uint32_t count = 0;
};
EndComponents maximal_end_components(const MdpArrays& arrays, Marks allowed);

/// States from which a state of `seeds` is reached with positive probability under some policy of allowed choices; the
/// seeds are among them. Where `policy` is given, it gets for each state but the seeds a choice that leads nearer to them.
Marks can_reach(const MdpArrays& arrays, const Predecessors& predecessors, const Marks& allowed, Marks seeds,
                std::vector<std::uint32_t>* policy = nullptr);

/// The rows of a chain in the order in which a depth-first search leaves them: each after all that it leads to, but where that
/// closes a cycle.
std::vector<std::uint32_t> finishing_order(std::span<const std::uint32_t> row_begin,
                                           std::span<const std::uint32_t> target);

}  // namespace calando::bellman
