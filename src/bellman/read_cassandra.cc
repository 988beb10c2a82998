// SPDX-License-Identifier: MIT
// Statements may run over lines, so that the words are read one after the other; each knows its line.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <unordered_map>

#include "calando/error.h"
#include "src/bellman/readers.h"
#include "src/spec/number.h"

namespace calando::bellman {
namespace {

constexpr std::uint32_t kAny = 0xFFFFFFFF;          // *
constexpr std::uint64_t kMostEntries = 1ULL << 28;  // that * , uniform and identity may spread to

class Tokens {
 public:
  explicit Tokens(const io::File& file) : name_(file.name), text_(file.bytes.view) { advance(); }

  /// Empty at the end. A colon is a token of its own.
  std::string_view peek() const { return token_; }
  std::string_view next() {
    const std::string_view token = token_;
    advance();
    return token;
  }
  bool take(std::string_view wanted) {
    if (token_ != wanted) return false;
    advance();
    return true;
  }
  void expect(std::string_view wanted) {
    if (!take(wanted)) fail(fmt::format("\"{}\", expected {}", token_, wanted));
  }
  double number(std::string_view what) {
    const auto value = spec::to_number(token_);
    if (!value || !std::isfinite(*value))
      fail(fmt::format("{} \"{}\", expected a finite number", what, token_));
    advance();
    return *value;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError::at_line(name_, token_line_, what);
  }
  /// Of the token that was taken last.
  [[noreturn]] void fail_taken(const std::string& what) const {
    throw DataError::at_line(name_, taken_line_, what);
  }

 private:
  void advance() {
    taken_line_ = token_line_;
    while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '#')) {
      if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      if (at_ < text_.size() && text_[at_] == '\n') ++line_;
      if (at_ < text_.size()) ++at_;
    }
    token_line_ = line_;
    std::size_t end = at_;
    if (end < text_.size() && text_[end] == ':') {
      ++end;
    } else {
      while (end < text_.size() && !is_space(text_[end]) && text_[end] != ':' && text_[end] != '#') ++end;
    }
    token_ = text_.substr(at_, end - at_);
    at_ = end;
  }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  std::string name_;
  std::string_view text_;
  std::string_view token_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t token_line_ = 1;
  std::size_t taken_line_ = 1;
};

/// The states, actions or observations: a number of them, or their names.
struct Things {
  const char* what;
  std::uint32_t count = 0;
  std::map<std::string, std::uint32_t, std::less<>> names = {};

  std::uint32_t read(Tokens& in) const {
    const std::string_view token = in.next();
    if (token == "*") return kAny;
    const auto found = names.find(token);
    if (found != names.end()) return found->second;
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (error == std::errc() && end == token.data() + token.size() && index < count) return index;
    in.fail_taken(fmt::format("{} \"{}\", expected one of {}", what, token, count));
  }
};

/// Rows of probabilities where the later statement speaks.
class Table {
 public:
  void resize(std::uint64_t rows) { rows_.resize(rows); }
  std::vector<std::pair<std::uint32_t, double>>& row(std::uint64_t index) { return rows_[index]; }

  /// The row made ascending, each once, without zeros.
  const std::vector<std::pair<std::uint32_t, double>>& settled(std::uint64_t index) {
    auto& row = rows_[index];
    const auto not_after = [](const auto& a, const auto& b) { return a.first >= b.first; };
    if (std::adjacent_find(row.begin(), row.end(), not_after) != row.end()) {
      // Backwards the later statement is the first of its column, which unique() keeps.
      std::reverse(row.begin(), row.end());
      std::stable_sort(row.begin(), row.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
      row.erase(std::unique(row.begin(), row.end(), same), row.end());
    }
    std::erase_if(row, [](const auto& entry) { return entry.second == 0; });
    return row;
  }

 private:
  std::vector<std::vector<std::pair<std::uint32_t, double>>> rows_;
};

/// What a reward is paid for; the later of those that match speaks.
struct RewardRule {
  std::size_t order;
  std::uint32_t end;
  std::uint32_t observation;
  double value;
};

class Cassandra {
 public:
  explicit Cassandra(const io::File& file) : in_(file), name_(file.name) {
    while (!in_.peek().empty()) read_statement();
    prepare();
  }

  Mdp build() {
    MdpBuilder builder(name_);
    for (const auto& remark : remarks_) builder.remark(remark);
    std::vector<RewardRule> rules;
    for (std::uint32_t s = 0; s < states_.count; ++s) {
      builder.add_state();
      for (std::uint32_t a = 0; a < actions_.count; ++a) {
        builder.add_choice(0);
        find_rules(a, s, rules);
        for (const auto& [end, p] : moves_.settled(row_of(a, s)))
          builder.add(end, p, reward_of(rules, a, end));
      }
    }
    return std::move(builder).build();
  }

 private:
  using Row = std::vector<std::pair<std::uint32_t, double>>;

