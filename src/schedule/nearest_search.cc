// SPDX-License-Identifier: MIT
#include "src/schedule/nearest_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "calando/error.h"
#include "src/spec/fields.h"

namespace calando::schedule {
namespace {

using Kind = PeerArgument::Kind;

bool is_searched(const PeerArgument& argument) {
  switch (argument.kind) {
    case Kind::optimizer:
    case Kind::ignored:
    case Kind::start:
      return false;
    default:
      return true;
  }
}

/// What is chosen rather than moved.
bool is_style(const PeerArgument& argument) {
  return argument.kind == Kind::word || argument.kind == Kind::flag;
}

}  // namespace

NearestSearch::NearestSearch(const Schedule& schedule, std::string_view peer, Step count,
                             std::optional<double> lr)
    : peer_(peer), lr_(lr), features_(schedule, count), good_(1e-14 * features_.peak) {}

NearestSearch::Found NearestSearch::best() const { return best_but({}); }

NearestSearch::Found NearestSearch::best_member() const {
  return best_but({"CyclicLR", "OneCycleLR", "SWALR"});
}

NearestSearch::Found NearestSearch::best_but(const std::vector<std::string_view>& barred) const {
  Found best;
  for (const Dialect& dialect : dialects()) {
    if (dialect.peer != peer_ || best.difference <= good_) continue;
    if (std::find(barred.begin(), barred.end(), dialect.name) != barred.end()) continue;
    Found found = of(dialect);
    if (found.difference < best.difference) best = std::move(found);
  }
  return best;
}

NearestSearch::Choices NearestSearch::choices(const PeerArgument& argument) const {
  Choices list;
  if (!argument.otherwise.empty() && argument.kind != Kind::base_rate) list.emplace_back();
  const auto numbers = [&](const std::vector<double>& values) {
    for (const double value : values) {
      if (argument.range.contains(value)) list.emplace_back(spec::number_value(value));
    }
  };
  switch (argument.kind) {
    case Kind::base_rate:
      numbers(lr_ ? std::vector{*lr_} : features_.rates);
      break;
    case Kind::rate:
      numbers(features_.rates);
      break;
    case Kind::number:
      numbers(features_.shares);
      numbers(features_.rates);  // a rate whose default is -1 or None is a number
      break;
    case Kind::whole:
    case Kind::length:
      numbers(features_.lengths);
      break;
    case Kind::flag:
      for (const char* value : {"True", "False"}) {
        if (argument.otherwise != value) list.emplace_back(spec::Value{value[0] == 'T'});
      }
      break;
    case Kind::word: {
      std::string_view rest = argument.meaning;
      while (!rest.empty()) {
        const std::size_t bar = std::min(rest.find('|'), rest.size());
        const std::string word(rest.substr(0, bar));
        if (argument.otherwise != word && argument.otherwise != fmt::format("'{}'", word))
          list.emplace_back(spec::Value{spec::Text{word}});
        rest.remove_prefix(std::min(bar + 1, rest.size()));
      }
      break;
    }
    default:
      for (const spec::Value& value : features_.lists(argument.name)) list.emplace_back(value);
  }
  return list;
}

spec::Call NearestSearch::call_of(const Dialect& dialect, const std::vector<Choice>& point) const {
  spec::Call call{
      .path = fmt::format("{}.{}", dialect.peer, dialect.name), .arguments = {}, .parentheses = true};
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (point[i])
      call.arguments.push_back({.name = std::string(dialect.arguments[i].name), .value = *point[i]});
  }
  return call;
}

double NearestSearch::difference(const Dialect& dialect, const std::vector<Choice>& point,
                                 double enough) const {
  return distance(dialect, point, enough).largest;
}

Features::Distance NearestSearch::distance(const Dialect& dialect, const std::vector<Choice>& point,
                                           double enough) const {
  try {
    const RunLength run;
    const spec::Call call = call_of(dialect, point);
    return features_.distance(read_dialect(dialect, call, 1, {.run = run, .what = "schedule"}), enough);
  } catch (const UsageError&) {
    return {.largest = kEndless};
  }
}

