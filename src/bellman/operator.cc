// SPDX-License-Identifier: MIT
#include "src/bellman/operator.h"

#include <fmt/format.h>

#include <cmath>

#include "calando/error.h"
#include "src/bellman/row.h"

namespace calando::bellman {
namespace {

constexpr double kLargestWeightError = 0.125;
constexpr double kLargestValue = 1e300;
constexpr std::uint32_t kNoRun = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kRunPays = 8;  // transitions of a row, on average

/// The values that a state sees in a Gauss-Seidel sweep: new ones in its own block, old ones elsewhere.
struct BlockValues {
  const double* old_values;
  const double* new_values;
  std::uint32_t first;
  std::uint32_t count;

  double operator[](std::uint32_t s) const noexcept {
    return s - first < count ? new_values[s] : old_values[s];
  }
};

template <Precision kPrecision, class Targets, class Values>
double expected_value(const double* probability, const Targets& target, std::uint32_t count,
                      const Values& seen) noexcept {
  if constexpr (kPrecision == Precision::plain) return row_dot(probability, target, count, seen);
  return row_dot_precise(probability, target, count, seen);
}

/// Whether the values that some transitions in a row lead to are more than a first cache holds.
bool successors_scatter(std::span<const std::uint32_t> target) {
  constexpr std::size_t kSample = 4096;
  constexpr std::uint32_t kStatesOfLine = 8;
  constexpr std::size_t kLinesOfCache = 512;
  const std::size_t first = target.size() / 2;
  const auto sample = target.subspan(first, std::min(kSample, target.size() - first));
  std::vector<std::uint32_t> lines;
  for (const std::uint32_t to : sample) lines.push_back(to / kStatesOfLine);
  std::sort(lines.begin(), lines.end());
  return std::unique(lines.begin(), lines.end()) - lines.begin() > static_cast<std::ptrdiff_t>(kLinesOfCache);
}

}  // namespace

BellmanOperator::BellmanOperator(const Mdp& model, Discounting discounting, Objective objective,
                                 cpu::Team& team)
    : arrays_(model.arrays()),
      blocks_(make_blocks(arrays_)),
      team_(team),
      discount_(discounting.factor),
      sign_(objective == Objective::maximise ? 1 : -1),
      uniform_(arrays_.discount.empty() && (arrays_.termination.empty() || !discounting.contracts)),
      reading_(successors_scatter(arrays_.target) ? Reading::ahead : Reading::plain),
      measures_(model.measures()),
      reward_rounding_(model.notes().reward_rounding),
      largest_weight_(1),
      weight_error_(0) {
  measures_.rounding_depth += discounting.extra_depth;
  find_runs();
  if (!discounting.contracts) return;
  if (!uniform_) weigh_choices();
  prepare(model.notes().name);
}

BellmanOperator::BellmanOperator(MdpArrays arrays, const MdpMeasures& measures, bool uniform,
                                 std::uint32_t states_of_block, Discounting discounting, Objective objective,
                                 cpu::Team& team)
    : arrays_(arrays),
      team_(team),
      discount_(discounting.factor),
      sign_(objective == Objective::maximise ? 1 : -1),
      uniform_(uniform),
      measures_(measures),
      reward_rounding_(0),
      largest_weight_(1),
      weight_error_(0) {
  const auto states = static_cast<std::uint32_t>(arrays_.choice_begin.size() - 1);
  for (std::uint32_t s = 0; s < states; s += states_of_block) blocks_.first.push_back(s);
  blocks_.first.push_back(states);
  prepare("generated model");
}

BellmanOperator::BellmanOperator(const BellmanOperator& whole, MdpArrays fewer)
    : arrays_(fewer),
      blocks_(make_blocks(arrays_)),
      team_(whole.team_),
      discount_(whole.discount_),
      sign_(whole.sign_),
      uniform_(whole.uniform_),
      reading_(whole.reading_),
      measures_(whole.measures_),
      reward_rounding_(whole.reward_rounding_),
      largest_weight_(whole.largest_weight_),
      weight_error_(whole.weight_error_) {
  find_runs();
  if (!uniform_) weigh_choices();
}

/// Rows whose successors follow each other, where most do.
void BellmanOperator::find_runs() {
  const std::span<const std::uint32_t> row = arrays_.row_begin;
  const std::size_t choices = row.size() - 1;
  if (!measures_.targets_ascend || arrays_.target.size() < kRunPays * choices) return;
  const auto first_of_run = [&](std::size_t c) {
    const std::uint32_t count = row[c + 1] - row[c];
    if (count == 0) return kNoRun;
    const std::uint32_t first = arrays_.target[row[c]];
    return arrays_.target[row[c + 1] - 1] - first == count - 1 ? first : kNoRun;
  };
  constexpr std::size_t kSample = 1000;
  std::size_t sampled = 0;
  std::size_t runs = 0;
  for (std::size_t c = 0; c < choices; c += choices / kSample + 1, ++sampled)
    runs += first_of_run(c) == kNoRun ? 0 : 1;
  if (2 * runs < sampled) return;
  reading_ = Reading::runs;
  run_.resize(choices);
  team_.run(blocks_.count(), [&](std::size_t i) {
    const std::uint32_t end = arrays_.choice_begin[blocks_.first[i + 1]];
    for (std::uint32_t c = arrays_.choice_begin[blocks_.first[i]]; c < end; ++c) run_[c] = first_of_run(c);
  });
}

/// Checks that the discount and the rewards leave room for a proof.
void BellmanOperator::prepare(const std::string& name) {
  if (!(discount_ >= 0 && discount_ < 1)) {
    throw UsageError(fmt::format("discount {}, expected 0 <= discount < 1", discount_));
  }
  if (weight_.empty()) largest_weight_ = 1 / (1 - discount_);
  if (!(measures_.largest_reward * largest_weight_ < kLargestValue)) {
    throw DataError::in_file(
        name, fmt::format("rewards up to {} at discount {} make values beyond the range of doubles",
                          measures_.largest_reward, discount_));
  }
  weight_error_ = (measures_.row_slack + 8 * kUnitRoundoff) * largest_weight_ + 8 * kUnitRoundoff;
  if (!(weight_error_ <= kLargestWeightError)) {
    throw UsageError(fmt::format("discount {} is so near to 1 that doubles prove nothing", discount_));
  }
}

void BellmanOperator::weigh_choices() {
  weight_.resize(arrays_.choice_begin.back());
  largest_weight_ = 1;
  for (std::size_t c = 0; c < weight_.size(); ++c) {
    const double going_on = arrays_.termination.empty() ? 1 : 1 - arrays_.termination[c];
    weight_[c] = 1 / (1 - factor(c) * std::max(going_on, 0.0));
    largest_weight_ = std::max(largest_weight_, weight_[c]);
  }
}

/// Reads v, sees the successors' values in `seen`.
template <bool kUniform, Precision kPrecision, bool kAdvantages, BellmanOperator::Reading kReading,
          class Values>
Extremes BellmanOperator::sweep_block(std::uint32_t first, std::uint32_t last, const double* v,
                                      const Values& seen, const Written& out) const noexcept {
  Extremes extremes;
  const double* const probability = arrays_.probability.data();
  const std::uint32_t* const target = arrays_.target.data();
  std::uint32_t c = arrays_.choice_begin[first];
  std::uint32_t row = arrays_.row_begin[c];
  RowsAhead ahead(probability, target, row);
  for (std::uint32_t s = first; s < last; ++s) {
    double best = -std::numeric_limits<double>::infinity();
    std::uint32_t best_choice = c;
    for (const std::uint32_t end = arrays_.choice_begin[s + 1]; c < end; ++c) {
      const std::uint32_t row_end = arrays_.row_begin[c + 1];
      if constexpr (kReading == Reading::ahead) ahead.ask(row_end);
      const bool run = kReading == Reading::runs && run_[c] != kNoRun;
      const double expected =
          run ? expected_value<kPrecision>(probability + row, Run{run_[c]}, row_end - row, seen)
              : expected_value<kPrecision>(probability + row, target + row, row_end - row, seen);
      const double q = sign_ * arrays_.reward[c] + (kUniform ? discount_ : factor(c)) * expected;
      row = row_end;
      if (q > best) {
        best = q;
        best_choice = c;
      }
      if constexpr (kAdvantages) out.advantage[c] = static_cast<float>(q - v[s]);
      if constexpr (!kUniform) extremes.high = std::max(extremes.high, (q - v[s]) * weight(c));
    }
    const double change = best - v[s];
    extremes.low = std::min(extremes.low, kUniform ? change : change * weight(best_choice));
    if constexpr (kUniform) extremes.high = std::max(extremes.high, change);
    extremes.magnitude = std::max(extremes.magnitude, std::abs(v[s]));
    out.next[s] = best;
    out.policy[s] = best_choice;
  }
  return extremes;
}

/// sweep_block() as the model is.
template <Precision kPrecision, bool kAdvantages, class Values>
Extremes BellmanOperator::sweep_states(std::uint32_t first, std::uint32_t last, const double* v,
                                       const Values& seen, const Written& out) const noexcept {
  const auto read = [&]<Reading kReading>(std::integral_constant<Reading, kReading>) {
    return uniform_ ? sweep_block<true, kPrecision, kAdvantages, kReading>(first, last, v, seen, out)
                    : sweep_block<false, kPrecision, kAdvantages, kReading>(first, last, v, seen, out);
  };
  switch (reading_) {
    case Reading::ahead:
      return read(std::integral_constant<Reading, Reading::ahead>{});
    case Reading::runs:
      return read(std::integral_constant<Reading, Reading::runs>{});
    default:
      return read(std::integral_constant<Reading, Reading::plain>{});
  }
}

Extremes BellmanOperator::sweep(std::span<const double> v, std::span<double> next,
                                std::span<std::uint32_t> policy) const {
  constexpr auto kPlain = Precision::plain;
  const Written out{next.data(), policy.data()};
  return sweep_blocks([&](std::uint32_t first, std::uint32_t last) {
    return sweep_states<kPlain>(first, last, v.data(), v.data(), out);
  });
}

Extremes BellmanOperator::sweep_all_choices(std::span<const double> v, std::span<double> next,
                                            std::span<std::uint32_t> policy,
                                            std::span<float> advantage) const {
  constexpr auto kPlain = Precision::plain;
  const Written out{next.data(), policy.data(), advantage.data()};
  return sweep_blocks([&](std::uint32_t first, std::uint32_t last) {
    return sweep_states<kPlain, true>(first, last, v.data(), v.data(), out);
  });
}

Extremes BellmanOperator::sweep_precisely(std::span<const double> v, std::span<double> next,
                                          std::span<std::uint32_t> policy) const {
  constexpr auto kTwice = Precision::twice;
  const Written out{next.data(), policy.data()};
  return sweep_blocks([&](std::uint32_t first, std::uint32_t last) {
    return sweep_states<kTwice>(first, last, v.data(), v.data(), out);
  });
}

Extremes BellmanOperator::sweep_of_zero(std::span<double> next, std::span<std::uint32_t> policy) const {
  return sweep_blocks([&](std::uint32_t first, std::uint32_t last) {
    Extremes extremes;
    for (std::uint32_t s = first; s < last; ++s) {
      std::uint32_t best = arrays_.choice_begin[s];
      for (std::uint32_t c = best; c < arrays_.choice_begin[s + 1]; ++c) {
        if (reward(c) > reward(best)) best = c;
        if (!uniform_) extremes.high = std::max(extremes.high, reward(c) * weight(c));
      }
      next[s] = reward(best);
      policy[s] = best;
      extremes.low = std::min(extremes.low, next[s] * weight(best));
      if (uniform_) extremes.high = std::max(extremes.high, next[s]);
    }
    return extremes;
  });
}

Extremes BellmanOperator::sweep_gauss_seidel(std::span<const double> v, std::span<double> next,
                                             std::span<std::uint32_t> policy) const {
  constexpr auto kPlain = Precision::plain;
  const Written out{next.data(), policy.data()};
  return sweep_blocks([&](std::uint32_t first, std::uint32_t last) {
    std::copy(v.begin() + first, v.begin() + last, next.begin() + first);
    const BlockValues seen{v.data(), next.data(), first, last - first};
    return sweep_states<kPlain>(first, last, v.data(), seen, out);
  });
}

/// How far a computed Q can be from the one of the model as stored.
double BellmanOperator::rounding_error(double magnitude, Precision precision) const noexcept {
  // The second order of k roundings is below one more rounding for any k that fits a row; that of a precise row is below
  // one for rows of up to 2^20 transitions.
  const std::uint32_t depth = precision == Precision::plain ? measures_.rounding_depth : kPreciseDepth;
  const double per_unit = (depth + 1) * kUnitRoundoff;
  return per_unit * (measures_.largest_reward + magnitude) + measures_.row_slack * magnitude +
         reward_rounding_;
}

Shifts BellmanOperator::shifts(const Extremes& extremes, Precision precision) const noexcept {
  const double low = uniform() ? extremes.low * largest_weight_ : extremes.low;
  const double high = uniform() ? extremes.high * largest_weight_ : extremes.high;
  const double rounding = rounding_gap(extremes.magnitude, precision) / 2;
  return {low - std::abs(low) * weight_error_ - rounding, high + std::abs(high) * weight_error_ + rounding};
}

double BellmanOperator::rounding_gap(double magnitude, Precision precision) const noexcept {
  return 2 * rounding_error(magnitude, precision) * largest_weight_ * (1 + 2 * weight_error_);
}

}  // namespace calando::bellman