  std::uint64_t row_of(std::uint32_t action, std::uint32_t state) const {
    return std::uint64_t{action} * states_.count + state;
  }

  void read_statement() {
    const std::string_view word = in_.next();
    if (word == "start") return skip_start();
    in_.expect(":");
    if (word == "discount") {
      remarks_.push_back(fmt::format("the file's discount is {}: --discount {}", in_.peek(), in_.peek()));
      in_.number("a discount");
    } else if (word == "values") {
      if (in_.peek() != "reward" && in_.peek() != "cost") in_.fail("values: expected reward or cost");
      if (in_.next() == "cost") remarks_.emplace_back("its values are costs: --minimise");
    } else if (word == "states") {
      read_things(states_);
    } else if (word == "actions") {
      read_things(actions_);
    } else if (word == "observations") {
      read_things(observations_);
    } else if (word == "T") {
      read_rows(moves_, states_);
    } else if (word == "O") {
      read_rows(sights_, observations_);
    } else if (word == "R") {
      read_reward();
    } else {
      refuse_statement(word);
    }
  }

  [[noreturn]] void refuse_statement(std::string_view word) const {
    in_.fail(fmt::format(
        "a statement \"{}\", expected discount, values, states, actions, observations, start, T, O or R",
        word));
  }

  bool at_statement() const {
    constexpr std::array<std::string_view, 9> kWords = {
        "discount", "values", "states", "actions", "observations", "start", "T", "O", "R"};
    return in_.peek().empty() || std::find(kWords.begin(), kWords.end(), in_.peek()) != kWords.end();
  }

  /// The first belief is no part of the MDP.
  void skip_start() {
    while (!at_statement()) in_.next();
  }

