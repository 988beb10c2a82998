// SPDX-License-Identifier: MIT
#include <cmath>

#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"

namespace calando::optimizer {
namespace {

struct NovoGradWork {
  static std::vector<TensorState> states(const NovoGrad&, std::span<const std::size_t> shape) {
    return {like_values("m", shape), {"root_v", {1}}};
  }

  template <class T>
  static void update(const AtStep<NovoGrad>& now, const TensorStep<T>& at, cpu::Team& team) {
    const NovoGrad& rule = now.rule;
    const double length = norm<T>(team, at.gradients) * std::abs(static_cast<double>(at.scale));
    T& root_v = at.states[1][0];  // because v itself may not fit
    root_v = static_cast<T>(root_v == 0 ? length
                                        : std::hypot(std::sqrt(rule.beta2) * static_cast<double>(root_v),
                                                     std::sqrt(1 - rule.beta2) * length));
    const double gain = rule.gradient_averaging ? 1 - rule.beta1 : 1;
    const T root = root_v + static_cast<T>(rule.epsilon);
    const auto decay = static_cast<T>(rule.weight_decay), beta1 = static_cast<T>(rule.beta1);
    const auto into = static_cast<T>(gain), rate = static_cast<T>(now.lr);
    const std::span<T> p = at.values, m = at.states[0];
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        const T g = at.gradients[i] * at.scale;
        m[i] = beta1 * m[i] + into * ((g == 0 ? g : g / root) + decay * p[i]);
        p[i] -= rate * m[i];
      }
    });
  }
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const NovoGrad& rule) {
  return std::make_unique<EachTensor<NovoGrad, NovoGradWork>>(rule);
}

}  // namespace calando::optimizer
