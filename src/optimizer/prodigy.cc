// SPDX-License-Identifier: MIT
#include <cmath>

#include "src/optimizer/whole_group.h"

namespace calando::optimizer {
namespace {

class ProdigyWork {
  enum State { kM, kV, kS, kStart, kStarted };

 public:
  explicit ProdigyWork(const Prodigy& rule) : d_(rule.d0) {}

  static std::vector<TensorState> states(const Prodigy&, std::span<const std::size_t> shape) {
    return {like_values("m", shape),
            like_values("v", shape),
            like_values("s", shape),
            like_values("p0", shape),
            {"started", {1}}};
  }

  template <class Visit>
  void scalars(const Visit& visit) {
    visit("d", d_);
    visit("d_max", d_max_);
    visit("numerator", numerator_);
    visit("k", k_);
  }

  template <class T>
  void update(const AtStep<Prodigy>& now, std::span<const TensorStep<T>> tensors, cpu::Team& team) {
    const Prodigy& rule = now.rule;
    const auto gradient = coupled_gradient<T>(rule);
    keep_start(tensors, kStart, kStarted);
    const double rate = d_ * now.lr * correction(rule);
    const double along = sum_over_tensors(tensors, team, [&](const TensorStep<T>& at, std::size_t i) {
      return static_cast<double>(gradient(at, i)) * static_cast<double>(at.states[kStart][i] - at.values[i]);
    });
    const double beta3 = rule.beta3.value_or(std::sqrt(rule.beta2));
    const double of_s = d_ / rule.d0 * (rule.safeguard_warmup ? d_ : rate);
    const auto b1 = static_cast<T>(rule.beta1), b2 = static_cast<T>(rule.beta2), b3 = static_cast<T>(beta3);
    const auto into_m = static_cast<T>(d_ * (1 - rule.beta1)),
               into_v = static_cast<T>(d_ * d_ * (1 - rule.beta2));
    const double length = sum_over_tensors(
        tensors, team, [&, into_s = static_cast<T>(of_s)](const TensorStep<T>& at, std::size_t i) {
          const T g = gradient(at, i);
          T &m = at.states[kM][i], &v = at.states[kV][i], &s = at.states[kS][i];
          m = b1 * m + into_m * g;
          v = b2 * v + into_v * (g * g);
          s = b3 * s + into_s * g;
          return std::abs(s);
        });
    if (length == 0) return;  // no gradient yet
    estimate(rule, beta3 * numerator_ + d_ / rule.d0 * rate * along, length);
    const auto decay = static_cast<T>(rule.decay == Decay::decoupled ? rate * rule.weight_decay : 0);
    for_elements(tensors, team,
                 [&, lr = static_cast<T>(rate), epsilon = static_cast<T>(d_ * rule.epsilon)](
                     const TensorStep<T>& at, std::size_t i) {
                   T& p = at.values[i];
                   p -= decay * p;
                   p -= lr * at.states[kM][i] / (std::sqrt(at.states[kV][i]) + epsilon);
                 });
  }

 private:
  double correction(const Prodigy& rule) {
    const double t = k_ + 1;
    return rule.bias_correction ? std::sqrt(1 - std::pow(rule.beta2, t)) / (1 - std::pow(rule.beta1, t)) : 1;
  }

  void estimate(const Prodigy& rule, double numerator, double length) {
    numerator_ = numerator;
    const double estimated = rule.coefficient * numerator / length;
    if (d_ == rule.d0) d_ = std::max(d_, estimated);
    d_max_ = std::max({d_max_, rule.d0, estimated});
    d_ = rule.growth ? std::min(d_max_, d_ * *rule.growth) : d_max_;
    ++k_;
  }

  double d_;
  double d_max_ = 0, numerator_ = 0, k_ = 0;
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const Prodigy& rule) {
  return std::make_unique<WholeGroup<Prodigy, ProdigyWork>>(rule);
}

}  // namespace calando::optimizer