  void read_things(Things& things) {
    if (prepared_) in_.fail(fmt::format("{}s after the first T, O or R", things.what));
    std::vector<std::string_view> words;
    while (!at_statement() && in_.peek() != ":") words.push_back(in_.next());
    if (in_.peek() == ":") refuse_statement(words.empty() ? "" : words.back());
    std::uint32_t count = 0;
    const std::string_view first = words.empty() ? "" : words.front();
    const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), count);
    const bool counted = words.size() == 1 && error == std::errc() && end == first.data() + first.size();
    things.names.clear();
    things.count = counted ? count : static_cast<std::uint32_t>(words.size());
    if (things.count == 0) in_.fail(fmt::format("no {}s", things.what));
    for (std::uint32_t i = 0; !counted && i < words.size(); ++i) {
      if (!things.names.emplace(words[i], i).second)
        in_.fail_taken(fmt::format("{} {} twice", things.what, words[i]));
    }
  }

  void prepare() {
    if (prepared_) return;
    if (states_.count == 0) in_.fail("expected states: before T, O and R");
    if (actions_.count == 0) in_.fail("expected actions: before T, O and R");
    const std::uint64_t rows = std::uint64_t{actions_.count} * states_.count;
    spend(rows);
    moves_.resize(rows);
    sights_.resize(observations_.count == 0 ? 0 : rows);
    prepared_ = true;
  }

  void spend(std::uint64_t entries) {
    if (entries > kMostEntries - spent_) in_.fail(fmt::format("more than {} entries", kMostEntries));
    spent_ += entries;
  }

  template <class Use>
  static void each(std::uint32_t which, std::uint32_t count, Use use) {
    for (std::uint32_t i = which == kAny ? 0 : which; i < (which == kAny ? count : which + 1); ++i) use(i);
  }

  double read_probability() {
    const double p = in_.number("a probability");
    if (!(p >= 0 && p <= 1 + 1e-6)) in_.fail_taken(fmt::format("probability {}, expected 0 to 1", p));
    return p;
  }

  Row read_row(const Things& columns) {
    if (in_.peek() == "reset")
      in_.fail("reset: a row that leads to the first belief has no place in an MDP here");
    Row row;
    for (std::uint32_t i = 0; i < columns.count; ++i) {
      const double p = read_probability();
      if (p != 0) row.emplace_back(i, p);
    }
    return row;
  }

  /// T: action [: state [: state]], O: action [: state [: observation]]; what is not named follows as numbers.
  void read_rows(Table& table, const Things& columns) {
    prepare();
    if (columns.count == 0) in_.fail_taken("O before observations");
    const std::uint32_t action = actions_.read(in_);
    const bool one_state = in_.take(":");
    const std::uint32_t state = one_state ? states_.read(in_) : kAny;
    if (one_state && in_.take(":")) return read_entry(table, columns, action, state);
    const auto put = [&](std::uint32_t s, const Row& row) {
      each(action, actions_.count, [&](std::uint32_t a) {
        spend(row.size());
        table.row(row_of(a, s)) = row;
      });
    };
    const bool word = in_.peek() == "uniform" || in_.peek() == "identity";
    if (one_state && !word) {
      const Row row = read_row(columns);
      return each(state, states_.count, [&](std::uint32_t s) { put(s, row); });
    }
    if (!word) return each(state, states_.count, [&](std::uint32_t s) { put(s, read_row(columns)); });
    const bool identity = in_.next() == "identity";
    if (identity && &columns != &states_) in_.fail("identity, which is only for T");
    Row uniform;
    for (std::uint32_t i = 0; !identity && i < columns.count; ++i)
      uniform.emplace_back(i, 1.0 / columns.count);
    each(state, states_.count, [&](std::uint32_t s) { put(s, identity ? Row{{s, 1}} : uniform); });
  }

  void read_entry(Table& table, const Things& columns, std::uint32_t action, std::uint32_t state) {
    const std::uint32_t column = columns.read(in_);
    const double p = read_probability();
    each(action, actions_.count, [&](std::uint32_t a) {
      each(state, states_.count, [&](std::uint32_t s) {
        spend(column == kAny ? columns.count : 1);
        each(column, columns.count, [&](std::uint32_t c) { table.row(row_of(a, s)).emplace_back(c, p); });
      });
    });
  }

  /// R: action : state [: end [: observation]] and numbers for what is not named; a model without observations has none.
  void read_reward() {
    prepare();
    const std::uint32_t action = actions_.read(in_);
    const bool one_state = in_.take(":");
    const std::uint32_t state = one_state ? states_.read(in_) : kAny;
    const bool one_end = one_state && in_.take(":");
    const std::uint32_t end = one_end ? states_.read(in_) : kAny;
    const bool observed = observations_.count > 0;
    const bool one_observation = one_end && observed && in_.take(":");
    const std::uint32_t observation = one_observation ? observations_.read(in_) : kAny;
    const std::uint32_t starts = one_state ? 1 : states_.count;
    const std::uint32_t ends = one_end ? 1 : states_.count;
    const std::uint32_t sights = one_observation || !observed ? 1 : observations_.count;
    for (std::uint32_t s = 0; s < starts; ++s) {
      for (std::uint32_t e = 0; e < ends; ++e) {
        for (std::uint32_t o = 0; o < sights; ++o) {
          add_rule(action, one_state ? state : s, one_end ? end : e,
                   one_observation || !observed ? observation : o);
        }
      }
    }
  }

  void add_rule(std::uint32_t action, std::uint32_t state, std::uint32_t end, std::uint32_t observation) {
    const std::uint64_t key = std::uint64_t{action} << 32 | state;
    rules_[key].push_back({rule_count_++, end, observation, in_.number("a reward")});
  }

  /// Those that may match, the latest first.
  void find_rules(std::uint32_t action, std::uint32_t state, std::vector<RewardRule>& all) const {
    all.clear();
    for (const std::uint32_t a : {action, kAny}) {
      for (const std::uint32_t s : {state, kAny}) {
        const auto found = rules_.find(std::uint64_t{a} << 32 | s);
        if (found != rules_.end()) all.insert(all.end(), found->second.begin(), found->second.end());
      }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.order > b.order; });
  }

  static double last_match(const std::vector<RewardRule>& rules, std::uint32_t end,
                           std::uint32_t observation) {
    for (const RewardRule& rule : rules) {
      const bool fits = (rule.end == kAny || rule.end == end) &&
                        (rule.observation == kAny || rule.observation == observation);
      if (fits) return rule.value;
    }
    return 0;
  }

  /// Expected over what is seen in the new state.
  double reward_of(const std::vector<RewardRule>& rules, std::uint32_t action, std::uint32_t end) {
    const bool seen = std::any_of(rules.begin(), rules.end(), [&](const RewardRule& rule) {
      return rule.observation != kAny && (rule.end == kAny || rule.end == end);
    });
    if (!seen) return last_match(rules, end, kAny);
    double sum = 0;
    double mass = 0;
    for (const auto& [observation, p] : sights_.settled(row_of(action, end))) {
      sum += p * last_match(rules, end, observation);
      mass += p;
    }
    if (!(std::abs(mass - 1) <= 1e-6)) {
      throw DataError::in_file(
          name_,
          fmt::format("O of action {}, state {}: probabilities sum to {}, expected 1", action, end, mass));
    }
    return sum;
  }

  Tokens in_;
  std::string name_;
  Things states_{"state"};
  Things actions_{"action"};
  Things observations_{"observation"};
  Table moves_;   // (action, state) -> state
  Table sights_;  // (action, state) -> observation
  std::unordered_map<std::uint64_t, std::vector<RewardRule>> rules_;
  std::size_t rule_count_ = 0;
  std::uint64_t spent_ = 0;
  std::vector<std::string> remarks_;
  bool prepared_ = false;
};

}  // namespace

Mdp read_cassandra(const io::File& file) { return Cassandra(file).build(); }

}  // namespace calando::bellman
