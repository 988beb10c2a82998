// SPDX-License-Identifier: MIT
// llm.c's llmc/schedulers.h, by the types' names. t is the step; llm.c computes in single precision.
#include <fmt/format.h>

#include <cmath>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

double peak(const PeerCall& in) { return in.number("learning_rate"); }

double steps_behind(const PeerCall& in) {
  const double warm = in.number("warmup_iterations");
  const double steps = in.number("train_num_batches") - warm;
  if (!(steps > 0)) in.refuse("train_num_batches", fmt::format("above warmup_iterations, {}", warm));
  return steps;
}

/// learning_rate (t + 1) / W for t < W.
Timeline warmup(const PeerCall& in) {
  const double warm = in.number("warmup_iterations");
  Timeline timeline;
  if (warm > 1) timeline.add(linear(0, peak(in), warm).window(1), warm);
  if (warm == 1) timeline.hold(peak(in), 1);
  return timeline;
}

double floor_of(const PeerCall& in) { return peak(in) * in.number("final_learning_rate_frac"); }

Schedule cosine_type(const PeerCall& in) {
  return warmup(in).then(cosine(peak(in), floor_of(in), steps_behind(in)));
}
Schedule linear_type(const PeerCall& in) {
  return warmup(in).then(linear(peak(in), floor_of(in), steps_behind(in)));
}
Schedule constant_type(const PeerCall& in) { return constant(peak(in)); }

Schedule wsd_type(const PeerCall& in) {
  const double warm = in.number("warmup_iterations");
  const double total = in.number("train_num_batches");
  steps_behind(in);
  const double point = std::trunc(static_cast<double>(0.8F * static_cast<float>(total)));
  const Schedule fall = curve("one_minus_sqrt", {peak(in), floor_of(in), total - point});
  if (point < warm) return warmup(in).then(fall.window(warm - point));
  return warmup(in).hold(peak(in), point - warm).then(fall);
}

}  // namespace

std::vector<Dialect> llmc_dialects() {
  const std::vector<PeerArgument> all = {rate("learning_rate"), whole("warmup_iterations", 0),
                                         whole("train_num_batches", 1),
                                         number("final_learning_rate_frac", range::closed(0, 1))};
  const std::vector<PeerArgument> one = {rate("learning_rate"), ignored("warmup_iterations", "0"),
                                         ignored("train_num_batches", "0"),
                                         ignored("final_learning_rate_frac", "0")};
  constexpr std::string_view kHeld =
      "behind train_num_batches llm.c fails an assertion, and the last value is held";
  // clang-format off
  return {
      {"llmc", "cosine", "llmc", all, cosine_type, "lr (t + 1) / W, then a cosine to final_learning_rate_frac lr at train_num_batches", kHeld},
      {"llmc", "linear", "llmc", all, linear_type, "lr (t + 1) / W, then a line to final_learning_rate_frac lr at train_num_batches", kHeld},
      {"llmc", "constant", "llmc", one, constant_type, "lr", ""},
      {"llmc", "wsd", "llmc", all, wsd_type,
       "lr (t + 1) / W, lr, and from int(0.8 N) on 1 - sqrt to final_learning_rate_frac lr at N = train_num_batches", kHeld},
  };
  // clang-format on
}

}  // namespace calando::schedule
