// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "src/bellman/readers.h"
#include "src/bellman/words.h"

namespace calando::bellman {
namespace {

/// `state value` lines behind a header: the rewards of states, 0 where none is given.
class StateRewards {
 public:
  StateRewards(const std::optional<io::File>& file, std::uint32_t states) {
    if (!file) return;
    values_.assign(states, 0);
    Words words(*file, "#");
    if (words.next_line()) words.index("the number of states");
    while (words.next_line()) {
      const std::uint32_t state = words.index("a state");
      if (state >= states) words.fail(fmt::format("state {}, but there are {} states", state, states));
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
    entry.value = words_.number("a number");
    return true;
  }

 private:
  Words words_;
  bool chain_;
};

/// The rewards of transitions, found one after the other in the order of the transitions.
class TransitionRewards {
 public:
  TransitionRewards(const std::optional<io::File>& file, bool chain) {
    if (!file) return;
    Entries entries(*file, chain);
    entries.words().next_line();
    for (Entry entry; entries.next(entry);) rewards_.push_back(entry);
    std::sort(rewards_.begin(), rewards_.end());
  }
  double of(const Entry& transition) {
    while (next_ < rewards_.size() && rewards_[next_] < transition) ++next_;
    const bool found = next_ < rewards_.size() && !(transition < rewards_[next_]);
    return found ? rewards_[next_].value : 0;
  }

 private:
  std::vector<Entry> rewards_;
  std::size_t next_ = 0;
};

/// `0="init" 1="goal"`, then `state: index ...`.
void read_labels(const io::File& file, std::uint32_t states, MdpBuilder& builder) {
  Words words(file, "");
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
  return header;
}

}  // namespace

Mdp read_prism(const io::File& file, const Companion& companion) {
  Words start(file, "#");
  const Header header = read_header(start);
  const StateRewards state_rewards(companion("srew"), header.states);
  TransitionRewards transition_rewards(companion("trew"), header.chain);
  MdpBuilder builder(file.name);
  Entries entries(file, header.chain);
  entries.words().next_line();
  Words& words = entries.words();
  std::uint32_t choices = 0;  // of the last state
  std::uint32_t read = 0;
  for (Entry entry; entries.next(entry); ++read) {
    if (entry.state >= header.states)
      words.fail(fmt::format("state {}, but there are {}", entry.state, header.states));
    if (entry.state == builder.states()) {
      builder.add_state();
      choices = 0;
    }
    if (entry.state + 1 != builder.states()) {
      words.fail(
          fmt::format("state {}, expected {} or {}", entry.state, builder.states() - 1, builder.states()));
    }
    if (entry.choice == choices) {
      builder.add_choice(state_rewards[entry.state]);
      ++choices;
    }
    if (entry.choice + 1 != choices) words.fail(fmt::format("choice {}, expected {}", entry.choice, choices));
    builder.add(entry.target, entry.value, transition_rewards.of(entry));
  }
  if (builder.states() != header.states || read != header.transitions) {
    words.fail(fmt::format("the file ends after {} states and {} transitions, expected {} and {}",
                           builder.states(), read, header.states, header.transitions));
  }
  if (const auto labels = companion("lab")) read_labels(*labels, header.states, builder);
  return std::move(builder).build();
}

}  // namespace calando::bellman
