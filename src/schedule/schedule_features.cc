// SPDX-License-Identifier: MIT
#include "src/schedule/schedule_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "src/spec/fields.h"

namespace calando::schedule {
namespace {

constexpr Step kLookedAt = 1 << 14;  // steps that are searched for bends
constexpr std::size_t kBends = 8;
constexpr std::size_t kBetween = 60;

void add(std::vector<double>& list, double value) {
  if (std::isfinite(value) && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

/// The steps where the second difference is largest, each with no other next to it.
std::vector<Step> bends(const std::vector<double>& values, Step every) {
  std::vector<std::size_t> order(values.size() > 2 ? values.size() - 2 : 0);
  std::iota(order.begin(), order.end(), std::size_t{1});
  const auto bend = [&](std::size_t t) { return std::abs(values[t - 1] - 2 * values[t] + values[t + 1]); };
  const std::size_t most = std::min<std::size_t>(order.size(), 4 * kBends);
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(),
      [&](std::size_t a, std::size_t b) { return bend(a) > bend(b) || (bend(a) == bend(b) && a < b); });
  std::vector<Step> found;
  for (std::size_t i = 0; i < most && found.size() < kBends; ++i) {
    const Step step = static_cast<Step>(order[i]) * every;
    const bool near =
        std::any_of(found.begin(), found.end(), [&](Step other) { return std::abs(other - step) <= every; });
    if (!near && bend(order[i]) > 0) found.push_back(step);
  }
  return found;
}

spec::Value list_of(const std::vector<double>& numbers) {
  spec::List list;
  for (const double number : numbers) list.items.push_back(spec::number_value(number));
  return spec::Value{std::move(list)};
}

}  // namespace

Features::Features(const Schedule& schedule, Step count) {
  const Step every = std::max<Step>(1, count / kLookedAt);
  std::vector<double> values;
  for (Step t = 0; t < count; t += every) values.push_back(schedule(t));
  const auto top = std::max_element(values.begin(), values.end());
  peak = *top;
  const Step rise = (top - values.begin()) * every;
  Step held = rise;
  while (held + every < count && schedule(held + every) == peak) held += every;
  const Step end = std::isfinite(schedule.length()) && schedule.length() < 0x1p53
                       ? static_cast<Step>(schedule.length())
                       : count - 1;
  const std::vector<Step> bent = bends(values, every);

  for (const double rate :
       {peak, values.front(), values.back(), *std::min_element(values.begin(), values.end()), 0.0})
    add(rates, rate);
  for (const Step length : {end, end - rise, end + 1, rise, held, held - rise, end - held, Step{0}, Step{1},
                            Step{2}, Step{3}, count})
    add(lengths, static_cast<double>(length));
  for (const Step bend : bent) {
    for (const Step length : {bend, bend + 1, end - bend, bend - rise, 2 * bend})
      add(lengths, static_cast<double>(length));
  }
  std::erase_if(lengths, [](double length) { return length < 0; });
  for (const double share :
       {0.0, 0.5, 1.0, 2.0, 3.0, 0.1, 1e-12, values.front() / peak, values.back() / peak, rates[3] / peak,
        peak / values.front(), peak / values.back(), values.front() / values.back(),
        static_cast<double>(rise) / static_cast<double>(end),
        static_cast<double>(rise + 1) / static_cast<double>(end),
        static_cast<double>(rise + 1) / static_cast<double>(end + 1)})
    add(shares, share);
  for (const Step bend : bent) {
    add(shares, schedule(bend) / schedule(std::max<Step>(0, bend - 1)));
    add(shares, schedule(bend + 1) / schedule(bend));
  }
  add(shares, schedule(rise + 1) / peak);

  std::set<Step> steps{0, 1, count - 1, std::min(rise, count - 1)};
  for (const Step bend : bent) steps.insert({bend - 1, bend, std::min(bend + 1, count - 1)});
  for (std::size_t i = 0; i < kBetween; ++i)
    steps.insert(static_cast<Step>(static_cast<double>(count) * static_cast<double>(i) / kBetween));
  for (const Step step : steps) {
    if (step >= count) continue;
    at_.push_back(step);
    values_.push_back(schedule(step));
  }

  if (every > 1) return;
  levels_.push_back(values[0]);
  for (std::size_t t = 1; t < values.size(); ++t) {
    if (values[t] == values[t - 1]) continue;
    jumps_.push_back(static_cast<double>(t));
    levels_.push_back(values[t]);
  }
  constexpr std::size_t kMostJumps = 100;
  if (jumps_.size() > std::min(kMostJumps, values.size() / 2)) jumps_.clear();
}

double Features::largest_difference(const Schedule& other) const {
  double largest = 0;
  for (std::size_t i = 0; i < at_.size(); ++i) {
    const double difference = std::abs(other(at_[i]) - values_[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return std::isnan(largest) ? kEndless : largest;
}

std::vector<spec::Value> Features::lists(std::string_view name) const {
  if (jumps_.empty()) return {};
  if (name == "milestones") return {list_of(jumps_)};
  std::vector<double> shifted = jumps_;
  if (name == "decay_t") {
    for (double& jump : shifted) ++jump;
    return {list_of(shifted)};
  }
  if (name == "boundaries") {
    for (double& jump : shifted) --jump;
    return {list_of(shifted)};
  }
  if (name == "values") return {list_of(levels_)};
  if (name != "boundaries_and_scales" && name != "update2lr") return {};
  const bool scales = name == "boundaries_and_scales";
  spec::List dictionary{.items = {}, .dictionary = true};
  for (std::size_t i = 0; i < jumps_.size(); ++i) {
    if (scales && levels_[i] == 0) return {};
    spec::List pair{.items = {spec::number_value(jumps_[i]),
                              spec::number_value(scales ? levels_[i + 1] / levels_[i] : levels_[i + 1])},
                    .tuple = true};
    dictionary.items.push_back(spec::Value{std::move(pair)});
  }
  return {spec::Value{std::move(dictionary)}};
}

}  // namespace calando::schedule
