// SPDX-License-Identifier: MIT
#include "calando/generated_mdp.h"

#include <fmt/format.h>

#include <cmath>

#include "calando/error.h"
#include "src/bellman/certified.h"
#include "src/bellman/operator.h"
#include "src/bellman/row.h"
#include "src/bellman/solvers.h"

namespace calando {
namespace bellman {
namespace {

constexpr std::uint32_t kStatesOfBlock = 1024;

/// What one look at all rows finds out.
struct Survey {
  std::vector<std::uint32_t> choice_begin{0};
  MdpMeasures measures;
  bool uniform = true;
};

class Surveyor {
 public:
  explicit Surveyor(const MdpGenerator& generator) : generator_(generator), states_(generator.states()) {}

  Survey run() {
    if (states_ == 0) throw DataError("generated model: there are no states");
    ChoiceWriter rows;
    for (std::uint32_t s = 0; s < states_; ++s) {
      rows.clear();
      generator_.write_state(s, rows);
      if (rows.choices().empty()) throw DataError(fmt::format("generated model: state {} has no choice", s));
      std::uint32_t begin = 0;
      for (std::size_t c = 0; c < rows.choices().size(); ++c) {
        look_at(rows, s, c, begin);
        begin = rows.choices()[c].end;
      }
      survey_.choice_begin.push_back(survey_.choice_begin.back() +
                                     static_cast<std::uint32_t>(rows.choices().size()));
    }
    return std::move(survey_);
  }

 private:
  [[noreturn]] static void fail(std::uint32_t s, std::size_t c, const std::string& what) {
    throw DataError(fmt::format("generated model: state {}, choice {}: {}", s, c, what));
  }

  void look_at(const ChoiceWriter& rows, std::uint32_t s, std::size_t c, std::uint32_t begin) {
    const ChoiceWriter::Choice& choice = rows.choices()[c];
    if (!std::isfinite(choice.reward))
      fail(s, c, fmt::format("reward {}, expected a finite number", choice.reward));
    if (!(choice.discount >= 0 && choice.discount <= 1)) {
      fail(s, c, fmt::format("discount {}, expected 0 <= discount <= 1", choice.discount));
    }
    if (!(choice.termination >= 0)) {
      fail(s, c, fmt::format("termination {}, expected a probability", choice.termination));
    }
    ExactSum sum;
    sum.add(choice.termination);
    for (std::uint32_t i = begin; i < choice.end; ++i) {
      if (!(rows.probability()[i] >= 0)) {
        fail(s, c, fmt::format("probability {}, expected 0 <= probability <= 1", rows.probability()[i]));
      }
      if (rows.target()[i] >= states_) {
        fail(s, c, fmt::format("goes to state {}, but there are {} states", rows.target()[i], states_));
      }
      sum.add(rows.probability()[i]);
    }
    const std::uint32_t count = choice.end - begin;
    const double off = std::abs(sum.value() - 1);
    if (!(off <= (count + 2) * kUnitRoundoff)) {
      fail(s, c, fmt::format("probabilities sum to {}, expected 1 up to rounding", sum.value()));
    }
    MdpMeasures& measures = survey_.measures;
    measures.row_slack = std::max(measures.row_slack, off);
    measures.largest_reward = std::max(measures.largest_reward, std::abs(choice.reward));
    measures.rounding_depth = std::max(measures.rounding_depth, row_depth(count));
    survey_.uniform = survey_.uniform && choice.discount == 1 && choice.termination == 0;
  }

  const MdpGenerator& generator_;
  std::uint32_t states_;
  Survey survey_;
};

MdpArrays only_choices(std::span<const std::uint32_t> choice_begin) {
  MdpArrays arrays;
  arrays.choice_begin = choice_begin;
  return arrays;
}

/// Rows made block by block, in each sweep anew.
class GeneratedOperator : public BellmanOperator {
 public:
  GeneratedOperator(const MdpGenerator& generator, const Survey& survey, double discount, Objective objective,
                    cpu::Team& team)
      : BellmanOperator(only_choices(survey.choice_begin), survey.measures, survey.uniform, kStatesOfBlock,
                        {.factor = discount}, objective, team),
        generator_(generator),
        discount_(discount) {}

