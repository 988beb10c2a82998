// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "src/bellman/readers.h"
#include "src/bellman/words.h"

namespace calando::bellman {
namespace {

struct Header {
  std::uint32_t states = 0;
  std::uint32_t transitions = 0;
  bool chain = false;  // no choices
};

Header read_header(Words& words) {
  Header header;
  if (!words.next_line()) words.fail("expected the numbers of states, choices and transitions");
  header.states = words.index("the number of states");
  header.transitions = words.index("the number of choices");
  header.chain = words.peek().empty();
  if (!header.chain) header.transitions = words.index("the number of transitions");
  words.end_of_line();
  const std::size_t bytes = words.size();
  if (header.states > bytes) words.fail(fmt::format("{} states in a file of {} bytes", header.states, bytes));
  return header;
}

/// The header of a companion starts with the number of states.
void expect_states(Words& words, std::uint32_t states) {
  if (!words.next_line()) words.fail("the file is empty, expected the number of states first");
  const std::uint32_t stated = words.index("the number of states");
  if (stated != states)
    words.fail(fmt::format("a model of {} states, but the .tra file has {}", stated, states));
}

/// `state value` lines behind a header: the rewards of states, 0 where none is given.
class StateRewards {
 public:
  StateRewards(const std::optional<io::File>& file, std::uint32_t states) {
    if (!file) return;
    values_.assign(states, 0);
    Words words(*file, "#");
    expect_states(words, states);
    while (words.next_line()) {
      const std::uint32_t state = words.index_below(states, "state", "states");
      values_[state] = words.number("a reward");
    }
  }
  double operator[](std::uint32_t state) const { return values_.empty() ? 0 : values_[state]; }

 private:
  std::vector<double> values_;
};

/// A transition: its place, and a number, a probability or a reward.
struct Entry {
  std::uint32_t state = 0;
  std::uint32_t choice = 0;
  std::uint32_t target = 0;
  double value = 0;

  friend bool operator<(const Entry& a, const Entry& b) {
    return std::tie(a.state, a.choice, a.target) < std::tie(b.state, b.choice, b.target);
  }
};

/// The lines of a .tra or .trew file, in order.
class Entries {
 public:
  Entries(const io::File& file, bool chain) : words_(file, "#"), chain_(chain) {}

  Words& words() { return words_; }

  bool next(Entry& entry) {
    if (!words_.next_line()) return false;
    entry.state = words_.index("a state");
    entry.choice = chain_ ? 0 : words_.index("a choice");
    entry.target = words_.index("a target");
    return true;
  }

 private:
  Words words_;
  bool chain_;
};

/// The rewards of transitions. Mostly in the order of the transitions, so the one found last is near the next.
class TransitionRewards {
 public:
  TransitionRewards(const std::optional<io::File>& file, const Header& header) {
    if (!file) return;
    words_.emplace(*file, header.chain);
    expect_states(words_->words(), header.states);
    for (Entry entry; words_->next(entry);) {
      entry.value = words_->words().number("a reward");
      rewards_.push_back({entry, words_->words().line_number(), false});
    }
    std::stable_sort(rewards_.begin(), rewards_.end());
  }

  double of(const Entry& transition) {
    const auto is = [&](std::size_t i) { return i < rewards_.size() && same(rewards_[i].entry, transition); };
    if (rewards_.empty()) return 0;
    if (!is(last_) && !is(++last_)) {
      const auto found = std::lower_bound(rewards_.begin(), rewards_.end(), Reward{transition, 0, false});
      last_ = static_cast<std::size_t>(found - rewards_.begin());
    }
    if (!is(last_)) return 0;
    rewards_[last_].used = true;
    return rewards_[last_].entry.value;
  }

  /// A reward that nothing earns is a file that does not belong to the model.
  void refuse_unused() const {
    for (std::size_t i = 0; i < rewards_.size(); ++i) {
      const auto& [entry, line, used] = rewards_[i];
      if (used) continue;
      const bool twice = i > 0 && same(rewards_[i - 1].entry, entry);
      words_->words().fail_at(
          line, fmt::format("a reward of state {}, choice {}, target {}, {}", entry.state, entry.choice,
                            entry.target, twice ? "given twice" : "but there is no such transition"));
    }
  }

