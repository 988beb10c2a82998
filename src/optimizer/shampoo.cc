// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/optimizer/axes.h"
#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"
#include "src/optimizer/eigen.h"

namespace calando::optimizer {
namespace {

/// L^(-power) = V diag(w^(-power)) V^T, in double; eigenvalues that rounding made smaller than the first L's are taken as that.
template <class T>
void inverse_power(cpu::Team& team, std::span<const T> matrix, std::size_t size, double power,
                   double smallest, std::span<T> out) {
  const Eigen e = eigen(team, {matrix.begin(), matrix.end()}, size);
  std::vector<double> half = e.vectors, whole(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    const double w = e.values[i] < smallest ? smallest : e.values[i];
    for (double& x : std::span(half).subspan(i * size, size)) x *= std::pow(w, -power);
  }
  multiply_transposed(team, e.vectors.data(), half.data(), {size, size, size}, whole.data());
  std::ranges::transform(whole, out.begin(), [](double x) { return static_cast<T>(x); });
}

struct ShampooWork {
  static bool turns(const Shampoo& rule, std::size_t axis) {
    return axis <= static_cast<std::size_t>(rule.largest);
  }

  /// The buffer, then L and its root for each axis that has one. All start as 0: epsilon is added at the first step.
  static std::vector<TensorState> states(const Shampoo& rule, std::span<const std::size_t> shape) {
    std::vector<TensorState> made = {like_values("b", shape), {"started", {1}}};
    for (std::size_t k = 0; k < shape.size(); ++k) {
      if (!turns(rule, shape[k])) continue;
      made.push_back({fmt::format("l{}", k), {shape[k], shape[k]}});
      made.push_back({fmt::format("root{}", k), {shape[k], shape[k]}});
    }
    return made;
  }

  template <class T>
  static void update(const AtStep<Shampoo>& now, const TensorStep<T>& at, cpu::Team& team) {
    const Shampoo& rule = now.rule;
    const std::span<T> p = at.values, b = at.states[0];
    const bool first = std::exchange(at.states[1][0], T{1}) == 0;
    const auto coupled = static_cast<T>(rule.decay == Decay::coupled ? rule.weight_decay : 0);
    std::vector<T> g(p.size());
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i)
        g[i] = at.gradients[i] * at.scale + coupled * p[i];
    });
    std::vector<T> u = g;
    std::size_t state = 2;
    // Preconditioners first, from the gradient itself; then the product with the roots.
    for_each_axis(team, at.shape, g,
                  [&](std::size_t, std::size_t size, std::size_t rest, std::span<const T> x) -> const T* {
                    if (turns(rule, size)) {
                      mix(team, rule, x, {size, rest}, at.states[state], first);
                      if (first || (now.t - 1) % rule.frequency == 0)
                        inverse_power<T>(team, at.states[state], size, power_of(rule, at.shape), rule.epsilon,
                                         at.states[state + 1]);
                      state += 2;
                    }
                    return nullptr;
                  });
    state = 2;
    for_each_axis(team, at.shape, u,
                  [&](std::size_t, std::size_t size, std::size_t, std::span<const T>) -> const T* {
                    if (!turns(rule, size)) return nullptr;
                    state += 2;
                    return at.states[state - 1].data();
                  });
    const auto decay = static_cast<T>(rule.decay == Decay::decoupled ? now.lr * rule.weight_decay : 0);
    const auto rate = static_cast<T>(now.lr), mu = static_cast<T>(rule.momentum);
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        b[i] = mu * b[i] + u[i];
        p[i] -= decay * p[i] + rate * b[i];
      }
    });
  }

 private:
  struct Matrix {
    std::size_t size, length;
  };

  static double power_of(const Shampoo& rule, std::span<const std::size_t> shape) {
    return rule.power.value_or(0.5 / static_cast<double>(shape.size()));
  }

  /// L <- beta L + x x^T
  template <class T>
  static void mix(cpu::Team& team, const Shampoo& rule, std::span<const T> x, const Matrix& of,
                  std::span<T> l, bool first) {
    if (first) {
      for (std::size_t i = 0; i < of.size; ++i) l[i * of.size + i] = static_cast<T>(rule.epsilon);
    }
    std::vector<T> square(of.size * of.size);
    gram(team, x.data(), of.size, of.length, square.data());
    const auto beta = static_cast<T>(rule.beta);
    for (std::size_t i = 0; i < square.size(); ++i) l[i] = beta * l[i] + square[i];
  }
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const Shampoo& rule) {
  return std::make_unique<EachTensor<Shampoo, ShampooWork>>(rule);
}

}  // namespace calando::optimizer
