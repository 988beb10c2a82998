// SPDX-License-Identifier: MIT
#include "src/schedule/nearest_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "calando/error.h"
#include "src/schedule/dialect.h"
#include "src/schedule/schedule_features.h"
#include "src/spec/fields.h"

namespace calando::schedule {
namespace {

using Kind = PeerArgument::Kind;

struct Found {
  spec::Call call;
  double difference = kEndless;
};

/// The search among the classes of one peer for one schedule.
class Search {
 public:
  Search(const Schedule& schedule, std::string_view peer, Step count, std::optional<double> lr)
      : peer_(peer), lr_(lr), features_(schedule, count), good_(1e-14 * features_.peak) {}

  Found best() {
    Found best;
    for (const Dialect& dialect : dialects()) {
      if (dialect.peer != peer_ || best.difference <= good_) continue;
      const Found found = of(dialect);
      if (found.difference < best.difference) best = found;
    }
    return best;
  }

 private:
  /// What an argument may be; nothing: its default.
  using Choice = std::optional<spec::Value>;

  Found of(const Dialect& dialect);
  Found descend(const Dialect& dialect, std::vector<Choice> point);
  void descend_by_pairs(const Dialect& dialect, std::vector<Choice>& point, double& best);
  void polish(const Dialect& dialect, std::vector<Choice>& point, double& difference);
  std::vector<Choice> choices(const PeerArgument& argument) const;
  static std::vector<Choice> point_of(const Dialect& dialect, const spec::Call& call);
  spec::Call call_of(const Dialect& dialect, const std::vector<Choice>& point) const;
  double difference(const Dialect& dialect, const std::vector<Choice>& point) const;

  std::string_view peer_;
  std::optional<double> lr_;
  Features features_;
  double good_;
};

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

std::vector<Search::Choice> Search::choices(const PeerArgument& argument) const {
  std::vector<Choice> list;
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
      break;
    case Kind::whole:
    case Kind::length:
      numbers(features_.lengths);
      break;
    case Kind::flag:
      list.emplace_back(spec::Value{true});
      list.emplace_back(spec::Value{false});
      break;
    case Kind::word: {
      std::string_view rest = argument.meaning;
      while (!rest.empty()) {
        const std::size_t bar = std::min(rest.find('|'), rest.size());
        list.emplace_back(spec::Value{spec::Text{std::string(rest.substr(0, bar))}});
        rest.remove_prefix(std::min(bar + 1, rest.size()));
      }
      break;
    }
    default:
      for (const spec::Value& value : features_.lists(argument.name)) list.emplace_back(value);
  }
  return list;
}

spec::Call Search::call_of(const Dialect& dialect, const std::vector<Choice>& point) const {
  spec::Call call{
      .path = fmt::format("{}.{}", dialect.peer, dialect.name), .arguments = {}, .parentheses = true};
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (point[i])
      call.arguments.push_back({.name = std::string(dialect.arguments[i].name), .value = *point[i]});
  }
  return call;
}

double Search::difference(const Dialect& dialect, const std::vector<Choice>& point) const {
  try {
    const RunLength run;
    const spec::Call call = call_of(dialect, point);
    return features_.largest_difference(read_dialect(dialect, call, 1, {.run = run, .what = "schedule"}));
  } catch (const UsageError&) {
    return kEndless;
  }
}

/// One argument after the other, each at what is best while the others stand still.
Found Search::descend(const Dialect& dialect, std::vector<Choice> point) {
  double best = difference(dialect, point);
  for (bool moved = true; moved && best > good_;) {
    moved = false;
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (!is_searched(dialect.arguments[i])) continue;
      for (const Choice& choice : choices(dialect.arguments[i])) {
        Choice before = std::exchange(point[i], choice);
        const double now = difference(dialect, point);
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
void Search::descend_by_pairs(const Dialect& dialect, std::vector<Choice>& point, double& best) {
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
          const double now = difference(dialect, trial);
          if (now >= best) continue;
          best = now;
          point = trial;
        }
      }
    }
  }
}

/// Numbers up and down by ever smaller shares of themselves; whole ones by 1 at last.
void Search::polish(const Dialect& dialect, std::vector<Choice>& point, double& best) {
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
        const double now = difference(dialect, point);
        if (now < best) {
          best = now;
          break;
        }
        point[i] = std::move(before);
      }
    }
  }
}

std::vector<Search::Choice> Search::point_of(const Dialect& dialect, const spec::Call& call) {
  std::vector<Choice> point(dialect.arguments.size());
  for (const spec::Argument& argument : call.arguments) {
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (dialect.arguments[i].name == argument.name) point[i] = argument.value;
    }
  }
  return point;
}

