// SPDX-License-Identifier: MIT
#include <cmath>

#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"

namespace calando::optimizer {
namespace {

/// |p| / |u|, kept below a limit where there is one; 1 where either is 0.
double trust_ratio(double p, double u, double largest) {
  if (p == 0 || u == 0) return 1;
  const double ratio = p / u;
  return largest > 0 && ratio > largest ? largest : ratio;
}

/// Lamb's formula on one element.
template <class T>
struct LambStep {
  T gain1, beta2, gain2, of_m, of_v, epsilon, decay;

  explicit LambStep(const AtStep<Lamb>& now) {
    const Lamb& rule = now.rule;
    const auto t = static_cast<double>(now.t);
    const auto bias = [&](double beta) { return rule.bias_correction ? 1 - std::pow(beta, t) : 1; };
    gain1 = static_cast<T>(1 - rule.beta1);
    beta2 = static_cast<T>(rule.beta2);
    gain2 = static_cast<T>(1 - rule.beta2);
    of_m = static_cast<T>(1 / bias(rule.beta1));
    of_v = static_cast<T>(1 / bias(rule.beta2));
    epsilon = static_cast<T>(rule.epsilon);
    decay = static_cast<T>(rule.weight_decay);
  }
  void moments(T g, T& m, T& v) const {
    m += gain1 * (g - m);
    v = beta2 * v + gain2 * (g * g);
  }
  T direction(T p, T m, T v) const { return of_m * m / (std::sqrt(of_v * v) + epsilon) + decay * p; }
};

struct LambWork {
  static std::vector<TensorState> states(const Lamb&, std::span<const std::size_t> shape) {
    return {like_values("m", shape), like_values("v", shape)};
  }

  template <class T>
  static void update(const AtStep<Lamb>& now, const TensorStep<T>& at, cpu::Team& team) {
    const LambStep<T> k(now);
    const std::span<T> p = at.values, m = at.states[0], v = at.states[1];
    const double of_p = norm<T>(team, p);
    const double square = sum_over(team, p.size(), [&](std::size_t i) {
      k.moments(at.gradients[i] * at.scale, m[i], v[i]);
      const auto u = static_cast<double>(k.direction(p[i], m[i], v[i]));
      return u * u;
    });
    const double of_u =
        norm_over(team, p.size(), square, [&](std::size_t i) { return k.direction(p[i], m[i], v[i]); });
    const auto rate = static_cast<T>(now.lr * trust_ratio(of_p, of_u, now.rule.largest_ratio));
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) p[i] -= rate * k.direction(p[i], m[i], v[i]);
    });
  }
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const Lamb& rule) {
  return std::make_unique<EachTensor<Lamb, LambWork>>(rule);
}

}  // namespace calando::optimizer
