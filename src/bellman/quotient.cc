// SPDX-License-Identifier: MIT
#include "src/bellman/quotient.h"

#include <fmt/format.h>

#include <algorithm>

#include "calando/error.h"

namespace calando::bellman {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Builder {
 public:
  explicit Builder(const TotalProblem& problem)
      : problem_(problem),
        a_(problem.model.arrays()),
        states_(problem.model.states()),
        usable_(problem.model.choices(), 1) {}

  Quotient run() {
    forbid_after_goal();
    find_gains_and_losses();
    collapse();
    number_nodes();
    if (losses_ || any_gain_) remove_infinite();
    build_model();
    quotient_.ends_surely = !losses_;
    return std::move(quotient_);
  }

 private:
  bool is_goal(std::size_t s) const noexcept { return !problem_.goal.empty() && problem_.goal[s] != 0; }
  double reward(std::size_t c) const noexcept { return problem_.pays ? problem_.sign * a_.reward[c] : 0; }

  [[noreturn]] void fail(std::size_t state, const char* what) const {
    throw DataError::in_file(problem_.model.notes().name, fmt::format("state {}: {}", state, what));
  }

  template <class Visit>
  void each_choice(Visit&& visit) const {
    for (std::uint32_t s = 0; s < states_; ++s) {
      for (std::uint32_t c = a_.choice_begin[s]; c < a_.choice_begin[s + 1]; ++c) visit(s, c);
    }
  }

  void forbid_after_goal() {
    each_choice([&](std::uint32_t s, std::uint32_t c) {
      if (is_goal(s)) usable_[c] = 0;
    });
  }

  Marks lasting_choices() const {
    Marks lasting = choices_that_do_not_leak(a_);
    for (std::size_t c = 0; c < lasting.size(); ++c) lasting[c] &= usable_[c];
    return lasting;
  }

  /// What can be had for ever: by the signs of the rewards of each maximal end component.
  void find_gains_and_losses() {
    components_ = maximal_end_components(a_, lasting_choices());
    std::vector<std::uint8_t> gains(components_.count);
    std::vector<std::uint8_t> losses(components_.count);
    each_choice([&](std::uint32_t s, std::uint32_t c) {
      if (components_.internal[c] == 0) return;
      if (reward(c) > 0) gains[components_.of_state[s]] = 1;
      if (reward(c) < 0) losses[components_.of_state[s]] = 1;
    });
    gain_.assign(states_, 0);
    for (std::size_t s = 0; s < states_; ++s) {
      const std::uint32_t component = components_.of_state[s];
      if (component == kNone) continue;
      if (gains[component] != 0 && losses[component] != 0) {
        fail(s, "it is in an end component with rewards of both signs, whose total is not defined");
      }
      gain_[s] = gains[component];
      any_gain_ = any_gain_ || gains[component] != 0;
      losses_ = losses_ || losses[component] != 0;
    }
  }

  void collapse() {
    if (!losses_ && !any_gain_) {
      quotient_.components = std::move(components_);
      return;
    }
    Marks without_reward = components_.internal;
    internal_to_gain_ = std::move(components_.internal);
    each_choice([&](std::uint32_t s, std::uint32_t c) {
      if (gain_[s] != 0 || reward(c) != 0) without_reward[c] = 0;
    });
    pay_again_.assign(states_, kNone);
    each_choice([&](std::uint32_t s, std::uint32_t c) {
      if (gain_[s] != 0 && internal_to_gain_[c] != 0 && reward(c) > 0) pay_again_[s] = c;
    });
    quotient_.components = maximal_end_components(a_, std::move(without_reward));
  }

  /// Components first, then states; infinite ones lose their number later.
  void number_nodes() {
    const EndComponents& components = quotient_.components;
    quotient_.infinite.assign(states_, 0);
    quotient_.policy_of_infinite.assign(states_, kStay);
    quotient_.node_of.resize(states_);
    nodes_ = components.count;
    for (std::size_t s = 0; s < states_; ++s) {
      quotient_.node_of[s] = components.of_state[s] == kNone ? nodes_++ : components.of_state[s];
    }
    each_choice([&](std::uint32_t, std::uint32_t c) {
      if (components.internal[c] != 0) usable_[c] = 0;
    });
  }

