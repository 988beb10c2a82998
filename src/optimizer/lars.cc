// SPDX-License-Identifier: MIT
#include <cmath>

#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"

namespace calando::optimizer {
namespace {

struct LarsWork {
  static std::vector<TensorState> states(const Lars&, std::span<const std::size_t> shape) {
    return {like_values("b", shape)};
  }

  /// Lars' r.
  template <class T>
  static double ratio(const Lars& rule, const TensorStep<T>& at, cpu::Team& team) {
    const double p = norm<T>(team, at.values);
    const auto decay = static_cast<T>(rule.weight_decay);
    const bool decayed = rule.norm == LarsNorm::decayed;
    const auto term = [&](std::size_t i) {
      const T own = at.gradients[i] * at.scale;
      return decayed ? own + decay * at.values[i] : own;
    };
    const double square = sum_over(team, at.values.size(), [&](std::size_t i) {
      const auto own = static_cast<double>(term(i));
      return own * own;
    });
    const double g = norm_over(team, at.values.size(), square, term);
    if (p == 0 || g == 0) return 1;
    return rule.trust * p / (g + (decayed ? 0 : rule.weight_decay * p) + rule.epsilon);
  }

  template <class T>
  static void update(const AtStep<Lars>& now, const TensorStep<T>& at, cpu::Team& team) {
    const Lars& rule = now.rule;
    const double r = ratio(rule, at, team);
    const auto into = static_cast<T>(rule.rate_in_momentum ? now.lr * r : r);
    const auto rate = static_cast<T>(rule.rate_in_momentum ? 1 : now.lr);
    const auto decay = static_cast<T>(rule.weight_decay);
    const auto mu = static_cast<T>(rule.momentum);
    const std::span<T> p = at.values, b = at.states[0];
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        const T u = into * (at.gradients[i] * at.scale + decay * p[i]);
        b[i] = mu * b[i] + u;
        p[i] -= rate * (rule.nesterov ? mu * b[i] + u : b[i]);
      }
    });
  }
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const Lars& rule) {
  return std::make_unique<EachTensor<Lars, LarsWork>>(rule);
}

}  // namespace calando::optimizer
