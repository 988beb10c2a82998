// SPDX-License-Identifier: MIT
// Controllers: factors of the rate that follow a metric. They know losses, which no schedule does, so that they have a state.
//
//   Schedule lr = linear(0, 0.1, 500).then(0.1);
//   Controller plateau(Plateau{.factor = 0.5, .patience = 5});
//   optimizer.step(plateau.rate(lr(t)));                   // every update
//   plateau.observe(validation_loss, lr(t));               // after every epoch, say
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "calando/fields.h"
#include "calando/schedule.h"

namespace calando {

enum class Mode { min, max };
constexpr std::array<std::string_view, 2> enum_names(Mode) { return {"min", "max"}; }

/// When a metric counts as better than the best so far: below best - (relative |best| + absolute), or above
/// best + (relative |best| + absolute).
///
/// Departs: the peers take relative best, which for a negative best has the wrong sign (pytorch#47513).
struct Improvement {
  Mode mode = Mode::min;
  double relative = 1e-4;
  double absolute = 0;

  /// NaN is no improvement.
  bool operator()(double metric, double best) const;
};

/// Reduces the rate when a metric has not improved for more than `patience` observations.
///
/// Source:  PyTorch's ReduceLROnPlateau. Keras' and Optax's count otherwise: they are this with a patience, Keras' with a
///          cooldown, smaller by one, and are read by their own names.
struct Plateau {
  static constexpr std::string_view kName = "plateau";

  Improvement improvement{};
  double factor = 0.1;
  std::int64_t patience = 10;
  std::int64_t cooldown = 0;
  double floor = 0;
  double least_factor = 0;
  double least_change = 0;
  std::int64_t average = 1;
  std::int64_t delay = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.improvement.mode, "whether smaller or larger metrics are better");
    visit("factor", self.factor, range::open(0, 1), "of each reduction");
    visit("patience", self.patience, range::not_negative,
          "observations without improvement that are put up with");
    visit("relative", self.improvement.relative, range::half_open(0, 1),
          "least improvement as a share of the best");
    visit("absolute", self.improvement.absolute, range::not_negative, "and as a number");
    visit("cooldown", self.cooldown, range::not_negative,
          "observations after a reduction that do not count as bad");
    visit("floor", self.floor, range::not_negative, "least rate: of schedule times factor");
    visit("least_factor", self.least_factor, range::closed(0, 1), "least factor");
    visit("least_change", self.least_change, range::not_negative,
          "smaller reductions of the rate are left out");
    visit("average", self.average, range::at_least(1), "metrics that make one observation, by their mean");
    visit("delay", self.delay, range::not_negative, "metrics at the start that are ignored, for a warm-up");
  }
};

/// Raises the rate while a metric improves, and lowers it while it does not.
///
/// Source:  GreedyLR, arXiv 2512.14527; transformers.GreedyLR
struct Greedy {
  static constexpr std::string_view kName = "greedy";

  Improvement improvement{.mode = Mode::min, .relative = 0, .absolute = 1e-6};
  double factor = 0.95;
  std::int64_t patience = 10;
  std::int64_t cooldown = 0;
  std::int64_t warmup = 0;
  double floor = 1e-3;
  double ceiling = 1;
  double least_change = 1e-8;
  std::int64_t window = 0;
  std::int64_t reset = 500;
  std::int64_t delay = 0;

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.improvement.mode, "whether smaller or larger metrics are better");
    visit("factor", self.factor, range::open(0, 1), "of a reduction; its inverse of a raise");
    visit("patience", self.patience, range::not_negative, "observations of one kind before the rate changes");
    visit("relative", self.improvement.relative, range::half_open(0, 1),
          "least improvement as a share of the best");
    visit("absolute", self.improvement.absolute, range::not_negative, "and as a number");
    visit("cooldown", self.cooldown, range::not_negative, "observations after a reduction that are ignored");
    visit("warmup", self.warmup, range::not_negative, "observations after a raise that are ignored");
    visit("floor", self.floor, range::not_negative, "least rate: of schedule times factor");
    visit("ceiling", self.ceiling, range::positive, "largest rate");
    visit("least_change", self.least_change, range::not_negative, "smaller changes of the rate are left out");
    visit("window", self.window, range::closed(0, 1e6), "metrics of the moving average; 0: each as it is");
    visit("reset", self.reset, range::at_least(1), "reductions at the floor until it starts anew");
    visit("delay", self.delay, range::not_negative, "metrics at the start that are ignored, for a warm-up");
  }
};

using AnyController = std::variant<Plateau, Greedy>;

class Controller {
 public:
  /// Throws:  UsageError naming the option that is out of its range.
  Controller(
      const AnyController& rule);  // NOLINT(google-explicit-constructor): a rule is a controller at its start
  template <class Rule>
  requires std::constructible_from<AnyController, Rule> Controller(const Rule& rule)
      : Controller(AnyController(rule)) {}  // NOLINT(google-explicit-constructor)

  /// The rate for what a schedule says: scheduled times factor, where the floor and the ceiling hold the product, but
  /// never raise above, or lower below, what was scheduled.
  double rate(double scheduled) const;

  /// Takes notice of a metric while the schedule says `scheduled`. True where the factor changed.
  bool observe(double metric, double scheduled);

  double factor() const { return state_.factor; }
  const AnyController& rule() const { return rule_; }

  /// Everything it remembers, by name. A controller of the same rule that restores it goes on as if never interrupted.
  std::map<std::string, double> state() const;
  /// Throws:  UsageError naming what is missing or unknown. Then nothing is changed.
  void restore(const std::map<std::string, double>& state);

 private:
  struct State {
    double factor = 1;
    double best = 0;
    std::int64_t seen = 0;  // metrics
    std::int64_t bad = 0;   // observations in a row
    std::int64_t good = 0;
    std::int64_t waiting = 0;  // observations still ignored
    std::int64_t to_reset = 0;
    double mean = 0;  // of the metrics of the next observation
    std::int64_t count = 0;
    double sum = 0;  // of `recent`
    std::vector<double> recent;

    /// Names every number once; `recent` is "recent/0" and on.
    template <class Self, class Visit>
    static void fields(Self& self, Visit&& visit) {
      visit("factor", self.factor);
      visit("best", self.best);
      visit("seen", self.seen);
      visit("bad", self.bad);
      visit("good", self.good);
      visit("waiting", self.waiting);
      visit("to_reset", self.to_reset);
      visit("mean", self.mean);
      visit("count", self.count);
      visit("sum", self.sum);
    }
  };

  void start();
  bool observe(const Plateau& rule, double metric, double scheduled);
  bool observe(const Greedy& rule, double metric, double scheduled);
  bool reduce(const Plateau& rule, double scheduled);
  bool change(const Greedy& rule, double by, double scheduled);

  AnyController rule_;
  State state_;
};

/// Reads a controller: plateau(factor=0.5, patience=5), greedy, or a peer's by its own names:
/// torch.ReduceLROnPlateau(...), keras.ReduceLROnPlateau(...), optax.reduce_on_plateau(...), transformers.GreedyLR(...).
///
/// Throws:  UsageError with the column.
AnyController parse_controller(std::string_view text);

/// What parse_controller reads back.
std::string to_string(const AnyController& rule);

}  // namespace calando
