// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/optimizer/axes.h"
#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"
#include "src/optimizer/eigen.h"

namespace calando::optimizer {
namespace {

struct SoapWork {
  enum State { kM, kV, kSteps, kFirstAxis };

  /// m, v, the steps since the tensor had its first gradient; then L and Q's columns, as rows, for each axis that is turned.
  static std::vector<TensorState> states(const Soap& rule, std::span<const std::size_t> shape) {
    std::vector<TensorState> made = {like_values("m", shape), like_values("v", shape), {"steps", {1}}};
    for (std::size_t k = 0; k < shape.size(); ++k) {
      if (!turns(rule, shape, k)) continue;
      made.push_back({fmt::format("l{}", k), {shape[k], shape[k]}});
      made.push_back({fmt::format("q{}", k), {shape[k], shape[k]}});
    }
    return made;
  }

  template <class T>
  static void update(const AtStep<Soap>& now, const TensorStep<T>& at, cpu::Team& team) {
    std::vector<T> g(at.values.size());
    for_blocks(team, g.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) g[i] = at.gradients[i] * at.scale;
    });
    T& steps = at.states[kSteps][0];
    const bool first = steps == 0;
    if (!first) move(now, at, g, static_cast<double>(steps), team);
    mix(now.rule, at, g, team);
    if (first) {
      for_each_turned(now.rule, at, [&](std::size_t, std::size_t size, std::span<T> l, std::span<T> q) {
        std::ranges::transform(eigen(team, {l.begin(), l.end()}, size).vectors, q.begin(),
                               [](double x) { return static_cast<T>(x); });
      });
    } else if (static_cast<Step>(steps) % now.rule.frequency == 0) {
      turn_bases(now.rule, at, team);
    }
    ++steps;
  }

 private:
  static bool turns(const Soap& rule, std::span<const std::size_t> shape, std::size_t axis) {
    return shape[axis] <= static_cast<std::size_t>(rule.largest) && (shape.size() > 1 || rule.vectors);
  }

  /// f(axis, size, L, Q) for each axis that is turned.
  template <class T, class F>
  static void for_each_turned(const Soap& rule, const TensorStep<T>& at, const F& f) {
    std::size_t state = kFirstAxis;
    for (std::size_t k = 0; k < at.shape.size(); ++k) {
      if (!turns(rule, at.shape, k)) continue;
      f(k, at.shape[k], at.states[state], at.states[state + 1]);
      state += 2;
    }
  }

  enum class Direction { into_basis, back };

  template <class T>
  static void project(const Soap& rule, const TensorStep<T>& at, std::vector<T>& x, Direction direction,
                      cpu::Team& team) {
    std::size_t state = kFirstAxis;
    std::vector<T> columns;
    for_each_axis(team, at.shape, x,
                  [&](std::size_t axis, std::size_t size, std::size_t, std::span<const T>) -> const T* {
                    if (!turns(rule, at.shape, axis)) return nullptr;
                    const T* const rows = at.states[state + 1].data();
                    state += 2;
                    if (direction == Direction::back) return rows;
                    columns.resize(size * size);
                    transpose(team, rows, size, size, columns.data());
                    return columns.data();
                  });
  }

  /// The update of the parameters; t counts from the second gradient on.
  template <class T>
  static void move(const AtStep<Soap>& now, const TensorStep<T>& at, const std::vector<T>& g, double t,
                   cpu::Team& team) {
    const Soap& rule = now.rule;
    const std::span<T> p = at.values, m = at.states[kM], v = at.states[kV];
    std::vector<T> turned = g;
    project(rule, at, turned, Direction::into_basis, team);
    const auto gain1 = static_cast<T>(1 - rule.beta1), gain2 = static_cast<T>(1 - rule.beta2),
               epsilon = static_cast<T>(rule.epsilon);
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        m[i] += gain1 * (g[i] - m[i]);
        v[i] += gain2 * (turned[i] * turned[i] - v[i]);
      }
    });
    std::vector<T> u(m.begin(), m.end());
    project(rule, at, u, Direction::into_basis, team);
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i)
        u[i] = u[i] == 0 ? u[i] : u[i] / (std::sqrt(v[i]) + epsilon);
    });
    project(rule, at, u, Direction::back, team);
    const double correction =
        rule.bias_correction ? std::sqrt(1 - std::pow(rule.beta2, t)) / (1 - std::pow(rule.beta1, t)) : 1;
    const auto rate = static_cast<T>(now.lr * correction), decay = static_cast<T>(now.lr * rule.weight_decay);
    for_blocks(team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        const T moved = p[i] - rate * u[i];
        p[i] = moved - decay * moved;
      }
    });
  }

  /// L <- b L + (1 - b) G G^T, the product in double: what it rounds is divided by gaps between eigenvalues.
  template <class T>
  static void mix(const Soap& rule, const TensorStep<T>& at, std::vector<T>& g, cpu::Team& team) {
    const double gain = 1 - rule.beta.value_or(rule.beta2);
    std::size_t state = kFirstAxis;
    for_each_axis(
        team, at.shape, g,
        [&](std::size_t axis, std::size_t size, std::size_t rest, std::span<const T> x) -> const T* {
          if (!turns(rule, at.shape, axis)) return nullptr;
          const std::vector<double> wide(x.begin(), x.end());
          std::vector<double> square(size * size);
          gram(team, wide.data(), size, rest, square.data());
          const std::span<T> l = at.states[state];
          for (std::size_t i = 0; i < l.size(); ++i) l[i] = static_cast<T>(l[i] + gain * (square[i] - l[i]));
          state += 2;
          return nullptr;
        });
  }

  /// One round of the power iteration for each basis: vectors and v by falling eigenvalues, then Q <- QR(L Q).
  template <class T>
  static void turn_bases(const Soap& rule, const TensorStep<T>& at, cpu::Team& team) {
    for_each_turned(rule, at, [&](std::size_t axis, std::size_t size, std::span<T> l, std::span<T> q) {
      const std::vector<double> basis(q.begin(), q.end()), mean(l.begin(), l.end());
      std::vector<double> product(size * size);
      multiply(team, basis.data(), mean.data(), size, size, product.data());  // row i: L times vector i
      std::vector<double> estimates(size);
      for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) estimates[i] += basis[i * size + j] * product[i * size + j];
      }
      std::vector<std::size_t> order(size);
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::ranges::stable_sort(order,
                               [&](std::size_t a, std::size_t b) { return estimates[a] > estimates[b]; });
      std::vector<double> sorted;
      for (const std::size_t i : order)
        sorted.insert(sorted.end(), product.begin() + static_cast<std::ptrdiff_t>(i * size),
                      product.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
      permute(at, axis, order);
      std::ranges::transform(orthogonal_rows(team, std::move(sorted), size), q.begin(),
                             [](double x) { return static_cast<T>(x); });
    });
  }

  /// v with the elements along an axis in another order.
  template <class T>
  static void permute(const TensorStep<T>& at, std::size_t axis, const std::vector<std::size_t>& order) {
    const std::span<T> v = at.states[kV];
    const std::vector<T> old(v.begin(), v.end());
    const auto after = at.shape.subspan(axis + 1);
    const std::size_t inner =
        std::accumulate(after.begin(), after.end(), std::size_t{1}, std::multiplies<>());
    for (std::size_t i = 0; i < v.size(); ++i) {
      const std::size_t here = i / inner % order.size();
      v[i] = old[i - here * inner + order[here] * inner];
    }
  }
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const Soap& rule) {
  return std::make_unique<EachTensor<Soap, SoapWork>>(rule);
}

}  // namespace calando::optimizer