 private:
  struct Reward {
    Entry entry;
    std::size_t line;
    bool used;
    friend bool operator<(const Reward& a, const Reward& b) { return a.entry < b.entry; }
  };
  static bool same(const Entry& a, const Entry& b) { return !(a < b) && !(b < a); }

  mutable std::optional<Entries> words_;
  std::vector<Reward> rewards_;
  std::size_t last_ = 0;
};

/// `(x,y)`, then `state:(1,2)`: of use only to tell files that do not belong together.
void check_states(const io::File& file, std::uint32_t states) {
  Words words(file, "#");
  std::uint32_t count = 0;
  words.next_line();
  while (words.next_line()) {
    const std::string_view word = words.word();
    const std::uint32_t state = words.to_index(word.substr(0, word.find(':')), "a state");
    if (state != count++) words.fail(fmt::format("state {}, expected {}", state, count - 1));
  }
  if (count != states) words.fail(fmt::format("{} states, but the .tra file has {}", count, states));
}

/// `0="init" 1="goal"`, then `state: index ...`.
void read_labels(const io::File& file, std::uint32_t states, MdpBuilder& builder) {
  Words words(file, "#");
  std::vector<std::string> names;
  if (!words.next_line()) return;
  while (!words.peek().empty()) {
    const std::string_view word = words.word();
    const std::size_t equals = word.find("=\"");
    const bool fits = equals != std::string_view::npos && word.size() > equals + 2 && word.back() == '"';
    if (!fits) words.fail(fmt::format("\"{}\", expected INDEX=\"NAME\"", word));
    const std::uint32_t index = words.to_index(word.substr(0, equals), "a label's index");
    if (index != names.size()) words.fail(fmt::format("label {}, expected {}", index, names.size()));
    names.emplace_back(word.substr(equals + 2, word.size() - equals - 3));
  }
  while (words.next_line()) {
    std::string_view state_word = words.word();
    if (state_word.back() == ':') state_word.remove_suffix(1);
    const std::uint32_t state = words.to_index(state_word, "a state");
    if (state >= states) words.fail(fmt::format("state {}, but there are {} states", state, states));
    while (!words.peek().empty()) {
      const std::uint32_t label = words.index("a label's index");
      if (label >= names.size())
        words.fail(fmt::format("label {}, but there are {} labels", label, names.size()));
      builder.label(names[label], state);
    }
  }
}

}  // namespace

Mdp read_prism(const io::File& file, const Companion& companion) {
  Words start(file, "#");
  const Header header = read_header(start);
  if (const auto states = companion("sta")) check_states(*states, header.states);
  const StateRewards state_rewards(companion("srew"), header.states);
  TransitionRewards transition_rewards(companion("trew"), header);
  MdpBuilder builder(file.name);
  Entries entries(file, header.chain);
  entries.words().next_line();
  Words& words = entries.words();
  std::uint32_t choices = 0;  // of the last state
  std::uint32_t read = 0;
  for (Entry entry; entries.next(entry); ++read) {
    if (entry.state == builder.states() && entry.state < header.states) {
      builder.add_state();
      choices = 0;
    }
    if (entry.state + 1 != builder.states()) {
      words.fail(fmt::format("state {} of {}, expected {} or {}", entry.state, header.states,
                             builder.states() - (builder.states() > 0 ? 1 : 0), builder.states()));
    }
    if (entry.choice == choices) {
      builder.add_choice(state_rewards[entry.state]);
      ++choices;
    }
    if (entry.choice + 1 != choices) words.fail(fmt::format("choice {}, expected {}", entry.choice, choices));
    if (entry.target >= header.states) {
      words.fail(fmt::format("target {}, but there are {} states", entry.target, header.states));
    }
    builder.add(entry.target, words.probability(), transition_rewards.of(entry));
  }
  if (builder.states() != header.states || read != header.transitions) {
    words.fail(fmt::format("the file ends after {} states and {} transitions, expected {} and {}",
                           builder.states(), read, header.states, header.transitions));
  }
  transition_rewards.refuse_unused();
  if (const auto labels = companion("lab")) read_labels(*labels, header.states, builder);
  return std::move(builder).build();
}

}  // namespace calando::bellman
