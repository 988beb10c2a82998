// SPDX-License-Identifier: MIT
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "src/optimizer/blocks.h"
#include "src/optimizer/each_tensor.h"

namespace calando::optimizer {
namespace {

/// Rows that are summed by column before the sums are: fixed, so that the bits are.
constexpr std::size_t kRows = 64;

/// The matrices of a tensor: its last two axes.
struct Matrices {
  std::size_t count, rows, cols;
};
Matrices matrices_of(std::span<const std::size_t> shape) {
  const std::size_t axes = shape.size();
  const std::size_t rows = shape[axes - 2], cols = shape[axes - 1];
  const auto leading = shape.first(axes - 2);
  return {std::accumulate(leading.begin(), leading.end(), std::size_t{1}, std::multiplies<>()), rows, cols};
}

/// What a step needs of the options.
template <class T>
struct Now {
  double fresh;  // 1 - b2
  double added;  // to squares
  T floor;       // of v
  double floor_of_mean;

  explicit Now(const AtStep<Adafactor>& now)
      : fresh(std::pow(static_cast<double>(now.t), -now.rule.decay_power)) {
    const bool adds = now.rule.epsilon_place == AdafactorEpsilon::added;
    const double epsilon = now.rule.epsilon.value_or(std::numeric_limits<T>::epsilon());
    added = adds ? epsilon : 0;
    floor = adds ? 0 : static_cast<T>(epsilon * epsilon);
    floor_of_mean = adds ? 0 : epsilon;
  }
};

/// Gradients times the scale, squared, in double.
template <class T>
double square(const TensorStep<T>& at, std::size_t i) {
  const auto g = static_cast<double>(at.gradients[i] * at.scale);
  return g * g;
}

template <class T>
void mix(T& state, double fresh, double mean) {
  state += static_cast<T>(fresh) * (static_cast<T>(mean) - state);
}

template <class T>
void mix_rows(const Now<T>& k, const TensorStep<T>& at, const Matrices& of, cpu::Team& team) {
  for_blocks(team, of.count * of.rows, kRows, [&](std::size_t, Block rows) {
    for (std::size_t r = rows.first; r < rows.last; ++r) {
      double sum = 0;
      for (std::size_t c = 0; c < of.cols; ++c) sum += square(at, r * of.cols + c);
      mix(at.states[0][r], k.fresh, sum / static_cast<double>(of.cols) + k.added);
    }
  });
}

template <class T>
void mix_cols(const Now<T>& k, const TensorStep<T>& at, const Matrices& of, cpu::Team& team) {
  const std::size_t blocks = (of.rows + kRows - 1) / kRows;
  std::vector<double> sums(blocks * of.cols);
  for (std::size_t matrix = 0; matrix < of.count; ++matrix) {
    for_blocks(team, of.rows, kRows, [&](std::size_t b, Block rows) {
      const std::span<double> own = std::span(sums).subspan(b * of.cols, of.cols);
      std::ranges::fill(own, 0);
      for (std::size_t r = rows.first; r < rows.last; ++r) {
        for (std::size_t c = 0; c < of.cols; ++c) own[c] += square(at, (matrix * of.rows + r) * of.cols + c);
      }
    });
    for (std::size_t c = 0; c < of.cols; ++c) {
      double sum = 0;
      for (std::size_t b = 0; b < blocks; ++b) sum += sums[b * of.cols + c];
      mix(at.states[1][matrix * of.cols + c], k.fresh, sum / static_cast<double>(of.rows) + k.added);
    }
  }
}

/// Means of the rows' states, by matrix.
template <class T>
std::vector<double> means_of_rows(const Now<T>& k, std::span<const T> rows, const Matrices& of) {
  std::vector<double> means;
  for (std::size_t matrix = 0; matrix < of.count; ++matrix) {
    const auto own = rows.subspan(matrix * of.rows, of.rows);
    const double mean = std::accumulate(own.begin(), own.end(), 0.0) / static_cast<double>(of.rows);
    means.push_back(mean < k.floor_of_mean ? k.floor_of_mean : mean);
  }
  return means;
}

template <class T>
T divided(T g, T v, T floor) {
  v = v < floor ? floor : v;
  return g == 0 ? g : g / std::sqrt(v);
}

/// `direction(i)` is u; then what is common to matrices and vectors.
template <class T, class Direction>
void apply(const AtStep<Adafactor>& now, const TensorStep<T>& at, T* mean, cpu::Team& team,
           const Direction& direction) {
  const Adafactor& rule = now.rule;
  const std::span<T> p = at.values;
  const auto rms = [&](double sum) { return std::sqrt(sum / static_cast<double>(p.size())); };
  double rate = now.lr;
  if (rule.relative_step) rate = std::min(rate, 1 / std::sqrt(static_cast<double>(now.t)));
  if (rule.scale_parameter) {
    const double own = rms(square_sum<T>(team, p));
    rate *= own < rule.smallest_scale ? rule.smallest_scale : own;
  }
  if (rule.clip > 0) {
    const double own = rms(sum_over(team, p.size(), [&](std::size_t i) {
      const auto u = static_cast<double>(direction(i));
      return u * u;
    }));
    if (!(own <= rule.clip)) rate /= own / rule.clip;
  }
  const double decay = rule.weight_decay * (rule.decay == AdafactorDecay::rate ? now.lr : 1);
  const auto of_u = static_cast<T>(rate), of_p = static_cast<T>(decay), gain = static_cast<T>(1 - rule.beta1);
  for_blocks(team, p.size(), [&](Block block) {
    for (std::size_t i = block.first; i < block.last; ++i) {
      T u = of_u * direction(i);
      if (mean != nullptr) u = mean[i] += gain * (u - mean[i]);
      p[i] -= of_p * p[i] + u;
    }
  });
}

struct AdafactorWork {
  static bool factors(const Adafactor& rule, std::span<const std::size_t> shape) {
    if (shape.size() < 2) return false;
    const Matrices of = matrices_of(shape);
    return std::min(of.rows, of.cols) >= static_cast<std::size_t>(rule.smallest_factored);
  }

