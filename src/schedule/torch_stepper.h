// SPDX-License-Identifier: MIT
// PyTorch's schedulers as PyTorch runs them: each reads and writes the one rate of its optimizer, step by step. For
// SequentialLR and ChainedScheduler, whose members act on what the others left.
//
// Source:  torch/optim/lr_scheduler.py and swa_utils.py of PyTorch 2.15
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "src/schedule/dialect.h"

namespace calando::schedule {

/// Where PyTorch raises.
struct TorchRaises : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A group of parameters of an optimizer.
struct TorchGroup {
  double lr = 0;
  std::optional<double> initial_lr{};
  double swa_lr = 0;  // of the SWALR made last: they share it
};

/// LRScheduler. A scheduler's construction is its constructor and begin().
class TorchScheduler {
 public:
  explicit TorchScheduler(TorchGroup& group);
  /// For schedulers of schedulers, which have no base rate.
  TorchScheduler(TorchGroup& of, double no_base) : group(of), base(no_base) {}
  virtual ~TorchScheduler() = default;

  virtual void begin() { initial_step(); }
  virtual void step();
  virtual void undo() { --last_epoch; }
  void initial_step();
  /// At epoch e by the closed form where there is one; without e, one further.
  void update(std::optional<std::int64_t> epoch);

 protected:
  virtual double get_lr() = 0;
  virtual std::optional<double> closed_form() const { return std::nullopt; }

  TorchGroup& group;
  double base = 0;
  std::int64_t last_epoch = -1;
  std::int64_t step_count = 0;
  bool is_initial = false;
};

using TorchMaker = std::function<std::unique_ptr<TorchScheduler>(TorchGroup&)>;

/// How a call's scheduler is made. Throws UsageError for what is none.
TorchMaker torch_maker(const PeerCall& in);

TorchMaker torch_sequence_maker(std::vector<TorchMaker> members, std::vector<double> milestones);
TorchMaker torch_chain_maker(std::vector<TorchMaker> members);

/// The rate behind t calls of step(). Behind a step at which PyTorch raises, the rate is held. Keeps where it is, so that
/// steps in order cost O(1) each; the values do not depend on it.
std::shared_ptr<const ForeignRule> torch_rule(TorchMaker maker, double lr);

}  // namespace calando::schedule
