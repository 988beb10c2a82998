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
#include "src/schedule/nearest_search.h"
#include "src/schedule/node.h"
#include "src/spec/fields.h"

namespace calando::schedule {
namespace {

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
    const NearestSearch search(chain->parts[k], peer, static_cast<Step>(end - start), lr);
    NearestSearch::Found found = torch ? search.best_member() : search.best();
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
  const NearestSearch::Found found = NearestSearch(schedule, peer, count, std::nullopt).best();
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
