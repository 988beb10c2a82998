// SPDX-License-Identifier: MIT
#include <algorithm>

#include "src/optimizer/groups.h"
#include "src/optimizer/kept.h"
#include "src/optimizer/wrapping.h"

namespace calando::optimizer {
namespace {

/// What a rule takes off a parameter beside its step: lr wd where the decay is decoupled.
double decoupled_decay(const AnyRule& rule, double lr) {
  return std::visit(
      [&]<class Rule>(const Rule& plain) {
        if constexpr (requires {
                        plain.weight_decay;
                        plain.decay == Decay::decoupled;
                      }) {
          return plain.decay == Decay::decoupled ? lr * plain.weight_decay : 0.0;
        }
        return 0.0;
      },
      rule);
}

class CautiousWork final : public Wrapping {
 public:
  explicit CautiousWork(const Model& model) : model_(model), before_(model, Cautious::kName, "before") {
    check_whole_gradients(model, Cautious::kName);
  }

  void before(const StepAround&) override {
    before_.each([]<class T>(const T& value, T& kept) { kept = value; });
  }

  void after(const StepAround& at) override {
    for (std::size_t t = 0; t < model_.tensors.size(); ++t) {
      const Tensor& tensor = model_.tensors[t];
      if (tensor.idle || tensor.parameter.values.size() == 0) continue;
      const GroupOptions& group = model_.groups[tensor.group];
      const Around around{decoupled_decay(group.rule_at(at.steps), group.rate_at(at.steps, at.lr)),
                          at.scale.of(t) < 0};
      tensor.parameter.values.type() == NumberType::f64 ? mask<double>(t, around) : mask<float>(t, around);
    }
  }

 private:
  struct Around {
    double decay;
    bool uphill;
  };

  template <class T>
  void mask(std::size_t t, const Around& around) {
    const Parameter& parameter = model_.tensors[t].parameter;
    const std::span<T> p = parameter.values.as<T>(), old = before_.of<T>(t);
    const std::span<const T> g = parameter.gradients.as<T>();
    const auto rested = [&, decay = static_cast<T>(around.decay)](std::size_t i) {
      return old[i] - decay * old[i];
    };
    const auto goes_along = [&](std::size_t i) {
      const T u = rested(i) - p[i];
      return around.uphill ? (u > 0 && g[i] < 0) || (u < 0 && g[i] > 0)
                           : (u > 0 && g[i] > 0) || (u < 0 && g[i] < 0);
    };
    const double along =
        sum_over(*model_.team, p.size(), [&](std::size_t i) { return goes_along(i) ? 1.0 : 0.0; });
    const auto stretch = static_cast<T>(1 / std::max(along / static_cast<double>(p.size()), 1e-3));
    for_blocks(*model_.team, p.size(), [&](Block block) {
      for (std::size_t i = block.first; i < block.last; ++i) {
        const T u = rested(i) - p[i];
        if (u != u) continue;  // NaN stays
        p[i] = goes_along(i) ? rested(i) - u * stretch : rested(i);
      }
    });
  }

  const Model& model_;
  Kept before_;  // within a step only: no state
};

}  // namespace

template <>
std::unique_ptr<Wrapping> make_wrapping(const Cautious&, const Model& model) {
  return std::make_unique<CautiousWork>(model);
}

}  // namespace calando::optimizer
