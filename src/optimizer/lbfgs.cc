// SPDX-License-Identifier: MIT
#include "src/optimizer/lbfgs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "calando/error.h"
#include "src/optimizer/blocks.h"
#include "src/optimizer/kept.h"
#include "src/optimizer/strong_wolfe.h"

namespace calando::optimizer {
namespace {

constexpr double kLeastCurvature = 1e-10;  // of a pair s y that is kept

void check_takes(const Model& model) {
  const auto refuse = [](const std::string& what) { throw UsageError("lbfgs: " + what); };
  const OptimizerOptions& options = model.options;
  if (!options.groups.empty()) refuse("groups: all parameters are one vector with one rate");
  if (options.clip > 0 || options.clip_tensor > 0 || options.clip_value > 0)
    refuse("clipping: a clipped gradient is not that of the loss that is searched");
  if (options.skip_not_finite) refuse("skip_not_finite is not offered");
  if (options.states != StateStorage::f32) refuse("states: they are kept in full precision");
  for (const Tensor& tensor : model.tensors) {
    const Parameter& p = tensor.parameter;
    if (p.values.type() == NumberType::bf16 ||
        p.values.type() != model.tensors.front().parameter.values.type())
      refuse(fmt::format("parameter \"{}\": values in {}, expected all in float32 or all in float64", p.name,
                         calando::name_of(p.values.type())));
  }
  check_whole_gradients(model, Lbfgs::kName);
}

/// The two loops, the pairs that they need, and the line that is searched.
template <class T>
class LbfgsEngine final : public Engine {
  using Vector = std::vector<T>;

 public:
  explicit LbfgsEngine(const Model& model)
      : model_(model), rule_(std::get<Lbfgs>(model.groups.front().rule.rule)) {
    for (const Tensor& tensor : model.tensors) {
      first_.push_back(size_);
      size_ += tensor.parameter.values.size();
    }
    s_.assign(slots(), Vector(size_));
    y_.assign(slots(), Vector(size_));
    d_.resize(size_), before_.resize(size_);
  }

  bool searches() const override { return true; }

  void prepare(Step steps, double lr) override {
    const GroupOptions& group = model_.groups.front();
    rule_ = std::get<Lbfgs>(group.rule_at(steps));
    lr_ = group.rate_at(steps, lr);
  }

  StepReport search(const Evaluate& evaluate) override {
    StepReport report;
    report.loss = evaluate();
    evaluate_ = &evaluate;
    LinePoint<T> now{0, model_.options.maximise ? -report.loss : report.loss, 0, gathered_gradients()};
    report.gradient_norm = std::sqrt(dot(now.gradient, now.gradient));
    descend(std::move(now));
    return report;
  }

  void update(const GradientScale&, std::span<double>) override {}
  void measure(std::span<double>) override {}
  void rebind(std::size_t) override {}
  void evaluated(std::size_t tensor, std::span<float> out) const override { copy_values(tensor, out); }
  void evaluated(std::size_t tensor, std::span<double> out) const override { copy_values(tensor, out); }

  void add_state(OptimizerState& state) const override {
    state.scalars["iterations"] = iterations_;
    state.scalars["pairs"] = pairs_;
    state.scalars["t"] = t_;
    state.scalars["curvature"] = curvature_;
    for (const auto& [name, vectors] : saved(*this)) {
      for (std::size_t t = 0; t < first_.size(); ++t) {
        const Parameter& p = model_.tensors[t].parameter;
        const std::string full = fmt::format("{}/{}", p.name, name);
        std::vector<T>& to = tensors_of(state)[full];
        for (const Vector& own : vectors) {
          const auto part = std::span(own).subspan(first_[t], p.values.size());
          to.insert(to.end(), part.begin(), part.end());
        }
        state.shapes[full] = p.shape;
        state.shapes[full].insert(state.shapes[full].begin(), vectors.size());
      }
    }
  }

