// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

#include "calando/error.h"
#include "src/bellman/readers.h"
#include "src/spec/number.h"

namespace calando::bellman {
namespace {

/// The few tokens of JSON that the table is made of, one after the other.
class Json {
 public:
  explicit Json(const io::File& file) : name_(file.name), text_(file.bytes.view) {}

  bool take(char wanted) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted, std::string_view of) {
    if (!take(wanted)) fail(fmt::format("expected {} {}", wanted, of));
  }
  /// A member's name, a whole number.
  std::uint32_t key(std::string_view of) {
    expect('"', of);
    const std::size_t size = text_.substr(at_).find('"');
    const std::string_view name = text_.substr(at_, size);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (size == std::string_view::npos || error != std::errc() || end != name.data() + name.size()) {
      fail(fmt::format("the name \"{}\", expected {} as a whole number", name.substr(0, 40), of));
    }
    at_ += size + 1;
    expect(':', of);
    return value;
  }
  double number(std::string_view of) {
    const std::string_view word = next_word();
    const auto value = spec::to_number(word);
    if (!value || !std::isfinite(*value)) fail(fmt::format("{} \"{}\", expected a finite number", of, word));
    at_ += word.size();
    return *value;
  }
  bool boolean(std::string_view of) {
    const std::string_view word = next_word();
    if (word != "true" && word != "false") fail(fmt::format("{} \"{}\", expected true or false", of, word));
    at_ += word.size();
    return word == "true";
  }
  void expect_end() {
    skip_space();
    if (at_ != text_.size()) fail("more text after the table");
  }
  [[noreturn]] void fail(const std::string& what) const { throw DataError::at_byte(name_, at_, what); }

 private:
  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }
  std::string_view next_word() {
    skip_space();
    std::size_t end = at_;
    while (end < text_.size() && end < at_ + 400 &&
           std::string_view(" \n\r\t,]}:[{\"").find(text_[end]) == std::string_view::npos)
      ++end;
    return text_.substr(at_, end - at_);
  }

  std::string name_;
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Outcome {
  double probability;
  double reward;
  std::uint32_t next;
  bool terminated;
};

/// A choice and where its outcomes lie. json.dump keeps the order of a dictionary, which need not be that of the numbers.
struct Choice {
  std::uint32_t state;
  std::uint32_t choice;
  std::size_t begin;
  std::size_t end;

  friend bool operator<(const Choice& a, const Choice& b) {
    return std::tie(a.state, a.choice) < std::tie(b.state, b.choice);
  }
};

class Gymnasium {
 public:
  explicit Gymnasium(const io::File& file) : json_(file), name_(file.name) {
    json_.expect('{', "around the table: {\"0\": {\"0\": [[probability, next, reward, terminated], ...");
    do {
      const std::uint32_t state = json_.key("a state");
      json_.expect('{', "before the choices of a state");
      do read_choice(state);
      while (json_.take(','));
      json_.expect('}', "after the choices of a state");
    } while (json_.take(','));
    json_.expect('}', "at the end of the table");
    json_.expect_end();
    std::sort(choices_.begin(), choices_.end());
  }

  Mdp build() const {
    MdpBuilder builder(name_);
    const std::uint32_t states = choices_.back().state + 1;
    std::uint32_t wanted = 0;  // choice
    for (const Choice& choice : choices_) {
      if (choice.state == builder.states()) {
        builder.add_state();
        wanted = 0;
      }
      const bool fits = choice.state + 1 == builder.states() && choice.choice == wanted++;
      if (!fits) {
        fail(fmt::format("state {}, choice {}: the one before is missing, or it is there twice", choice.state,
                         choice.choice));
      }
      builder.add_choice(0);
      for (std::size_t i = choice.begin; i < choice.end; ++i) add(outcomes_[i], choice, states, builder);
    }
    return std::move(builder).build();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw DataError::in_file(name_, what); }

  void read_choice(std::uint32_t state) {
    Choice choice{state, json_.key("a choice"), outcomes_.size(), 0};
    json_.expect('[', "before the outcomes of a choice");
    do outcomes_.push_back(read_outcome());
    while (json_.take(','));
    json_.expect(']', "after the outcomes of a choice");
    choice.end = outcomes_.size();
    choices_.push_back(choice);
  }

  Outcome read_outcome() {
    constexpr std::string_view kForm = "in [probability, next, reward, terminated]";
    Outcome outcome{};
    json_.expect('[', kForm);
    outcome.probability = json_.number("probability");
    if (!(outcome.probability >= 0 && outcome.probability <= 1 + 1e-6))
      json_.fail(fmt::format("probability {}, expected 0 to 1", outcome.probability));
    json_.expect(',', kForm);
    const double next = json_.number("next state");
    if (!(next >= 0 && next < 0xFFFFFFFE && next == std::floor(next)))
      json_.fail(fmt::format("next state {}, expected a whole number below 2^32", next));
    outcome.next = static_cast<std::uint32_t>(next);
    json_.expect(',', kForm);
    outcome.reward = json_.number("reward");
    json_.expect(',', kForm);
    outcome.terminated = json_.boolean("terminated");
    json_.expect(']', kForm);
    return outcome;
  }

  void add(const Outcome& outcome, const Choice& choice, std::uint32_t states, MdpBuilder& builder) const {
    if (outcome.next >= states) {
      fail(fmt::format("state {}, choice {}: goes to state {}, but there are {} states", choice.state,
                       choice.choice, outcome.next, states));
    }
    if (outcome.terminated) {
      builder.terminate(outcome.probability, outcome.reward);
    } else {
      builder.add(outcome.next, outcome.probability, outcome.reward);
    }
  }

  Json json_;
  std::string name_;
  std::vector<Choice> choices_;
  std::vector<Outcome> outcomes_;
};

}  // namespace

Mdp read_gymnasium(const io::File& file) { return Gymnasium(file).build(); }

}  // namespace calando::bellman
