// SPDX-License-Identifier: MIT
#include "src/schedule/torch_stepper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "calando/error.h"
#include "src/schedule/dialect_parts.h"
#include "src/schedule/dialect_torch.h"
#include "src/schedule/math.h"

namespace calando::schedule {

TorchScheduler::TorchScheduler(TorchGroup& of) : group(of) {
  if (!group.initial_lr) group.initial_lr = group.lr;
  base = *group.initial_lr;
}

void TorchScheduler::initial_step() {
  step_count = 0;
  is_initial = true;
  step();
  is_initial = false;
}

void TorchScheduler::step() {
  ++step_count;
  update(std::nullopt);
}

void TorchScheduler::update(std::optional<std::int64_t> epoch) {
  last_epoch = epoch.value_or(last_epoch + 1);
  const std::optional<double> closed = epoch ? closed_form() : std::nullopt;
  const double lr = closed ? *closed : get_lr();
  if (!std::isfinite(lr)) throw TorchRaises("a division by 0");
  group.lr = lr;
}

namespace {

/// x^power as Python has it, for x >= 0.
double power_of(double x, double power) {
  if (power == 0) return 1;
  return rounded(pow(x, power));
}

double whole_power_of(double x, std::int64_t n) { return rounded(whole_power(x, n)); }

class StepDecay final : public TorchScheduler {
 public:
  StepDecay(TorchGroup& of, double every, double factor)
      : TorchScheduler(of), size(static_cast<std::int64_t>(every)), gamma(factor) {}

 private:
  double get_lr() override { return last_epoch == 0 || last_epoch % size != 0 ? group.lr : group.lr * gamma; }
  std::optional<double> closed_form() const override {
    return base * whole_power_of(gamma, last_epoch / size);
  }

  std::int64_t size;
  double gamma;
};

class MultiStep final : public TorchScheduler {
 public:
  MultiStep(TorchGroup& of, std::vector<double> at, double factor)
      : TorchScheduler(of), milestones(std::move(at)), gamma(factor) {}

 private:
  double get_lr() override {
    const auto e = static_cast<double>(last_epoch);
    const auto here = std::equal_range(milestones.begin(), milestones.end(), e);
    return group.lr * whole_power_of(gamma, here.second - here.first);
  }
  std::optional<double> closed_form() const override {
    const auto end = std::upper_bound(milestones.begin(), milestones.end(), static_cast<double>(last_epoch));
    return base * whole_power_of(gamma, end - milestones.begin());
  }

  std::vector<double> milestones;
  double gamma;
};

class ConstantFactor final : public TorchScheduler {
 public:
  ConstantFactor(TorchGroup& of, double by, double iters) : TorchScheduler(of), factor(by), total(iters) {}

 private:
  double get_lr() override {
    if (last_epoch == 0) return group.lr * factor;
    return static_cast<double>(last_epoch) == total ? group.lr * (1 / factor) : group.lr;
  }
  std::optional<double> closed_form() const override {
    const bool past = static_cast<double>(last_epoch) >= total;
    return base * (factor + (past ? 1 - factor : 0));
  }

  double factor;
  double total;
};

class LinearFactor final : public TorchScheduler {
 public:
  LinearFactor(TorchGroup& of, double from, double to, double iters)
      : TorchScheduler(of), start(from), end(to), total(iters) {}

 private:
  double get_lr() override {
    const auto e = static_cast<double>(last_epoch);
    if (last_epoch == 0) return group.lr * start;
    if (is_initial || e > total) return group.lr;
    return group.lr * (1 + (end - start) / (total * start + (e - 1) * (end - start)));
  }
  std::optional<double> closed_form() const override {
    return base * (start + (end - start) * std::min(total, static_cast<double>(last_epoch)) / total);
  }

  double start;
  double end;
  double total;
};

class Exponential final : public TorchScheduler {
 public:
  Exponential(TorchGroup& of, double factor) : TorchScheduler(of), gamma(factor) {}

