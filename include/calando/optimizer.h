// SPDX-License-Identifier: MIT
// Optimizers: an update rule, and its state for named parameters.
//
//   Optimizer adam(Adam{.beta2 = 0.95}, {{"weights", values, gradients}});
//   for (Step t = 0; t < steps; ++t) {
//     fill(gradients);
//     adam.step(lr(t));
//   }
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calando/numbers.h"
#include "calando/rules/list.h"
#include "calando/schedule.h"
#include "calando/wrappers.h"

namespace calando {

namespace cpu {
class Team;
}
namespace optimizer {
struct Running;
}

/// Gradients of some rows of a matrix, the others being 0: what an embedding table gets. Read at each step.
struct RowGradients {
  std::span<const std::int64_t> rows;  // ascending, each once
  ConstNumbers gradients;              // one row after the other
};

/// A tensor that is trained, in the caller's memory: it stays there for the optimizer's lifetime, and its values are updated in
/// place. Names are unique; they are what a state is saved and restored by.
struct Parameter {
  std::string name = {};
  Numbers values = {};  // float, double or BFloat16
  ConstNumbers gradients =
      {};  // as long as values, apart from them; double for double, else float or BFloat16
  std::vector<std::size_t> shape = {};  // row-major; none: one axis
  bool decay = true;                    // false: no weight decay here, whatever the options say
  const RowGradients* rows = nullptr;   // in place of gradients
};

/// What is done to gradients before a rule sees them.
struct GradientOptions {
  double clip = 0;         // largest global norm of the gradients; 0: none
  double clip_tensor = 0;  // largest norm of a tensor's gradients; 0: none
  double clip_value = 0;   // largest absolute gradient; 0: none. Of the three at most one
  bool maximise = false;   // go uphill

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("clip_norm", self.clip, range::not_negative, "largest global norm of the gradients; 0: none");
    visit("clip_tensor", self.clip_tensor, range::not_negative,
          "largest norm of a tensor's gradients; 0: none");
    visit("clip_value", self.clip_value, range::not_negative, "largest absolute gradient; 0: none");
    visit("maximise", self.maximise, "go uphill");
  }
};

/// A rule with its options, some of which may follow a schedule, and what stands around it. A plain rule converts to it.
struct RuleOptions {
  AnyRule rule;
  std::optional<Schedule> rate;  // of lr=, where the text has one
  std::vector<std::pair<std::string, Schedule>>
      scheduled;                     // option, schedule; in place of the option's number
  GradientOptions gradients;         // beside those of OptimizerOptions; said in one of them only
  std::vector<AnyWrapper> wrappers;  // the innermost first; of each kind at most one

  RuleOptions(const AnyRule& plain) : rule(plain) {}  // NOLINT(google-explicit-constructor)
  template <class Rule>
  requires std::constructible_from<AnyRule, Rule> RuleOptions(Rule plain)
      : rule(std::move(plain)) {}  // NOLINT(google-explicit-constructor)
};

/// Reads a rule: adam, adam(beta2=0.95, weight_decay=0.1), adam(lr=cosine(0.1, 0, 100), beta1=linear(0.85, 0.95, 100)),
/// adamw(clip_norm=1), lookahead(adam(lr=0.01), k=5), torch.optim.AdamW(model.parameters(), lr=1e-3).
///
/// Throws:  UsageError with the column.
RuleOptions parse_rule(std::string_view text, const RunLength& run = {});

/// The rate that a rule is used with where nobody says one: 0.001, or 1 for those that find their own (lbfgs, prodigy, ...).
double usual_rate(const RuleOptions& rule);

/// What parse_rule reads back.
std::string to_string(const RuleOptions& options);

/// Parameters whose names fit a pattern (* any characters, ? one) and the options they have of their own.
struct Group {
  std::string pattern;
  std::string
      options;  // "weight_decay=0, lr_scale=0.1"; lr_scale multiplies the rate, lr=SCHEDULE replaces it
};

/// How parameters in BFloat16 keep what a step changes by less than half of their last bit.
enum class Bf16Parameters : std::uint8_t {
  master,     // a float of the optimizer's own for each, 4 bytes
  kahan,      // what rounding left over, in another BFloat16
  stochastic  // nothing: rounded up or down at random, right on average
};
constexpr std::array<std::string_view, 3> enum_names(Bf16Parameters) {
  return {"master", "kahan", "stochastic"};
}

/// What states are stored in. Kinds of states that do not bear fewer bits, and double ones, stay as they are.
enum class StateStorage : std::uint8_t {
  f32,
  bf16,  // rounded stochastically
  bits8  // in blocks of 256 with a scale of their own; tensors below 4096 elements stay f32
};
constexpr std::array<std::string_view, 3> enum_names(StateStorage) { return {"f32", "bf16", "bits8"}; }