  void restore(const OptimizerState& state) override {
    check_counts(state);
    iterations_ = state.scalars.at("iterations");
    pairs_ = state.scalars.at("pairs");
    t_ = state.scalars.at("t");
    curvature_ = state.scalars.at("curvature");
    for (const auto& [name, vectors] : saved(*this)) {
      for (std::size_t t = 0; t < first_.size(); ++t) {
        const Parameter& p = model_.tensors[t].parameter;
        const std::vector<T>& from = tensors_of(state).at(fmt::format("{}/{}", p.name, name));
        for (std::size_t i = 0; i < vectors.size(); ++i) {
          const auto part = std::span(from).subspan(i * p.values.size(), p.values.size());
          std::ranges::copy(part, vectors[i].begin() + static_cast<std::ptrdiff_t>(first_[t]));
        }
      }
    }
  }

 private:
  /// Loops count up to these.
  static void check_counts(const OptimizerState& state) {
    const auto count = [&](const char* name, double most) {
      const double value = state.scalars.at(name);
      if (!(value >= 0 && value <= most && value == std::trunc(value)))
        throw UsageError(
            fmt::format("lbfgs: {} = {}, expected a whole number from 0 to {}", name, value, most));
      return value;
    };
    count("pairs", count("iterations", 0x1p53));
  }

  std::size_t slots() const { return static_cast<std::size_t>(rule_.history); }
  std::size_t slot(double pair) const { return static_cast<std::size_t>(std::fmod(pair, rule_.history)); }

  template <class F>
  void for_elements(const F& f) const {
    for_blocks(*model_.team, size_, [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) f(i);
    });
  }
  double dot(const Vector& a, const Vector& b) const {
    return sum_over(*model_.team, size_,
                    [&](std::size_t i) { return static_cast<double>(a[i]) * static_cast<double>(b[i]); });
  }
  /// a <- a + factor b
  void add(Vector& a, double factor, const Vector& b) const {
    for_elements([&a, &b, f = static_cast<T>(factor)](std::size_t i) { a[i] += f * b[i]; });
  }
  double largest(const Vector& a) const {
    double most = 0;
    for (const T x : a) {
      if (const double size = std::abs(static_cast<double>(x)); !(size <= most)) most = size;
    }
    return most;
  }

