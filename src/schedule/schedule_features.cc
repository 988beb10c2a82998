// SPDX-License-Identifier: MIT
#include "src/schedule/schedule_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "src/schedule/written_numbers.h"
#include "src/spec/fields.h"

namespace calando::schedule {
namespace {

constexpr Step kLookedAt = 1 << 14;  // steps that are searched for bends
constexpr std::size_t kBends = 8;
constexpr std::size_t kBetween = 60;
constexpr std::size_t kWritten = 12;  // numbers of the expression, at most
constexpr std::size_t kMostLengths = 100;
constexpr std::size_t kMostShares = 60;
constexpr double kSame = 1e-9;            // of the peak
constexpr double kAlmostNothing = 1e-20;  // where a peer wants more than 0

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

  guess_rates(schedule, values);
  guess_lengths(schedule, {.rise = rise, .held = held, .end = end, .count = count}, bent);
  guess_shares(schedule, {.rise = rise, .held = held, .end = end, .count = count}, bent);

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

/// What stands in the expression comes first, in all three: the search tries the first ones together.
void Features::guess_rates(const Schedule& schedule, const std::vector<double>& values) {
  const double least = *std::min_element(values.begin(), values.end());
  const std::vector<double> written = written_numbers(schedule).rates;
  if (!written.empty()) add_once(rates, *std::max_element(written.begin(), written.end()));
  if (written.empty()) add_once(rates, peak);
  add_once(rates, values.front());
  for (const double rate : written) {
    if (rates.size() < kWritten) add_once(rates, rate);
  }
  for (const double rate : {peak, values.back(), least, 0.0}) add_once(rates, rate);
  first_ = values.front();
  last_ = values.back();
  least_ = least;
}

void Features::guess_lengths(const Schedule& schedule, const Shape& shape, const std::vector<Step>& bent) {
  const WrittenNumbers written = written_numbers(schedule);
  add_once(lengths, schedule.length());
  for (const auto* list : {&written.lengths, &written.numbers}) {
    for (const double length : *list) {
      if (lengths.size() < kWritten && length >= 1) add_once(lengths, length);
    }
  }
  const auto [rise, held, end, count] = shape;
  for (const Step length : {end, rise, end - rise, end + 1, rise + 1, held, held - rise, end - held, Step{0},
                            Step{1}, Step{2}, Step{3}, count})
    add_once(lengths, static_cast<double>(length));
  for (const Step bend : bent) {
    for (const Step length : {bend, bend + 1, end - bend, bend - rise, 2 * bend})
      add_once(lengths, static_cast<double>(length));
  }
  std::erase_if(lengths, [](double length) { return length < 0; });
}

void Features::guess_shares(const Schedule& schedule, const Shape& shape, const std::vector<Step>& bent) {
  for (const double number : written_numbers(schedule).numbers) {
    if (shares.size() < kWritten) add_once(shares, number);
  }
  const auto rise = static_cast<double>(shape.rise);
  const auto end = static_cast<double>(shape.end);
  for (const double share :
       {last_ / peak, first_ / peak, least_ / peak, peak / first_, first_ / last_, 1.0, 0.0, peak / last_,
        rise / end, (rise + 1) / end, (rise + 1) / (end + 1), 0.5, 2.0, 3.0, 0.1, kAlmostNothing})
    add_once(shares, share);
  const WrittenNumbers written = written_numbers(schedule);
  for (const double number : written.numbers) {
    add_once(shares, 1 / number);
    add_once(shares, number / 2);
  }
  for (const double whole : written.lengths) {
    for (const double part : written.lengths) {
      if (part < whole && shares.size() < kMostShares) {
        add_once(shares, part / whole);
        add_once(shares, (part + 1) / whole);
      }
      const double count = std::round(whole / part);
      if (part < whole && std::abs(whole / part - count) <= 1e-9 * count && lengths.size() < kMostLengths)
        add_once(lengths, count);
    }
  }
  for (const Step bend : bent) {
    add_once(shares, schedule(bend) / schedule(std::max<Step>(0, bend - 1)));
    add_once(shares, schedule(bend + 1) / schedule(bend));
  }
  add_once(shares, schedule(shape.rise + 1) / peak);
}

Features::Distance Features::distance(const Schedule& other, double enough) const {
  Distance distance;
  bool leads = true;
  for (std::size_t i = 0; i < at_.size() && (leads || !(distance.largest > enough)); ++i) {
    const double difference = std::abs(other(at_[i]) - values_[i]);
    if (!(difference <= distance.largest)) distance.largest = difference;
    leads = leads && difference <= kSame * peak;
    if (leads) ++distance.leading;
  }
  if (std::isnan(distance.largest)) distance.largest = kEndless;
  return distance;
}

/// A jump by the square of the smallest factor is two, and so on.
std::vector<double> Features::repeated_jumps() const {
  double smallest = kEndless;
  for (std::size_t i = 0; i < jumps_.size(); ++i)
    smallest = std::min(smallest, std::abs(std::log(levels_[i + 1] / levels_[i])));
  std::vector<double> repeated;
  constexpr double kMostAtOnce = 10;
  for (std::size_t i = 0; i < jumps_.size(); ++i) {
    const double count = std::round(std::abs(std::log(levels_[i + 1] / levels_[i])) / smallest);
    if (!(count <= kMostAtOnce)) return jumps_;
    repeated.insert(repeated.end(), static_cast<std::size_t>(count), jumps_[i]);
  }
  return repeated;
}

std::vector<spec::Value> Features::lists(std::string_view name) const {
  if (jumps_.empty()) return {};
  if (name == "milestones") return {list_of(jumps_), list_of(repeated_jumps())};
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
