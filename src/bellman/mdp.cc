// SPDX-License-Identifier: MIT
// The check that every model passes before anything is computed from it.
#include "calando/mdp.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/bellman/row.h"
#include "src/spec/nearest.h"

namespace calando {
namespace {

constexpr double kSumTolerance = 1e-6;  // what a file of seven digits needs

class Check {
 public:
  Check(MdpArrays& arrays, std::shared_ptr<const void>& owner, MdpNotes& notes)
      : arrays_(arrays), owner_(owner), notes_(notes) {}

  MdpMeasures run() {
    check_shapes();
    const std::size_t states = arrays_.choice_begin.size() - 1;
    measures_.targets_ascend = true;
    for (std::size_t s = 0; s < states; ++s) {
      state_ = s;
      first_choice_ = arrays_.choice_begin[s];
      if (arrays_.choice_begin[s + 1] == first_choice_) fail(fmt::format("state {} has no choice", s));
      for (std::size_t c = first_choice_; c < arrays_.choice_begin[s + 1]; ++c) check_choice(c);
    }
    if (divided_ != nullptr) adopt_divided();
    return measures_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw DataError::in_file(notes_.name, what); }
  [[noreturn]] void fail(std::size_t choice, const std::string& what) const {
    fail(fmt::format("state {}, choice {}: {}", state_, choice - first_choice_, what));
  }

  template <class T>
  void check_size(const char* what, std::span<const T> array, std::size_t wanted) const {
    if (array.size() == wanted) return;
    fail(fmt::format("{} has {} elements, expected {}", what, array.size(), wanted));
  }

  void check_offsets(const char* what, std::span<const std::uint32_t> offsets, std::size_t end) const {
    if (offsets.front() != 0) fail(fmt::format("{} starts with {}, expected 0", what, offsets.front()));
    const auto falls = std::adjacent_find(offsets.begin(), offsets.end(), std::greater<>());
    if (falls != offsets.end()) fail(fmt::format("{} falls after element {}", what, falls - offsets.begin()));
    if (offsets.back() != end) fail(fmt::format("{} ends with {}, expected {}", what, offsets.back(), end));
  }

  void check_shapes() const {
    if (arrays_.choice_begin.size() < 2) fail("there are no states");
    if (arrays_.row_begin.empty()) fail("there are no choices");
    const std::size_t choices = arrays_.row_begin.size() - 1;
    check_offsets("choice_begin", arrays_.choice_begin, choices);
    check_offsets("row_begin", arrays_.row_begin, arrays_.target.size());
    check_size("probability", arrays_.probability, arrays_.target.size());
    check_size("reward", arrays_.reward, choices);
    if (!arrays_.discount.empty()) check_size("discount", arrays_.discount, choices);
    if (!arrays_.termination.empty()) check_size("termination", arrays_.termination, choices);
    if (arrays_.least.empty() && arrays_.most.empty()) return;
    check_size("least", arrays_.least, arrays_.target.size());
    check_size("most", arrays_.most, arrays_.target.size());
  }

  void check_choice(std::size_t c) {
    const double reward = arrays_.reward[c];
    if (!std::isfinite(reward)) fail(c, fmt::format("reward {}, expected a finite number", reward));
    measures_.largest_reward = std::max(measures_.largest_reward, std::abs(reward));
    if (!arrays_.discount.empty() && !(arrays_.discount[c] >= 0 && arrays_.discount[c] <= 1)) {
      fail(c, fmt::format("discount {}, expected 0 <= discount <= 1", arrays_.discount[c]));
    }
    check_row(c);
  }

  void check_row(std::size_t c) {
    const std::size_t begin = arrays_.row_begin[c];
    const std::size_t end = arrays_.row_begin[c + 1];
    bellman::ExactSum sum;
    for (std::size_t i = begin; i < end; ++i) {
      check_transition(c, i);
      if (i > begin && arrays_.target[i] <= arrays_.target[i - 1]) measures_.targets_ascend = false;
      sum.add(arrays_.probability[i]);
    }
    const double termination = arrays_.termination.empty() ? 0 : arrays_.termination[c];
    if (!(termination >= 0)) fail(c, fmt::format("termination {}, expected a probability", termination));
    sum.add(termination);
    check_sum(c, sum.value());
    if (!arrays_.least.empty()) check_intervals(c, begin, end, termination);
    measures_.rounding_depth =
        std::max(measures_.rounding_depth, bellman::row_depth(static_cast<std::uint32_t>(end - begin)));
  }