  bool in_component(std::size_t s) const noexcept { return quotient_.components.of_state[s] != kNone; }

  /// States that have a policy of no infinite loss: one that ends, stays without reward, or gains for ever.
  Marks find_escaping() const {
    const Predecessors predecessors(a_, usable_);
    Marks allowed = usable_;
    Marks escaping(states_, 1);
    for (bool changed = true; changed;) {
      Marks seeds(states_);
      each_choice([&](std::uint32_t s, std::uint32_t c) {
        if (allowed[c] != 0 && leaks(a_, c)) seeds[s] = 1;
      });
      for (std::size_t s = 0; s < states_; ++s) {
        if (in_component(s) || is_goal(s) || gain_[s] != 0) seeds[s] = 1;
      }
      share(seeds);
      const Marks now = reach(predecessors, allowed, seeds);
      changed = false;
      for (std::uint32_t s = 0; s < states_; ++s) {
        if (now[s] != 0 || escaping[s] == 0) continue;
        escaping[s] = 0;
        changed = true;
        for (const std::uint32_t c : predecessors.of(s)) allowed[c] = 0;
      }
    }
    return escaping;
  }

  /// A component's states have what one of them has.
  void share(Marks& marks) const {
    std::vector<std::uint8_t> of_component(quotient_.components.count);
    for (std::size_t s = 0; s < states_; ++s) {
      if (in_component(s) && marks[s] != 0) of_component[quotient_.components.of_state[s]] = 1;
    }
    for (std::size_t s = 0; s < states_; ++s) {
      if (in_component(s)) marks[s] = of_component[quotient_.components.of_state[s]];
    }
  }

  Marks reach(const Predecessors& predecessors, const Marks& allowed, Marks seeds) const {
    for (;;) {
      Marks found = can_reach(a_, predecessors, allowed, seeds);
      Marks shared = found;
      share(shared);
      if (shared == found) return found;
      seeds = std::move(shared);
    }
  }

  void remove_infinite() {
    const Marks escaping = find_escaping();
    const Predecessors predecessors(a_, usable_);
    if (any_gain_) {
      const Marks in_reach = reach(predecessors, usable_, gain_);
      for (std::size_t s = 0; s < states_; ++s) {
        if (in_reach[s] != 0 && escaping[s] == 0) {
          fail(s,
               "it can gain without end and cannot escape losing without end, so its total is not defined");
        }
      }
    }
    for (std::uint32_t s = 0; s < states_; ++s) {
      if (escaping[s] != 0) continue;
      quotient_.infinite[s] = -kInfinity;
      for (const std::uint32_t c : predecessors.of(s)) usable_[c] = 0;
    }
    if (any_gain_) take_out_gains(predecessors);
    renumber();
  }

  void take_out_gains(const Predecessors& predecessors) {
    const Marks in_reach = reach(predecessors, usable_, gain_);
    for (std::size_t s = 0; s < states_; ++s) {
      if (in_reach[s] != 0) quotient_.infinite[s] = kInfinity;
    }
    // Within a gaining component toward a choice that pays, elsewhere toward such a component.
    Marks allowed = usable_;
    Marks seeds(states_);
    each_choice([&](std::uint32_t s, std::uint32_t c) {
      if (gain_[s] != 0) allowed[c] = internal_to_gain_[c];
      if (quotient_.components.internal[c] != 0) allowed[c] = 1;
    });
    for (std::size_t s = 0; s < states_; ++s) {
      if (pay_again_[s] == kNone) continue;
      seeds[s] = 1;
      quotient_.policy_of_infinite[s] = pay_again_[s];
    }
    can_reach(a_, Predecessors(a_, allowed), allowed, seeds, &quotient_.policy_of_infinite);
  }

  void renumber() {
    std::vector<std::uint32_t> number(nodes_, kNone);
    nodes_ = 0;
    for (std::size_t s = 0; s < states_; ++s) {
      if (quotient_.infinite[s] != 0) {
        quotient_.node_of[s] = kNone;
        continue;
      }
      std::uint32_t& node = number[quotient_.node_of[s]];
      if (node == kNone) node = nodes_++;
      quotient_.node_of[s] = node;
    }
  }

