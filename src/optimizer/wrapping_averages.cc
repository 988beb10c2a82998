// SPDX-License-Identifier: MIT
// Wrappers that keep other weights beside those that are trained: Lookahead, Ema, Swa.
#include <algorithm>

#include "src/optimizer/kept.h"
#include "src/optimizer/wrapping.h"

namespace calando::optimizer {
namespace {

/// Weights to evaluate with.
class Averaging : public Wrapping {
 public:
  Averaging(const Model& model, std::string_view owner, std::string name)
      : kept_(model, owner, std::move(name)) {}

  bool averages() const override { return true; }
  bool evaluated(std::size_t tensor, std::span<float> out) const override { return copy(tensor, out); }
  bool evaluated(std::size_t tensor, std::span<double> out) const override { return copy(tensor, out); }
  void add_state(OptimizerState& state) const override { kept_.add_state(state); }
  void restore(const OptimizerState& state) override { kept_.restore(state); }

 protected:
  /// Moves the average by a share of the way to the values.
  void move(double share) {
    kept_.each([share]<class T>(const T& value, T& average) {
      average += static_cast<T>(share) * (value - average);
    });
  }
  virtual bool started() const { return true; }

  Kept kept_;

 private:
  template <class T>
  bool copy(std::size_t tensor, std::span<T> out) const {
    if (!started()) return false;
    std::ranges::copy(kept_.of<T>(tensor), out.begin());
    return true;
  }
};

class LookaheadWork final : public Averaging {
 public:
  LookaheadWork(const Lookahead& options, const Model& model)
      : Averaging(model, "lookahead", "slow"), options_(options) {}

  void after(const StepAround& at) override {
    if ((at.steps + 1) % options_.k != 0) return;
    kept_.each([alpha = options_.alpha]<class T>(T& fast, T& slow) {
      slow += static_cast<T>(alpha) * (fast - slow);
      fast = slow;
    });
  }

 private:
  Lookahead options_;
};

class EmaWork final : public Averaging {
 public:
  EmaWork(const Ema& options, const Model& model) : Averaging(model, "ema", "ema"), options_(options) {}

  void after(const StepAround& at) override { move(at.steps == 0 ? 1 : 1 - options_.decay); }

 private:
  Ema options_;
};

class SwaWork final : public Averaging {
 public:
  SwaWork(const Swa& options, const Model& model) : Averaging(model, "swa", "swa"), options_(options) {}

  void after(const StepAround& at) override {
    const Step since = at.steps + 1 - options_.start;
    if (since > 0 && since % options_.every == 0) move(1 / ++count_);
  }
  void add_state(OptimizerState& state) const override {
    Averaging::add_state(state);
    state.scalars["swa/count"] = count_;
  }
  void restore(const OptimizerState& state) override {
    Averaging::restore(state);
    count_ = state.scalars.at("swa/count");
  }

 private:
  bool started() const override { return count_ > 0; }

  Swa options_;
  double count_ = 0;  // weights in the mean
};

}  // namespace

template <>
std::unique_ptr<Wrapping> make_wrapping(const Lookahead& options, const Model& model) {
  return std::make_unique<LookaheadWork>(options, model);
}
template <>
std::unique_ptr<Wrapping> make_wrapping(const Ema& options, const Model& model) {
  return std::make_unique<EmaWork>(options, model);
}
template <>
std::unique_ptr<Wrapping> make_wrapping(const Swa& options, const Model& model) {
  return std::make_unique<SwaWork>(options, model);
}

}  // namespace calando::optimizer