  Vector gathered_gradients() const {
    Vector all(size_);
    const T sign = model_.options.maximise ? -1 : 1;
    for (std::size_t t = 0; t < first_.size(); ++t) {
      const Tensor& tensor = model_.tensors[t];
      if (tensor.idle) continue;
      const std::span<const T> own = tensor.parameter.gradients.template as<T>();
      for (std::size_t i = 0; i < own.size(); ++i) all[first_[t] + i] = sign * own[i];
    }
    return all;
  }
  Vector gathered_values() const {
    Vector all;
    for (const Tensor& tensor : model_.tensors) {
      const auto own = tensor.parameter.values.template as<T>();
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }
  /// p <- x + t d
  void go_to(const Vector& x, double t) {
    for (std::size_t k = 0; k < first_.size(); ++k) {
      const auto own = model_.tensors[k].parameter.values.template as<T>();
      for (std::size_t i = 0; i < own.size(); ++i)
        own[i] = x[first_[k] + i] + static_cast<T>(t) * d_[first_[k] + i];
    }
  }

  LinePoint<T> evaluate_at(const Vector& x, double t) {
    go_to(x, t);
    const double loss = (*evaluate_)();
    LinePoint<T> at{t, model_.options.maximise ? -loss : loss, 0, gathered_gradients()};
    at.slope = dot(at.gradient, d_);
    return at;
  }

  /// Iterations until one of the limits.
  void descend(LinePoint<T> now) {
    if (largest(now.gradient) <= rule_.tolerance_gradient) return;
    int evaluations = 1;
    for (int i = 1;; ++i) {
      choose_direction(now.gradient);
      now.t = 0;
      now.slope = dot(now.gradient, d_);
      const double loss_before = now.loss;
      t_ = iterations_ == 1 ? std::min(1.0, 1 / absolute_sum(now.gradient)) * lr_ : lr_;
      before_ = now.gradient;
      if (now.slope > -rule_.tolerance_change) return;
      evaluations += move(now, evaluations, i == rule_.iterations);
      if (i == rule_.iterations || evaluations >= rule_.evaluations ||
          largest(now.gradient) <= rule_.tolerance_gradient || t_ * largest(d_) <= rule_.tolerance_change ||
          std::abs(now.loss - loss_before) < rule_.tolerance_change) {
        return;
      }
    }
  }

  double absolute_sum(const Vector& a) const {
    return sum_over(*model_.team, size_, [&](std::size_t i) { return std::abs(static_cast<double>(a[i])); });
  }

  /// One move along d; how many evaluations it took. Where one fails, the parameters go back to where the move started.
  int move(LinePoint<T>& now, int evaluations, bool last) {
    const Vector x = gathered_values();
    try {
      if (rule_.line_search == LineSearch::none) {
        go_to(x, t_);
        if (last) return 0;
        now = evaluate_at(x, t_);
        return 1;
      }
      const LineSearchLimits limits{kSmallestBracket, largest(d_), rule_.evaluations - evaluations};
      auto found = strong_wolfe<T>(now, t_, limits, [&](double t) { return evaluate_at(x, t); });
      now = std::move(found.best);
      t_ = now.t;
      go_to(x, t_);
      return found.evaluations;
    } catch (...) {
      go_to(x, 0);
      throw;
    }
  }

  /// d = -H g
  void choose_direction(const Vector& gradient) {
    if (++iterations_ > 1) remember(gradient);
    for_elements([&](std::size_t i) { d_[i] = -gradient[i]; });
    if (iterations_ == 1) return;
    const double oldest = std::max(0.0, pairs_ - rule_.history);
    std::vector<double> along(slots());
    const auto curvature_of = [&](std::size_t k) { return 1 / dot(y_[k], s_[k]); };
    for (double pair = pairs_ - 1; pair >= oldest; --pair) {
      const std::size_t k = slot(pair);
      along[k] = dot(s_[k], d_) * curvature_of(k);
      add(d_, -along[k], y_[k]);
    }
    for_elements([&, h = static_cast<T>(curvature_)](std::size_t i) { d_[i] *= h; });
    for (double pair = oldest; pair < pairs_; ++pair) {
      const std::size_t k = slot(pair);
      add(d_, along[k] - dot(y_[k], d_) * curvature_of(k), s_[k]);
    }
  }

  /// Keeps s = t d and y = g - g before, in the place of the oldest pair, where they curve enough.
  void remember(const Vector& gradient) {
    Vector s(size_), y(size_);
    for_elements([&, t = static_cast<T>(t_)](std::size_t i) {
      s[i] = t * d_[i];
      y[i] = gradient[i] - before_[i];
    });
    const double ys = dot(y, s);
    if (!(ys > kLeastCurvature)) return;
    curvature_ = ys / dot(y, y);
    const std::size_t k = slot(pairs_++);
    s_[k] = std::move(s), y_[k] = std::move(y);
  }

  /// The vectors that a state has, by name.
  template <class Self>
  static auto saved(Self& self) {
    using Vectors = std::conditional_t<std::is_const_v<Self>, std::span<const Vector>, std::span<Vector>>;
    return std::array<std::pair<std::string_view, Vectors>, 4>{
        {{"d", {&self.d_, 1}}, {"g", {&self.before_, 1}}, {"s", self.s_}, {"y", self.y_}}};
  }
  template <class State>
  static auto& tensors_of(State& state) {
    if constexpr (std::is_same_v<T, float>) {
      return state.tensors;
    } else {
      return state.doubles;
    }
  }

  template <class U>
  void copy_values(std::size_t tensor, std::span<U> out) const {
    std::ranges::copy(model_.tensors[tensor].parameter.values.template as<U>(), out.begin());
  }

  static constexpr double kSmallestBracket = 1e-9;

  const Model& model_;
  Lbfgs rule_;
  double lr_ = 1;
  const Evaluate* evaluate_ = nullptr;
  std::vector<std::size_t> first_;  // of each tensor in the vector of all
  std::size_t size_ = 0;
  Vector d_, before_;          // the direction and the gradient of the last iteration
  std::vector<Vector> s_, y_;  // a ring
  double iterations_ = 0, pairs_ = 0, t_ = 0, curvature_ = 1;
};

}  // namespace

std::unique_ptr<Engine> make_lbfgs_engine(const Model& model) {
  check_takes(model);
  const bool wide =
      !model.tensors.empty() && model.tensors.front().parameter.values.type() == NumberType::f64;
  if (wide) return std::make_unique<LbfgsEngine<double>>(model);
  return std::make_unique<LbfgsEngine<float>>(model);
}

}  // namespace calando::optimizer
