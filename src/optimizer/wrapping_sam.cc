// SPDX-License-Identifier: MIT
#include <cmath>

#include "src/optimizer/kept.h"
#include "src/optimizer/wrapping.h"

namespace calando::optimizer {
namespace {

class SamWork final : public Wrapping {
 public:
  SamWork(const Sam& options, const Model& model)
      : options_(options), model_(model), at_rest_(model, Sam::kName, "at_rest") {
    check_whole_gradients(model, Sam::kName);
  }

  bool evaluates() const override { return true; }

  void look(const Evaluate& evaluate) override {
    at_rest_.each([]<class T>(const T& value, T& kept) { kept = value; });
    std::vector<double> squares, norms;
    for_each_tensor([&]<class T>(std::size_t, std::span<T> p, std::span<const T> g) {
      const auto length = [&](std::size_t i) {
        return static_cast<double>(g[i]) * (options_.adaptive ? std::abs(static_cast<double>(p[i])) : 1);
      };
      squares.push_back(
          sum_over(*model_.team, p.size(), [&](std::size_t i) { return length(i) * length(i); }));
      norms.push_back(norm_over(*model_.team, p.size(), squares.back(), length));
    });
    const double norm =
        norm_over(*model_.team, norms.size(), tree_sum(squares), [&](std::size_t t) { return norms[t]; });
    climb(norm == 0 ? 0 : (model_.options.maximise ? -options_.rho : options_.rho) / norm);
    try {
      evaluate();
    } catch (...) {
      come_back();
      throw;
    }
    come_back();
  }

 private:
  template <class F>
  void for_each_tensor(const F& f) {
    for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
      if (model_.tensors[t].idle) continue;
      const Parameter& p = model_.tensors[t].parameter;
      if (p.values.type() == NumberType::f64) {
        f(t, p.values.as<double>(), p.gradients.as<double>());
      } else {
        f(t, p.values.as<float>(), p.gradients.as<float>());
      }
    }
  }

  void climb(double scale) {
    for_each_tensor([&]<class T>(std::size_t, std::span<T> p, std::span<const T> g) {
      for_blocks(*model_.team, p.size(), [&](Block block) {
        for (std::size_t i = block.first; i < block.last; ++i) {
          const T weight = options_.adaptive ? p[i] * p[i] : T{1};
          p[i] += static_cast<T>(scale) * (weight * g[i]);
        }
      });
    });
  }

  void come_back() {
    at_rest_.each([]<class T>(T& value, const T& kept) { value = kept; });
  }

  Sam options_;
  const Model& model_;
  Kept at_rest_;  // within a step only: no state
};

}  // namespace

template <>
std::unique_ptr<Wrapping> make_wrapping(const Sam& options, const Model& model) {
  return std::make_unique<SamWork>(options, model);
}

}  // namespace calando::optimizer