/// From some combinations of what has to be given.
Found Search::of(const Dialect& dialect) {
  constexpr std::size_t kStarts = 30;
  std::vector<std::vector<Choice>> starts{std::vector<Choice>(dialect.arguments.size())};
  for (std::size_t i = 0; i < dialect.arguments.size(); ++i) {
    const PeerArgument& argument = dialect.arguments[i];
    const bool required = argument.otherwise.empty() || argument.kind == Kind::base_rate;
    if (!required || !is_searched(argument)) continue;
    std::vector<std::vector<Choice>> more;
    const std::vector<Choice> options = choices(argument);
    if (options.empty()) return {};
    for (const Choice& option : options) {
      for (std::vector<Choice> start : starts) {
        start[i] = option;
        more.push_back(std::move(start));
      }
    }
    starts = std::move(more);
    std::stable_sort(starts.begin(), starts.end(), [&](const auto& a, const auto& b) {
      return difference(dialect, a) < difference(dialect, b);
    });
    if (starts.size() > kStarts) starts.resize(kStarts);
  }
  Found best;
  constexpr std::size_t kDescents = 4;
  for (std::size_t k = 0; k < std::min(kDescents, starts.size()); ++k) {
    Found found = descend(dialect, starts[k]);
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

/// A sequence of the peer for a native chain whose joints are whole steps.
std::optional<spec::Call> sequence_of(const Schedule& schedule, std::string_view peer, Step count) {
  const bool torch = peer == "torch";
  const auto* chain = std::get_if<Chain>(&schedule.node().form);
  if (chain == nullptr || chain->parts.size() > 12 || (!torch && peer != "optax" && peer != "mlx"))
    return std::nullopt;
  const std::optional<double> lr = torch ? std::optional(Features(schedule, count).peak) : std::nullopt;
  spec::List members;
  spec::List bounds;
  for (std::size_t k = 0; k < chain->parts.size(); ++k) {
    const double start = chain->starts[k].high;
    const double end = k + 1 < chain->parts.size() ? chain->starts[k + 1].high : static_cast<double>(count);
    if (start != std::trunc(start) || !(end > start)) return std::nullopt;
    if (k > 0) bounds.items.push_back(spec::number_value(start));
    Found found = Search(chain->parts[k], peer, static_cast<Step>(end - start), lr).best();
    if (!std::isfinite(found.difference)) return std::nullopt;
    if (torch)
      std::erase_if(found.call.arguments,
                    [](const spec::Argument& argument) { return argument.name == "lr"; });
    members.items.push_back(spec::Value{std::move(found.call)});
  }
  spec::Call call{.path = fmt::format("{}.{}", peer, torch ? "SequentialLR" : "join_schedules"),
                  .arguments = {},
                  .parentheses = true};
  call.arguments.push_back(
      {.name = torch ? "schedulers" : "schedules", .value = spec::Value{std::move(members)}});
  call.arguments.push_back(
      {.name = torch ? "milestones" : "boundaries", .value = spec::Value{std::move(bounds)}});
  if (lr) call.arguments.push_back({.name = "lr", .value = spec::number_value(*lr)});
  return call;
}

NearestCall verified(const Schedule& schedule, const spec::Call& call, Step count) {
  NearestCall result{.text = spec::to_string(spec::Value{call})};
  const Schedule other = parse_schedule(result.text);
  const Step every = std::max<Step>(1, count / kMostCompared);
  for (Step t = 0; t < count; t += every) {
    const double difference = std::abs(schedule(t) - other(t));
    if (difference > result.difference) {
      result.difference = difference;
      result.at = t;
    }
  }
  return result;
}

}  // namespace

NearestCall nearest_call(const Schedule& schedule, std::string_view peer, Step count) {
  std::set<std::string> peers;
  for (const Dialect& dialect : dialects()) peers.emplace(dialect.peer);
  if (peers.count(std::string(peer)) == 0)
    throw UsageError(fmt::format("no peer \"{}\": there are {}", peer, fmt::join(peers, ", ")));
  const Found found = Search(schedule, peer, count, std::nullopt).best();
  std::optional<NearestCall> nearest;
  if (std::isfinite(found.difference)) nearest = verified(schedule, found.call, count);
  const double enough = 1e-14 * Features(schedule, count).peak;
  if (!nearest || nearest->difference > enough) {
    if (const auto sequence = sequence_of(schedule, peer, count)) {
      const NearestCall joined = verified(schedule, *sequence, count);
      if (!nearest || joined.difference < nearest->difference) nearest = joined;
    }
  }
  if (!nearest)
    throw UsageError(fmt::format("nothing of {} takes the values of \"{}\"", peer, to_string(schedule)));
  return *nearest;
}

}  // namespace calando::schedule
