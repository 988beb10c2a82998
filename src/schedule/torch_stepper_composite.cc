// SPDX-License-Identifier: MIT
// SequentialLR and ChainedScheduler, stepped.
#include <algorithm>
#include <utility>

#include "src/schedule/torch_stepper.h"

namespace calando::schedule {
namespace {

std::vector<std::unique_ptr<TorchScheduler>> made(const std::vector<TorchMaker>& makers, TorchGroup& group) {
  std::vector<std::unique_ptr<TorchScheduler>> members;
  for (const TorchMaker& maker : makers) {
    members.push_back(maker(group));
    members.back()->begin();
  }
  return members;
}

class Sequential final : public TorchScheduler {
 public:
  Sequential(TorchGroup& of, std::vector<TorchMaker> makers, std::vector<double> bounds)
      : TorchScheduler(of, 0), makers_(std::move(makers)), milestones(std::move(bounds)) {}

  void begin() override {
    members = made(makers_, group);
    last_epoch = 0;
    group.lr = *group.initial_lr;
    undo();
    members[active()]->initial_step();
  }
  void step() override {
    ++last_epoch;
    const std::size_t k = active();
    const bool at_start = k > 0 && milestones[k - 1] == static_cast<double>(last_epoch);
    if (at_start) {
      members[k]->update(0);
    } else {
      members[k]->step();
    }
  }
  void undo() override {
    for (auto& member : members) member->undo();
  }

 private:
  double get_lr() override { throw TorchRaises("a scheduler of schedulers has no rate of its own"); }
  std::size_t active() const {
    return static_cast<std::size_t>(
        std::upper_bound(milestones.begin(), milestones.end(), static_cast<double>(last_epoch)) -
        milestones.begin());
  }

  std::vector<TorchMaker> makers_;
  std::vector<double> milestones;
  std::vector<std::unique_ptr<TorchScheduler>> members{};
};

class Chained final : public TorchScheduler {
 public:
  Chained(TorchGroup& of, std::vector<TorchMaker> makers)
      : TorchScheduler(of, 0), makers_(std::move(makers)) {}

  void begin() override { members = made(makers_, group); }
  void step() override {
    for (auto& member : members) member->step();
  }
  void undo() override {
    for (auto& member : members) member->undo();
  }

 private:
  double get_lr() override { throw TorchRaises("a scheduler of schedulers has no rate of its own"); }

  std::vector<TorchMaker> makers_;
  std::vector<std::unique_ptr<TorchScheduler>> members{};
};

}  // namespace

TorchMaker torch_sequence_maker(std::vector<TorchMaker> members, std::vector<double> milestones) {
  return [members = std::move(members), milestones = std::move(milestones)](TorchGroup& group) {
    return std::make_unique<Sequential>(group, members, milestones);
  };
}

TorchMaker torch_chain_maker(std::vector<TorchMaker> members) {
  return
      [members = std::move(members)](TorchGroup& group) { return std::make_unique<Chained>(group, members); };
}

}  // namespace calando::schedule