 private:
  double get_lr() override { return is_initial ? group.lr : group.lr * gamma; }
  std::optional<double> closed_form() const override { return base * whole_power_of(gamma, last_epoch); }

  double gamma;
};

class Polynomial final : public TorchScheduler {
 public:
  Polynomial(TorchGroup& of, double iters, double exponent)
      : TorchScheduler(of), total(iters), power(exponent) {}

 private:
  double get_lr() override {
    const auto e = static_cast<double>(last_epoch);
    if (is_initial || e > total) return group.lr;
    return group.lr * power_of((1 - e / total) / (1 - (e - 1) / total), power);
  }
  std::optional<double> closed_form() const override {
    return base * power_of(1 - std::min(total, static_cast<double>(last_epoch)) / total, power);
  }

  double total;
  double power;
};

class CosineAnnealing final : public TorchScheduler {
 public:
  CosineAnnealing(TorchGroup& of, double period, double low) : TorchScheduler(of), T(period), eta_min(low) {}

 private:
  double get_lr() override {
    const auto e = static_cast<double>(last_epoch);
    if (is_initial) return group.lr;
    if (step_count == 1 && last_epoch > 0) return *closed_form();
    const double rest = std::fmod(e - 1 - T, 2 * T);
    if (rest == 0) return group.lr + (base - eta_min) * (1 - cospi(1 / T)) / 2;
    return (1 + cospi(e / T)) / (1 + cospi((e - 1) / T)) * (group.lr - eta_min) + eta_min;
  }
  std::optional<double> closed_form() const override {
    return eta_min + (base - eta_min) * (1 + cospi(static_cast<double>(last_epoch) / T)) / 2;
  }

  double T;
  double eta_min;
};

class WarmRestarts final : public TorchScheduler {
 public:
  WarmRestarts(TorchGroup& of, double period, double mult, double low)
      : TorchScheduler(of), T_0(period), T_i(period), T_mult(mult), eta_min(low) {}

  void step() override {
    if (last_epoch < 0) {
      T_cur = 0;
      T_i = T_0;
      last_epoch = 0;
    } else {
      ++last_epoch;
      if (++T_cur >= T_i) {
        T_cur = std::fmod(T_cur, T_i);
        T_i *= T_mult;
      }
    }
    group.lr = get_lr();
  }

 private:
  double get_lr() override { return eta_min + (base - eta_min) * (1 + cospi(T_cur / T_i)) / 2; }

  double T_0;
  double T_i;
  double T_mult;
  double eta_min;
  double T_cur = -1;
};

/// Schedulers that set the rate whatever it was, as a function of their epoch.
class Setter : public TorchScheduler {
 public:
  Setter(TorchGroup& of, std::function<double(double)> rule) : TorchScheduler(of), value(std::move(rule)) {}

 private:
  double get_lr() override { return value(static_cast<double>(last_epoch)); }

  std::function<double(double)> value;
};

class Cyclic final : public Setter {
 public:
  using Setter::Setter;

  /// While it is constructed its base is still the optimizer's.
  void begin() override {
    Setter::begin();
    group.lr = base;
  }
};

class Swa final : public TorchScheduler {
 public:
  Swa(TorchGroup& of, double rate, double epochs, bool along_cosine)
      : TorchScheduler(of), anneal(epochs), cosine(along_cosine) {
    group.swa_lr = rate;
  }

 private:
  double get_lr() override {
    double e = static_cast<double>(step_count - 1);
    if (anneal == 0) e = std::max(1.0, e);
    const double before = alpha(e - 1);
    const double initial = before == 1 ? group.swa_lr : (group.lr - before * group.swa_lr) / (1 - before);
    const double now = alpha(e);
    return group.swa_lr * now + initial * (1 - now);
  }
  double alpha(double e) const {
    const double t = std::clamp(e / std::max(1.0, anneal), 0.0, 1.0);
    return cosine ? (1 - cospi(t)) / 2 : t;
  }