  struct Arrays {
    std::vector<std::uint32_t> choice_begin{0};
    std::vector<std::uint32_t> row_begin{0};
    std::vector<std::uint32_t> target;
    std::vector<double> probability;
    std::vector<double> reward;
    std::vector<double> discount;
    std::vector<double> termination;
  };

  void add_choice(Arrays& to, std::uint32_t c) {
    const double factor = a_.discount.empty() ? 1 : a_.discount[c];
    if (factor > 0) {
      for (std::uint32_t i = a_.row_begin[c]; i < a_.row_begin[c + 1]; ++i) {
        if (!(a_.probability[i] > 0)) continue;
        to.target.push_back(quotient_.node_of[a_.target[i]]);
        to.probability.push_back(a_.probability[i]);
      }
    }
    const bool ends = factor == 0;
    finish_choice(to, reward(c), ends ? 1 : factor,
                  ends ? 1 : (a_.termination.empty() ? 0 : a_.termination[c]), c);
  }

  void finish_choice(Arrays& to, double pays, double factor, double termination, std::uint32_t original) {
    to.row_begin.push_back(static_cast<std::uint32_t>(to.target.size()));
    to.reward.push_back(pays);
    if (!a_.discount.empty()) to.discount.push_back(factor);
    to.termination.push_back(termination);
    quotient_.original.push_back(original);
  }

  void build_model() {
    if (nodes_ == 0) return;
    std::vector<std::uint32_t> members(nodes_ + 1);
    for (const std::uint32_t node : quotient_.node_of) {
      if (node != kNone) ++members[node + 1];
    }
    for (std::size_t i = 0; i < nodes_; ++i) members[i + 1] += members[i];
    std::vector<std::uint32_t> state(members.back());
    std::vector<std::uint32_t> next(members.begin(), members.end() - 1);
    for (std::uint32_t s = 0; s < states_; ++s) {
      if (quotient_.node_of[s] != kNone) state[next[quotient_.node_of[s]]++] = s;
    }
    const auto arrays = std::make_shared<Arrays>();
    for (std::uint32_t node = 0; node < nodes_; ++node) {
      add_node(*arrays, {state.data() + members[node], state.data() + members[node + 1]});
    }
    MdpNotes notes;
    notes.name = problem_.model.notes().name;
    notes.reward_rounding = problem_.pays ? problem_.model.notes().reward_rounding : 0;
    quotient_.model.emplace(MdpArrays{.choice_begin = arrays->choice_begin,
                                      .row_begin = arrays->row_begin,
                                      .target = arrays->target,
                                      .probability = arrays->probability,
                                      .reward = arrays->reward,
                                      .discount = arrays->discount,
                                      .termination = arrays->termination},
                            arrays, std::move(notes));
  }

  void add_node(Arrays& to, std::span<const std::uint32_t> states) {
    for (const std::uint32_t s : states) {
      for (std::uint32_t c = a_.choice_begin[s]; c < a_.choice_begin[s + 1]; ++c) {
        if (usable_[c] != 0) add_choice(to, c);
      }
    }
    const std::uint32_t first = states.front();
    if (is_goal(first)) {
      finish_choice(to, problem_.goal[first] == kLost ? 0 : problem_.goal_pays, 1, 1, kStay);
    } else if (in_component(first)) {
      const std::uint32_t component = quotient_.components.of_state[first];
      finish_choice(to, problem_.staying ? problem_.staying(component) : 0, 1, 1, kStay);
    }
    to.choice_begin.push_back(static_cast<std::uint32_t>(to.reward.size()));
  }

  const TotalProblem& problem_;
  const MdpArrays& a_;
  std::size_t states_;
  Marks usable_;  // choices that the quotient has
  EndComponents components_;
  Marks internal_to_gain_;
  std::vector<std::uint32_t> pay_again_;  // per state: a choice of its gaining end component that pays
  Marks gain_;                            // states of end components that gain for ever
  bool any_gain_ = false;
  bool losses_ = false;
  std::uint32_t nodes_ = 0;
  Quotient quotient_;
};

}  // namespace

Quotient make_quotient(const TotalProblem& problem) { return Builder(problem).run(); }

}  // namespace calando::bellman