  void check_transition(std::size_t c, std::size_t i) const {
    const double probability = arrays_.probability[i];
    if (!(probability >= 0)) {
      fail(c, fmt::format("probability {} of going to state {}, expected 0 <= probability <= 1", probability,
                          arrays_.target[i]));
    }
    const std::size_t states = arrays_.choice_begin.size() - 1;
    if (arrays_.target[i] >= states) {
      fail(c, fmt::format("goes to state {}, but there are {} states", arrays_.target[i], states));
    }
  }

  void check_intervals(std::size_t c, std::size_t begin, std::size_t end, double termination) const {
    bellman::ExactSum least;
    bellman::ExactSum most;
    least.add(termination);
    most.add(termination);
    for (std::size_t i = begin; i < end; ++i) {
      if (!(arrays_.least[i] >= 0 && arrays_.least[i] <= arrays_.most[i] && arrays_.most[i] <= 1)) {
        fail(c, fmt::format(
                    "probability of going to state {} between {} and {}, expected 0 <= least <= most <= 1",
                    arrays_.target[i], arrays_.least[i], arrays_.most[i]));
      }
      least.add(arrays_.least[i]);
      most.add(arrays_.most[i]);
    }
    if (least.value() <= 1 + kSumTolerance && most.value() >= 1 - kSumTolerance) return;
    fail(c, fmt::format("intervals of probabilities sum to between {} and {}, which leaves out 1",
                        least.value(), most.value()));
  }

  void check_sum(std::size_t c, double sum) {
    const double off = std::abs(sum - 1);
    if (!(off <= kSumTolerance)) {
      fail(c, fmt::format("probabilities sum to {}, expected 1 within {}", sum, kSumTolerance));
    }
    // Probabilities that were rounded to doubles are off by half a unit each, at most.
    const auto count = static_cast<double>(arrays_.row_begin[c + 1] - arrays_.row_begin[c]);
    if (off <= (count + 2) * bellman::kUnitRoundoff) {
      measures_.row_slack = std::max(measures_.row_slack, off);
    } else {
      divide(c, sum);
    }
  }

  struct Divided {
    std::vector<double> probability;
    std::vector<double> termination;
    std::shared_ptr<const void> original;
  };

  void divide(std::size_t c, double sum) {
    if (divided_ == nullptr) {
      divided_ = std::make_shared<Divided>();
      divided_->probability.assign(arrays_.probability.begin(), arrays_.probability.end());
      divided_->termination.assign(arrays_.termination.begin(), arrays_.termination.end());
    }
    for (std::size_t i = arrays_.row_begin[c]; i < arrays_.row_begin[c + 1]; ++i)
      divided_->probability[i] /= sum;
    if (!divided_->termination.empty()) divided_->termination[c] /= sum;
    ++notes_.rows_divided;
    // The sum is exact to one rounding, and each quotient adds another.
    measures_.row_slack = std::max(measures_.row_slack, 4 * bellman::kUnitRoundoff);
  }

  void adopt_divided() {
    divided_->original = owner_;
    arrays_.probability = divided_->probability;
    if (!divided_->termination.empty()) arrays_.termination = divided_->termination;
    owner_ = divided_;
  }

  MdpArrays& arrays_;
  std::shared_ptr<const void>& owner_;
  MdpNotes& notes_;
  MdpMeasures measures_;
  std::shared_ptr<Divided> divided_;
  std::size_t state_ = 0;
  std::size_t first_choice_ = 0;
};

}  // namespace

Mdp::Mdp(MdpArrays arrays, std::shared_ptr<const void> owner, MdpNotes notes)
    : arrays_(arrays), owner_(std::move(owner)), notes_(std::move(notes)) {
  measures_ = Check(arrays_, owner_, notes_).run();
}

const std::vector<std::uint32_t>& Mdp::label(std::string_view name) const {
  const auto found = notes_.labels.find(std::string(name));
  if (found != notes_.labels.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [other, states] : notes_.labels) names.push_back(other);
  throw UsageError(fmt::format(
      "{} has no label \"{}\"{}{}", notes_.name, name, spec::did_you_mean(name, names),
      names.empty() ? "; it has none at all" : fmt::format(" (it has {})", fmt::join(names, ", "))));
}

}  // namespace calando