/// Threads that several optimizers share, as OptimizerOptions::team; 0: all processors.
std::shared_ptr<cpu::Team> make_team(int threads = 0);

struct OptimizerOptions {
  std::vector<Group> groups = {};  // the first whose pattern fits decides
  double clip = 0;                 // largest global norm of the gradients; 0: none
  double clip_tensor = 0;          // largest norm of a tensor's gradients; 0: none
  double clip_value = 0;           // largest absolute gradient; 0: none. Of the three at most one
  bool maximise = false;           // go uphill
  bool skip_not_finite = false;    // leave out a step where a gradient is not finite
  bool lazy_rows =
      false;  // RowGradients with a rule that changes rows without gradients as well: leave those out
  Bf16Parameters bf16 = Bf16Parameters::master;
  StateStorage states = StateStorage::f32;
  bool norm =
      true;  // measure StepReport::gradient_norm in every step; false: only where it is needed, else it is NaN
  std::uint64_t seed = 0;                // of stochastic rounding
  RunLength run = {};                    // for schedules of groups in shares of the run
  std::shared_ptr<cpu::Team> team = {};  // none: one of the optimizer's own
  int threads = 0;                       // of its own team; 0: all processors. Changes no result
};

/// What a step did.
struct StepReport {
  double gradient_norm =
      0;            // global, before clipping, divided by the loss scale; not finite where a gradient is not
  double loss = 0;  // of step(lr, evaluate): before the step
  bool clipped = false;  // by a norm
  bool skipped = false;  // a gradient was not finite, and nothing has changed
};

/// Fills the gradients at the parameters as they are, and returns the loss there.
using Evaluate = std::function<double()>;

/// Named tensors and numbers: everything an optimizer remembers. Values are exact whatever they are stored in, so that a state of one
/// storage can be restored into another.
struct OptimizerState {
  std::string rule;  // "adam"
  Step steps = 0;
  std::map<std::string, double> scalars;                   // "GROUP/NAME"
  std::map<std::string, std::vector<float>> tensors;       // "PARAMETER/STATE"
  std::map<std::string, std::vector<double>> doubles;      // the same of parameters in double
  std::map<std::string, std::vector<std::size_t>> shapes;  // of either, for files; none: one axis
};

class Optimizer {
 public:
  /// Throws:  UsageError: a name twice, sizes or types that disagree, an option out of its range, a group that fits no parameter.
  Optimizer(const RuleOptions& rule, std::vector<Parameter> parameters, const OptimizerOptions& options = {});
  ~Optimizer();
  Optimizer(Optimizer&&) noexcept;
  Optimizer& operator=(Optimizer&&) noexcept;

  /// One update of all parameters, in one pass; in two where gradients are clipped by a norm or must be finite.
  ///
  /// Units:   lr >= 0; gradients are divided by loss_scale > 0 first
  /// Error:   the same bits for any number of threads and any order of the parameters
  /// Throws:  UsageError where lr, or an option that follows a schedule, is out of its range; then nothing is changed. Gradients that
  ///          are not finite pass through to the parameters, unless skip_not_finite.
  StepReport step(double lr, double loss_scale = 1);

  /// The same for every rule, and the only one for those that need gradients at more than one place (lbfgs, sam): evaluate() is called
  /// at least once, for most rules just once, before the update. It may bind() other memory for the gradients.
  ///
  /// Throws:  as above, and whatever `evaluate` throws; lbfgs and sam then leave the parameters where they were.
  StepReport step(double lr, const Evaluate& evaluate);

  /// Whether the rule needs gradients at more than one place (lbfgs, sam): only step(lr, evaluate) will do.
  bool evaluates() const;

  /// Other memory for a parameter's values and gradients, `index` as they were given to the constructor. No gradients: the parameter is
  /// left out of the steps until it has some.
  ///
  /// Throws:  UsageError where the size or the type is another one.
  void bind(std::size_t index, Numbers values, ConstNumbers gradients);

  /// Updates done; the next one uses a schedule's value there.
  Step steps() const noexcept;

  /// Whether evaluated() gives other weights than the parameters (schedule_free, asgd, lookahead, ema, swa).
  bool averages() const;

  /// The weights to evaluate with, in float or double: the parameters themselves unless the rule says otherwise.
  ///
  /// Throws:  UsageError where `out` has another size.
  void evaluated(std::size_t index, std::span<float> out) const;
  void evaluated(std::size_t index, std::span<double> out) const;

  OptimizerState state() const;
  /// Throws:  UsageError naming what does not fit: another rule, a tensor that is missing, unknown or of another size. Then nothing
  ///          is changed.
  void restore(const OptimizerState& state);

 private:
  std::unique_ptr<optimizer::Running> running_;
};

}  // namespace calando