  static std::vector<TensorState> states(const Adafactor& rule, std::span<const std::size_t> shape) {
    std::vector<TensorState> made;
    if (factors(rule, shape)) {
      std::vector<std::size_t> rows(shape.begin(), shape.end() - 1), cols = rows;
      cols.back() = shape.back();
      made = {{"rows", rows}, {"columns", cols}};
    } else {
      made = {like_values("v", shape)};
    }
    if (rule.beta1 > 0) made.push_back(like_values("m", shape));
    return made;
  }

  template <class T>
  static void update(const AtStep<Adafactor>& now, const TensorStep<T>& at, cpu::Team& team) {
    const Now<T> k(now);
    // A rule whose options follow a schedule keeps the states that it started with.
    const bool factored = at.states[0].size() != at.values.size() ||
                          (at.states.size() > 1 && at.states[1].size() != at.values.size());
    const std::size_t kept = factored ? 2 : 1;
    T* const mean = at.states.size() > kept ? at.states[kept].data() : nullptr;
    if (factored) return update_matrices(now, k, at, mean, team);
    const std::span<T> v = at.states[0];
    for_blocks(team, v.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) mix(v[i], k.fresh, square(at, i) + k.added);
    });
    apply(now, at, mean, team,
          [&](std::size_t i) { return divided(at.gradients[i] * at.scale, v[i], k.floor); });
  }

  template <class T>
  static void update_matrices(const AtStep<Adafactor>& now, const Now<T>& k, const TensorStep<T>& at, T* mean,
                              cpu::Team& team) {
    const Matrices of = matrices_of(at.shape);
    mix_rows(k, at, of, team);
    mix_cols(k, at, of, team);
    const std::span<T> rows = at.states[0], cols = at.states[1];
    const std::vector<double> means = means_of_rows<T>(k, rows, of);
    apply(now, at, mean, team, [&](std::size_t i) {
      const std::size_t row = i / of.cols, matrix = row / of.rows;
      const double v = static_cast<double>(rows[row]) / means[matrix] *
                       static_cast<double>(cols[matrix * of.cols + i % of.cols]);
      return divided(at.gradients[i] * at.scale, static_cast<T>(v), k.floor);
    });
  }
};

}  // namespace

template <>
std::unique_ptr<TensorRule> make_tensor_rule(const Adafactor& rule) {
  return std::make_unique<EachTensor<Adafactor, AdafactorWork>>(rule);
}

}  // namespace calando::optimizer
