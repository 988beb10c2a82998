// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "src/bellman/readers.h"
#include "src/bellman/words.h"

namespace calando::bellman {
namespace {

class Drn {
 public:
  explicit Drn(const io::File& file) : words_(file, "//"), builder_(file.name) {
    read_header();
    while (words_.next_line()) {
      if (words_.peek() == "state") {
        read_state();
      } else if (words_.peek() == "action") {
        read_action();
      } else {
        read_transition();
      }
    }
    if (builder_.states() != states_) {
      words_.fail(fmt::format("the file ends after {} states, expected {}", builder_.states(), states_));
    }
  }

  Mdp build() && { return std::move(builder_).build(); }

 private:
  void read_header() {
    while (words_.next_line()) {
      const std::string_view key = words_.word();
      if (key == "@model") return;
      if (key == "@type:") {
        if (words_.peek() != "MDP" && words_.peek() != "DTMC") {
          words_.fail(fmt::format("a model of type {}, expected MDP or DTMC", words_.peek()));
        }
        chain_ = words_.peek() == "DTMC";
      } else if (key == "@nr_states") {
        if (!words_.next_line()) break;
        states_ = words_.index("the number of states");
      }
    }
    words_.fail("expected @model");
  }

  /// `[r, ...]`: the first of them, 0 where there are none.
  double read_reward() {
    if (words_.peek().empty() || words_.peek().front() != '[') return 0;
    std::string_view first = words_.word();
    const bool last = first.back() == ']';
    first.remove_prefix(1);
    if (last && !first.empty()) first.remove_suffix(1);
    if (!first.empty() && first.back() == ',') first.remove_suffix(1);
    const double reward = words_.to_number(first.substr(0, first.find(',')), "a reward");
    for (bool closed = last; !closed;) {
      if (words_.peek().empty()) words_.fail("expected ]");
      closed = words_.word().back() == ']';
    }
    return reward;
  }

  void read_state() {
    words_.word();
    const std::uint32_t state = words_.index("a state");
    if (state != builder_.states() || state >= states_)
      words_.fail(fmt::format("state {}, expected {} of {} states", state, builder_.states(), states_));
    builder_.add_state();
    state_reward_ = read_reward();
    while (!words_.peek().empty()) builder_.label(std::string(words_.word()), state);
    has_choice_ = false;
  }

  void read_action() {
    words_.word();
    if (builder_.states() == 0) words_.fail("an action before the first state");
    words_.word();  // its name
    const double reward = read_reward();
    add_choice(reward);
  }

  void add_choice(double reward) {
    builder_.add_choice(state_reward_).pay(reward);
    has_choice_ = true;
  }

  void read_transition() {
    if (builder_.states() > 0 && !has_choice_ && chain_) add_choice(0);
    if (!has_choice_) words_.fail("a transition before an action");
    std::string_view target = words_.word();
    if (target.back() == ':') {
      target.remove_suffix(1);
    } else if (words_.word() != ":") {
      words_.fail("expected TARGET : PROBABILITY");
    }
    const std::uint32_t state = words_.to_index(target, "a target");
    if (state >= states_) words_.fail(fmt::format("target {}, but there are {} states", state, states_));
    builder_.add(state, words_.probability());
    words_.end_of_line();
  }

  Words words_;
  MdpBuilder builder_;
  std::uint32_t states_ = 0;
  bool chain_ = false;
  bool has_choice_ = false;
  double state_reward_ = 0;
};

}  // namespace

Mdp read_drn(const io::File& file) { return Drn(file).build(); }

}  // namespace calando::bellman
