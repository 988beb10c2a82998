// SPDX-License-Identifier: MIT
// What a training run makes of its options and data.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "calando/error.h"
#include "src/cards/library.h"
#include "src/train/class_weights.h"
#include "src/train/network_rows.h"
#include "src/train/preprocessing.h"
#include "src/train/run_plan.h"
#include "src/train/split.h"

namespace calando::cards {
namespace {

constexpr std::int64_t kMostRows = 10'000'000;  // of a plan
constexpr std::int64_t kMostListed = 100'000;   // where each row is looked at

std::size_t count(Given& given, std::int64_t most) {
  const std::int64_t value = given.whole();
  if (value < 0 || value > most)
    throw UsageError(fmt::format("{}: {}, expected 0 to {}", given.name(), value, most));
  return static_cast<std::size_t>(value);
}

/// Options of which only numbers are looked at.
TrainOptions some_run() {
  TrainOptions options;
  options.out = "runs/a";
  return options;
}

/// [rows of each class], class: its weight under --class-weight balanced
double class_weight(Given& given) {
  std::vector<std::string> names;
  std::vector<std::int32_t> labels;
  for (const double rows : given.list()) {
    if (!(rows >= 0 && rows <= kMostListed)) throw UsageError("class_weight: too many rows");
    labels.insert(labels.end(), static_cast<std::size_t>(rows), static_cast<std::int32_t>(names.size()));
    names.push_back(std::to_string(names.size()));
  }
  const std::size_t of = count(given, static_cast<std::int64_t>(names.size()) - 1);
  return training::class_weights({"balanced"}, names, labels)[of];
}

/// rows, batch, epochs: updates of such a run
double updates(Given& given) {
  TrainOptions options = some_run();
  const std::size_t rows = count(given, kMostRows);
  options.batch = given.whole();
  options.epochs = given.whole();
  training::check_options(options);
  return static_cast<double>(training::make_plan(options, rows).steps);
}

/// batch, accumulate: rows of an update
double rows_per_update(Given& given) {
  TrainOptions options = some_run();
  options.batch = given.whole();
  options.accumulate = given.whole();
  training::check_options(options);
  return static_cast<double>(training::make_plan(options, kMostRows).rows_per_update);
}

/// rows, share: rows of the validation part
double kept_back(Given& given) {
  std::vector<std::uint32_t> rows(count(given, kMostListed));
  std::iota(rows.begin(), rows.end(), 0U);
  return static_cast<double>(training::split_rows(rows, {}, 1, given.number(), 1).validation.size());
}

/// rate, x: what dropout makes of the units that stay
double dropped(Given& given) {
  const double rate = given.number();
  std::vector<float> y(1000, static_cast<float>(given.number()));
  std::vector<float> gain(y.size(), 1.0F);
  training::drop_units(rate, {.seed = 1}, 0, 0, y.size(), y.data(), gain.data());
  const auto kept = std::find_if(gain.begin(), gain.end(), [](float factor) { return factor != 0; });
  return kept == gain.end() ? 0 : y[static_cast<std::size_t>(kept - gain.begin())];
}

/// x, mean, deviation: the input of the model
double standardised(Given& given) {
  const auto raw = static_cast<float>(given.number());
  training::RawColumn column{.name = "x"};
  column.mean = given.number();
  column.deviation = given.number();
  training::Preprocessing preprocessing;
  preprocessing.columns = {column};
  float input = 0;
  training::RowEncoder(preprocessing).encode(&raw, &input);
  return input;
}

constexpr std::array<Computation, 6> kComputations = {{
    {"class_weight", "[rows of each class], class", "its weight where classes are balanced", class_weight},
    {"updates", "rows, batch, epochs", "updates of a run", updates},
    {"rows_per_update", "batch, accumulate", "rows of an update", rows_per_update},
    {"kept_back", "rows, share", "rows of the validation part", kept_back},
    {"dropped", "rate, x", "a unit that dropout leaves in", dropped},
    {"standardised", "x, mean, deviation", "a number as the model sees it", standardised},
}};

}  // namespace

std::span<const Computation> run_computations() { return kComputations; }

}  // namespace calando::cards