  Extremes sweep(std::span<const double> v, std::span<double> next,
                 std::span<std::uint32_t> policy) const override {
    return sweep_blocks([&](std::uint32_t first, std::uint32_t last) {
      Extremes extremes;
      ChoiceWriter rows;
      for (std::uint32_t s = first; s < last; ++s) {
        rows.clear();
        generator_.write_state(s, rows);
        back_up(rows, s, v, next, policy, extremes);
      }
      return extremes;
    });
  }
  Extremes sweep_of_zero(std::span<double> next, std::span<std::uint32_t> policy) const override {
    return sweep(std::vector<double>(states()), next, policy);
  }
  bool can_be_precise() const noexcept override { return false; }

 private:
  void back_up(const ChoiceWriter& rows, std::uint32_t s, std::span<const double> v, std::span<double> next,
               std::span<std::uint32_t> policy, Extremes& extremes) const {
    double best = -std::numeric_limits<double>::infinity();
    double best_weight = 1;
    std::uint32_t begin = 0;
    for (std::uint32_t c = 0; c < rows.choices().size(); ++c) {
      const ChoiceWriter::Choice& choice = rows.choices()[c];
      const double factor = discount_ * choice.discount;
      const double expected = row_dot(rows.probability().data() + begin, rows.target().data() + begin,
                                      choice.end - begin, v.data());
      const double q = sign() * choice.reward + factor * expected;
      const double weight = uniform() ? 1 : 1 / (1 - factor * std::max(0.0, 1 - choice.termination));
      begin = choice.end;
      extremes.high = std::max(extremes.high, (q - v[s]) * weight);
      if (!(q > best)) continue;
      best = q;
      best_weight = weight;
      policy[s] = arrays().choice_begin[s] + c;
    }
    extremes.low = std::min(extremes.low, (best - v[s]) * best_weight);
    extremes.magnitude = std::max(extremes.magnitude, std::abs(v[s]));
    next[s] = best;
  }

  const MdpGenerator& generator_;
  double discount_;
};

}  // namespace
}  // namespace bellman

Mdp store_mdp(const MdpGenerator& generator, const std::string& name) {
  MdpBuilder builder(name);
  ChoiceWriter rows;
  for (std::uint32_t s = 0; s < generator.states(); ++s) {
    rows.clear();
    generator.write_state(s, rows);
    builder.add_state();
    std::uint32_t i = 0;
    for (const ChoiceWriter::Choice& choice : rows.choices()) {
      builder.add_choice(choice.reward, choice.discount).terminate(choice.termination);
      for (; i < choice.end; ++i) builder.add(rows.target()[i], rows.probability()[i]);
    }
  }
  return std::move(builder).build();
}

Solution solve(const MdpGenerator& generator, const SolveOptions& options) {
  if (options.criterion != Criterion::discounted) {
    throw UsageError("a model that is not stored is solved for the criterion discounted only");
  }
  if (options.method != Method::automatic && options.method != Method::value_iteration) {
    throw UsageError("a model that is not stored is solved by value-iteration only");
  }
  if (!options.discount) throw UsageError("the discount is missing, expected 0 <= discount < 1");
  if (options.choice_values) throw UsageError("values of choices: not of a model that is not stored");
  cpu::Team team(options.threads > 0 ? options.threads : cpu::processors());
  const bellman::Survey survey = bellman::Surveyor(generator).run();
  const bellman::GeneratedOperator bellman(generator, survey, *options.discount, options.objective, team);
  bellman::CertifiedIterate iterate(bellman, options);
  bellman::value_iteration(iterate);
  return std::move(iterate).finish(Method::value_iteration);
}

}  // namespace calando