namespace {

/// A whole number's two neighbours: peers count steps in many ways.
void add_neighbours(const std::optional<spec::Value>& value, std::vector<std::optional<spec::Value>>& list) {
  const auto* number = value ? std::get_if<spec::Number>(&value->content) : nullptr;
  if (number == nullptr || number->value < 1 || number->value != std::trunc(number->value)) return;
  list.emplace_back(spec::number_value(number->value - 1));
  list.emplace_back(spec::number_value(number->value + 1));
}

}  // namespace

/// One argument after the other, each at what is best while the others stand still.
NearestSearch::Found NearestSearch::descend(const Dialect& dialect, std::vector<Choice> point) const {
  double best = difference(dialect, point, kEndless);
  for (bool moved = true; moved && best > good_;) {
    moved = false;
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (!is_searched(dialect.arguments[i])) continue;
      Choices list = choices(dialect.arguments[i]);
      add_neighbours(point[i], list);
      for (const Choice& choice : list) {
        Choice before = std::exchange(point[i], choice);
        const double now = difference(dialect, point, best);
        if (now < best * (1 - 1e-9) && now < best) {
          best = now;
          moved = true;
        } else {
          point[i] = std::move(before);
        }
      }
    }
  }
  return {call_of(dialect, point), best};
}

/// Two arguments at once: what neither improves alone, a warm-up's target and its length, say.
void NearestSearch::descend_by_pairs(const Dialect& dialect, std::vector<Choice>& point, double& best) const {
  const auto is_pairable = [&](std::size_t i) {
    const Kind kind = dialect.arguments[i].kind;
    return kind == Kind::rate || kind == Kind::base_rate || kind == Kind::whole || kind == Kind::length ||
           kind == Kind::flag;
  };
  for (std::size_t i = 0; i < point.size() && best > good_; ++i) {
    for (std::size_t j = i + 1; is_pairable(i) && j < point.size() && best > good_; ++j) {
      if (!is_pairable(j)) continue;
      std::vector<Choice> trial = point;
      for (const Choice& first : choices(dialect.arguments[i])) {
        trial[i] = first;
        for (const Choice& second : choices(dialect.arguments[j])) {
          trial[j] = second;
          const double now = difference(dialect, trial, best);
          if (now >= best) continue;
          best = now;
          point = trial;
        }
      }
    }
  }
}

/// Numbers up and down by ever smaller shares of themselves; whole ones by 1 at last.
void NearestSearch::polish(const Dialect& dialect, std::vector<Choice>& point, double& best) const {
  for (double share = 0.3; share > 1e-7 && best > good_; share *= 0.6) {
    for (std::size_t i = 0; i < point.size(); ++i) {
      const auto* number = point[i] ? std::get_if<spec::Number>(&point[i]->content) : nullptr;
      const bool fixed = lr_ && dialect.arguments[i].kind == Kind::base_rate;
      if (number == nullptr || fixed) continue;
      const bool whole = dialect.arguments[i].kind == Kind::whole;
      const double value = number->value;
      for (const double sign : {1.0, -1.0}) {
        double moved = value * (1 + sign * share);
        if (whole) moved = std::round(std::abs(moved - value) < 1 ? value + sign : moved);
        Choice before = std::exchange(point[i], Choice(spec::number_value(moved)));
        const double now = difference(dialect, point, best);
        if (now < best) {
          best = now;
          break;
        }
        point[i] = std::move(before);
      }
    }
  }
}

std::vector<NearestSearch::Choice> NearestSearch::point_of(const Dialect& dialect, const spec::Call& call) {
  std::vector<Choice> point(dialect.arguments.size());
  for (const spec::Argument& argument : call.arguments) {
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (dialect.arguments[i].name == argument.name) point[i] = argument.value;
    }
  }
  return point;
}

/// Fewer of the values of the arguments that have many, the likeliest kept; styles stay all.
void NearestSearch::shorten(const Dialect& dialect, std::vector<Choices>& options, double most) {
  double product = 1;
  for (const Choices& each : options) product *= static_cast<double>(each.size());
  while (product > most) {
    std::size_t longest = 0;
    std::size_t size = 1;
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (is_style(dialect.arguments[i]) || options[i].size() <= size) continue;
      longest = i;
      size = options[i].size();
    }
    if (size == 1) return;
    product *= static_cast<double>(size - 1) / static_cast<double>(size);
    options[longest].pop_back();
  }
}

