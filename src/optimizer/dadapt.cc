// SPDX-License-Identifier: MIT
#include <cmath>

#include "src/optimizer/whole_group.h"

namespace calando::optimizer {
namespace {

/// The larger of d and an estimate, as far as it may grow.
double grown(double d, double estimate, const std::optional<double>& growth) {
  return std::max(d, growth ? std::min(estimate, d * *growth) : estimate);
}

class DAdaptAdamWork {
  enum State { kM, kV, kS };

 public:
  explicit DAdaptAdamWork(const DAdaptAdam& rule) : d_(rule.d0) {}

  static std::vector<TensorState> states(const DAdaptAdam&, std::span<const std::size_t> shape) {
    return {like_values("m", shape), like_values("v", shape), like_values("s", shape)};
  }

  template <class Visit>
  void scalars(const Visit& visit) {
    visit("d", d_);
    visit("numerator", numerator_);
    visit("k", k_);
  }

  template <class T>
  void update(const AtStep<DAdaptAdam>& now, std::span<const TensorStep<T>> tensors, cpu::Team& team) {
    const DAdaptAdam& rule = now.rule;
    const auto gradient = coupled_gradient<T>(rule);
    const auto epsilon = static_cast<T>(rule.epsilon);
    const double rate = d_ * now.lr * correction(rule), root = std::sqrt(rule.beta2);
    const double along = sum_over_tensors(tensors, team, [&](const TensorStep<T>& at, std::size_t i) {
      return static_cast<double>(gradient(at, i)) *
             static_cast<double>(at.states[kS][i] / (std::sqrt(at.states[kV][i]) + epsilon));
    });
    const auto b1 = static_cast<T>(rule.beta1), b2 = static_cast<T>(rule.beta2), b3 = static_cast<T>(root);
    const auto into_m = static_cast<T>(rate * (1 - rule.beta1)), into_v = static_cast<T>(1 - rule.beta2);
    const double length = sum_over_tensors(
        tensors, team,
        [&, into_s = static_cast<T>(rate * (1 - root))](const TensorStep<T>& at, std::size_t i) {
          const T g = gradient(at, i);
          T &m = at.states[kM][i], &v = at.states[kV][i], &s = at.states[kS][i];
          m = b1 * m + into_m * g;
          v = b2 * v + into_v * (g * g);
          s = b3 * s + into_s * g;
          return std::abs(s);
        });
    if (length == 0) return;  // no gradient yet
    numerator_ = root * numerator_ + (1 - root) * rate * along;
    d_ = grown(d_, numerator_ / ((1 - root) * length), rule.growth);
    ++k_;
    const auto decay = static_cast<T>(rule.decay == Decay::decoupled ? rate * rule.weight_decay : 0);
    for_elements(tensors, team, [&](const TensorStep<T>& at, std::size_t i) {
      T& p = at.values[i];
      p -= decay * p;
      p -= at.states[kM][i] / (std::sqrt(at.states[kV][i]) + epsilon);
    });
  }

 private:
  double correction(const DAdaptAdam& rule) const {
    const double t = k_ + 1;
    return rule.bias_correction ? std::sqrt(1 - std::pow(rule.beta2, t)) / (1 - std::pow(rule.beta1, t)) : 1;
  }

  double d_;
  double numerator_ = 0, k_ = 0;
};

class DAdaptSgdWork {
  enum State { kS, kStart, kStarted };

 public:
  explicit DAdaptSgdWork(const DAdaptSgd& rule) : d_(rule.d0) {}

  static std::vector<TensorState> states(const DAdaptSgd&, std::span<const std::size_t> shape) {
    return {like_values("s", shape), like_values("p0", shape), {"started", {1}}};
  }

  template <class Visit>
  void scalars(const Visit& visit) {
    visit("d", d_);
    visit("numerator", numerator_);
    visit("first_norm", first_norm_);
  }

  template <class T>
  void update(const AtStep<DAdaptSgd>& now, std::span<const TensorStep<T>> tensors, cpu::Team& team) {
    const DAdaptSgd& rule = now.rule;
    if (first_norm_ == 0) {
      first_norm_ = std::sqrt(sum_over_tensors(tensors, team, [](const TensorStep<T>& at, std::size_t i) {
        const auto g = static_cast<double>(at.gradients[i] * at.scale);
        return g * g;
      }));
      if (first_norm_ == 0) return;
    }
    keep_start(tensors, kStart, kStarted);
    const auto gradient = [decay = static_cast<T>(rule.weight_decay)](const TensorStep<T>& at,
                                                                      std::size_t i) {
      return at.gradients[i] * at.scale + decay * at.values[i];
    };
    const double rate = d_ * now.lr / first_norm_;
    numerator_ += rate * sum_over_tensors(tensors, team, [&](const TensorStep<T>& at, std::size_t i) {
                    return static_cast<double>(gradient(at, i)) * static_cast<double>(at.states[kS][i]);
                  });
    const double square = sum_over_tensors(
        tensors, team, [&, into = static_cast<T>(rate)](const TensorStep<T>& at, std::size_t i) {
          T& s = at.states[kS][i];
          s += into * gradient(at, i);
          return static_cast<double>(s) * static_cast<double>(s);
        });
    if (square == 0) return;
    d_ = grown(d_, 2 * numerator_ / std::sqrt(square), rule.growth);
    for_elements(tensors, team,
                 [share = static_cast<T>(1 - rule.momentum)](const TensorStep<T>& at, std::size_t i) {
                   T& p = at.values[i];
                   p += share * ((at.states[kStart][i] - at.states[kS][i]) - p);
                 });
  }

 private:
  double d_;
  double numerator_ = 0, first_norm_ = 0;
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const DAdaptAdam& rule) {
  return std::make_unique<WholeGroup<DAdaptAdam, DAdaptAdamWork>>(rule);
}
template <>
std::unique_ptr<TensorRule> make_tensor_rule(const DAdaptSgd& rule) {
  return std::make_unique<WholeGroup<DAdaptSgd, DAdaptSgdWork>>(rule);
}

}  // namespace calando::optimizer
