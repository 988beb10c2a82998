// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <vector>

#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"
#include "src/optimizer/orthogonal.h"

namespace calando::optimizer {
namespace {

double scale_of(const Muon& rule, std::span<const std::size_t> shape) {
  const auto rows = static_cast<double>(shape[0]), cols = static_cast<double>(shape[1]);
  switch (rule.scale) {
    case MuonScale::original:
      return std::sqrt(std::max(1.0, rows / cols));
    case MuonScale::match_rms:
      return rule.rms * std::sqrt(std::max(rows, cols));
    case MuonScale::spectral:
      return std::sqrt(rows / cols);
    case MuonScale::none:
      break;
  }
  return 1;
}

struct MuonWork {
  static std::vector<TensorState> states(const Muon& rule, std::span<const std::size_t> shape) {
    if (rule.matrix && shape.size() == 2) return {like_values("b", shape)};
    return {like_values("m", shape), like_values("v", shape)};
  }

  template <class T>
  static void update(const AtStep<Muon>& now, const TensorStep<T>& at, cpu::Team& team) {
    at.states.size() == 1 ? update_matrix(now, at, team) : update_other(now, at, team);
  }

  template <class T>
  static void update_matrix(const AtStep<Muon>& now, const TensorStep<T>& at, cpu::Team& team) {
    const Muon& rule = now.rule;
    const std::span<T> p = at.values, b = at.states[0];
    const auto mu = static_cast<T>(rule.momentum), fresh = static_cast<T>(1 - rule.momentum);
    std::vector<T> u(p.size());
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        const T g = at.gradients[i] * at.scale;
        b[i] += fresh * (g - b[i]);
        u[i] = rule.nesterov ? g + mu * (b[i] - g) : b[i];
      }
    });
    orthogonalize<T>(team, u, at.shape[0], at.shape[1],
                     {.steps = rule.steps,
                      .a = rule.a,
                      .b = rule.b,
                      .c = rule.c,
                      .smallest_norm = rule.epsilon,
                      .bf16 = rule.products == MuonProducts::bf16,
                      .norm_added = rule.epsilon_place == MuonEpsilon::added});
    const auto decay = static_cast<T>(now.lr * rule.weight_decay);
    const auto rate = static_cast<T>(now.lr * scale_of(rule, at.shape));
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) p[i] -= decay * p[i] + rate * u[i];
    });
  }

  template <class T>
  static void update_other(const AtStep<Muon>& now, const TensorStep<T>& at, cpu::Team& team) {
    Adam adam;
    adam.beta1 = now.rule.beta1;
    adam.beta2 = now.rule.beta2;
    adam.epsilon = now.rule.adam_epsilon;
    adam.epsilon_place = now.rule.adam_epsilon_place;
    adam.weight_decay = now.rule.adam_weight_decay;
    adam.decay = Decay::decoupled;
    Adam::Scalars scalars;
    const auto k = adam.at<T>(now.t, now.lr * now.rule.adam_scale, scalars);
    const std::span<T> p = at.values, m = at.states[0], v = at.states[1];
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        Adam::update<T>(k, p[i], at.gradients[i] * at.scale, m[i], v[i]);
      }
    });
  }
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const Muon& rule) {
  return std::make_unique<EachTensor<Muon, MuonWork>>(rule);
}

}  // namespace calando::optimizer