  double anneal;
  bool cosine;
};

class SteppedRule final : public ForeignRule {
 public:
  SteppedRule(TorchMaker maker, double lr) : maker_(std::move(maker)), lr_(lr) { restart(); }

  double at(Step t) const override {
    constexpr Step kFarthest = 1'000'000'000;
    if (t > kFarthest)
      throw UsageError(
          fmt::format("a schedule that is stepped, at step {}, expected at most {}", t, kFarthest));
    const std::lock_guard lock(mutex_);
    if (t < t_) restart();
    while (t_ < t && !raised_) advance();
    return group_.lr;
  }

 private:
  void restart() const {
    group_ = TorchGroup{.lr = lr_};
    scheduler_ = maker_(group_);
    scheduler_->begin();
    t_ = 0;
    raised_ = false;
  }
  void advance() const {
    const double before = group_.lr;
    try {
      scheduler_->step();
      ++t_;
    } catch (const TorchRaises&) {
      group_.lr = before;
      raised_ = true;
    }
  }

  TorchMaker maker_;
  double lr_;
  mutable std::mutex mutex_;
  mutable TorchGroup group_{};
  mutable std::unique_ptr<TorchScheduler> scheduler_;
  mutable Step t_ = 0;
  mutable bool raised_ = false;
};

template <class Scheduler, class... Options>
TorchMaker maker_of(Options... options) {
  return [=](TorchGroup& group) { return std::make_unique<Scheduler>(group, options...); };
}

TorchMaker cyclic_maker(const PeerCall& in) {
  const Schedule cycle = in.dialect().build(in);
  const double base = in.number("base_lr");
  return [cycle, base](TorchGroup& group) {
    group.lr = base;
    return std::make_unique<Cyclic>(group,
                                    [cycle](double e) { return cycle(static_cast<Step>(std::max(e, 0.0))); });
  };
}

TorchMaker one_cycle_maker(const PeerCall& in) {
  const TorchOneCycle cycle = torch_one_cycle(in);
  return [cycle](TorchGroup& group) {
    group.initial_lr = cycle.phases.front().from;
    return std::make_unique<Setter>(group, [cycle](double e) {
      if (e > cycle.total) throw TorchRaises("OneCycleLR past its end");
      return cycle.at(e);
    });
  };
}

}  // namespace

TorchMaker torch_maker(const PeerCall& in) {
  const std::string_view name = in.dialect().name;
  if (name == "StepLR") return maker_of<StepDecay>(in.number("step_size"), in.number("gamma"));
  if (name == "MultiStepLR") return maker_of<MultiStep>(torch_milestones(in), in.number("gamma"));
  if (name == "ConstantLR") return maker_of<ConstantFactor>(in.number("factor"), in.number("total_iters"));
  if (name == "LinearLR") {
    return maker_of<LinearFactor>(in.number("start_factor"), in.number("end_factor"),
                                  in.number("total_iters"));
  }
  if (name == "ExponentialLR") return maker_of<Exponential>(in.number("gamma"));
  if (name == "PolynomialLR") return maker_of<Polynomial>(in.number("total_iters"), in.number("power"));
  if (name == "CosineAnnealingLR") return maker_of<CosineAnnealing>(in.number("T_max"), in.number("eta_min"));
  if (name == "CosineAnnealingWarmRestarts") {
    return maker_of<WarmRestarts>(in.number("T_0"), in.number("T_mult"), in.number("eta_min"));
  }
  if (name == "SWALR") {
    return maker_of<Swa>(in.number("swa_lr"), in.number("anneal_epochs"),
                         in.word("anneal_strategy") == "cos");
  }
  if (name == "CyclicLR") return cyclic_maker(in);
  if (name == "OneCycleLR") return one_cycle_maker(in);
  in.dialect().build(in);  // LambdaLR, ReduceLROnPlateau: they say why they are refused
  in.refuse_call("is none that can be a member");
}

std::shared_ptr<const ForeignRule> torch_rule(TorchMaker maker, double lr) {
  return std::make_shared<const SteppedRule>(std::move(maker), lr);
}

}  // namespace calando::schedule
