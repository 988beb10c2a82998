// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "src/bellman/readers.h"
#include "src/bellman/words.h"
#include "src/spec/number.h"

namespace calando::bellman {
namespace {

struct Tuple {
  std::uint32_t state;
  std::uint32_t choice;
  std::uint32_t target;
  double probability;
  double reward;
  std::size_t line;

  friend bool operator<(const Tuple& a, const Tuple& b) {
    return std::tie(a.state, a.choice) < std::tie(b.state, b.choice);
  }
};

}  // namespace

Mdp read_tuples(const io::File& file) {
  Words words(file, "#", ',');
  std::vector<Tuple> tuples;
  for (bool first = true; words.next_line(); first = false) {
    if (first && !spec::to_number(words.peek())) continue;  // a header
    Tuple tuple{};
    tuple.state = words.index("a state");
    tuple.choice = words.index("a choice");
    tuple.target = words.index("a target");
    tuple.probability = words.probability();
    if (!words.peek().empty()) tuple.reward = words.number("a reward");
    words.end_of_line();
    tuple.line = words.line_number();
    tuples.push_back(tuple);
  }
  if (tuples.empty()) words.fail("the file has no tuple: state, choice, target, probability");
  std::stable_sort(tuples.begin(), tuples.end());
  const std::uint32_t states = tuples.back().state + 1;
  MdpBuilder builder(file.name);
  std::uint32_t choices = 0;  // of the last state
  for (const Tuple& tuple : tuples) {
    if (tuple.state == builder.states()) {
      builder.add_state();
      choices = 0;
    }
    if (tuple.state + 1 != builder.states())
      words.fail_at(tuple.line,
                    fmt::format("state {}, but state {} has no line", tuple.state, builder.states()));
    if (tuple.choice == choices) {
      builder.add_choice(0);
      ++choices;
    }
    if (tuple.choice + 1 != choices) {
      words.fail_at(tuple.line, fmt::format("choice {} of state {}, but its choice {} has no line",
                                            tuple.choice, tuple.state, choices));
    }
    if (tuple.target >= states) {
      words.fail_at(tuple.line, fmt::format("target {}, but there are {} states", tuple.target, states));
    }
    builder.add(tuple.target, tuple.probability, tuple.reward);
  }
  return std::move(builder).build();
}

}  // namespace calando::bellman