/// In ascending order; one for each combination of words and flags, since a rate can be moved later and a style not.
void NearestSearch::keep(const Dialect& dialect, Start start, std::vector<Start>& kept) {
  const auto same_style = [&](const Start& other) {
    for (std::size_t i = 0; i < start.point.size(); ++i) {
      if (is_style(dialect.arguments[i]) && start.point[i] != other.point[i]) return false;
    }
    return true;
  };
  const auto same = std::find_if(kept.begin(), kept.end(), same_style);
  if (same != kept.end()) {
    if (start.difference >= same->difference) return;
    kept.erase(same);
  }
  const auto behind = std::find_if(kept.begin(), kept.end(),
                                   [&](const Start& other) { return start.difference < other.difference; });
  kept.insert(behind, std::move(start));
}

/// Two arguments at a time, as long as the values agree for longer.
void NearestSearch::lengthen(const Dialect& dialect, std::vector<Choice>& point) const {
  constexpr std::size_t kLikeliest = 10;
  std::vector<Choices> options;
  for (std::size_t i = 0; i < point.size(); ++i) {
    options.push_back(is_searched(dialect.arguments[i]) ? choices(dialect.arguments[i]) : Choices{});
    if (options.back().size() > kLikeliest) options.back().resize(kLikeliest);
    options.back().push_back(point[i]);
  }
  std::size_t longest = 0;
  for (bool moved = true; moved;) {
    moved = false;
    std::vector<Choice> trial = point;
    for (std::size_t i = 0; i < point.size(); ++i) {
      for (std::size_t j = i + 1; j < point.size(); ++j) {
        for (const Choice& first : options[i]) {
          trial[i] = first;
          for (const Choice& second : options[j]) {
            trial[j] = second;
            const std::size_t leading = distance(dialect, trial, 0).leading;
            if (leading <= longest) continue;
            longest = leading;
            point = trial;
            moved = true;
          }
        }
        trial = point;
      }
    }
  }
}

/// The best of all combinations of the likeliest values, a few: what one argument alone does not improve, as a warm-up's
/// target without its length, is found here.
std::vector<NearestSearch::Start> NearestSearch::starts(const Dialect& dialect) const {
  constexpr std::size_t kMostTried = 15'000;
  constexpr std::size_t kKept = 5;
  std::vector<Choices> options;
  for (const PeerArgument& argument : dialect.arguments) {
    options.push_back(is_searched(argument) ? choices(argument) : Choices{std::nullopt});
    if (options.back().empty()) return {};
  }
  shorten(dialect, options, kMostTried);
  std::vector<Start> kept;
  Start leader;  // right for the longest time, however wrong behind it
  std::size_t longest = 0;
  std::vector<std::size_t> at(options.size(), 0);
  while (true) {
    Start start;
    for (std::size_t i = 0; i < at.size(); ++i) start.point.push_back(options[i][at[i]]);
    const double enough = kept.size() < kKept ? kEndless : kept.back().difference;
    const Features::Distance apart = distance(dialect, start.point, enough);
    start.difference = apart.largest;
    if (apart.leading > longest) {
      longest = apart.leading;
      leader = start;
    }
    if (start.difference < enough) keep(dialect, std::move(start), kept);
    if (kept.size() > kKept) kept.pop_back();
    if (!kept.empty() && kept.front().difference <= good_) break;
    std::size_t i = 0;
    while (i < at.size() && ++at[i] == options[i].size()) at[i++] = 0;
    if (i == at.size()) break;
  }
  if (longest > 0) {
    lengthen(dialect, leader.point);
    kept.push_back(std::move(leader));
  }
  return kept;
}

NearestSearch::Found NearestSearch::of(const Dialect& dialect) const {
  Found best;
  for (const Start& start : starts(dialect)) {
    Found found = descend(dialect, start.point);
    if (found.difference < best.difference) best = std::move(found);
    if (best.difference <= good_) return best;
  }
  if (!std::isfinite(best.difference)) return best;
  std::vector<Choice> point = point_of(dialect, best.call);
  descend_by_pairs(dialect, point, best.difference);
  Found again = descend(dialect, point);
  if (again.difference < best.difference) {
    best = again;
    point = point_of(dialect, best.call);
  }
  polish(dialect, point, best.difference);
  best.call = call_of(dialect, point);
  return best;
}

}  // namespace calando::schedule
