// SPDX-License-Identifier: MIT
#include "src/optimizer/elementwise_rule.h"

namespace calando::optimizer {
namespace {

template <class Rule>
class Erased final : public ElementwiseRule {
 public:
  explicit Erased(const Rule& rule) : rule_(rule) {}

  std::string_view name() const override { return Rule::kName; }
  std::size_t states() const override { return rule_.states(); }
  std::string_view state_name(std::size_t state) const override { return Rule::kStates[state]; }
  StateKind kind([[maybe_unused]] std::size_t state) const override {
    if constexpr (requires { Rule::kKinds; }) return Rule::kKinds[state];
    return StateKind::exact;
  }
  double initial([[maybe_unused]] std::size_t state) const override {
    if constexpr (requires { rule_.initial_state(state); }) return rule_.initial_state(state);
    return 0;
  }
  bool idle_without_gradient() const override {
    if constexpr (requires { rule_.idle_without_gradient(); }) return rule_.idle_without_gradient();
    return false;
  }

  void prepare(const AnyRule& rule, Step t, double lr, NumberTypes types) override {
    rule_ = std::get<Rule>(rule);
    const typename Rule::Scalars former = scalars_;  // each call advances them
    if (types.floats) floats_ = rule_.template at<float>(t, lr, scalars_);
    if (types.floats && types.doubles) scalars_ = former;
    if (types.doubles) doubles_ = rule_.template at<double>(t, lr, scalars_);
  }
  void update(const cpu::Batch<float>& batch) const noexcept override {
    cpu::update_pieces<Rule, float>(floats_, batch, rule_.states());
  }
  void update(const cpu::Batch<double>& batch) const noexcept override {
    cpu::update_pieces<Rule, double>(doubles_, batch, rule_.states());
  }
  void update_bf16(const cpu::NarrowBatch& batch, bool bf16_states) const noexcept override {
    cpu::update_bf16_pieces<Rule>(floats_, batch, rule_.states(), bf16_states);
  }
  void update_bits8(const cpu::NarrowBatch& batch) const noexcept override {
    cpu::update_bits8_pieces<Rule>(floats_, batch, rule_.states());
  }

  bool evaluated(std::span<float> values,
                 const std::array<const float*, cpu::kMostStates>& states) const override {
    return evaluate(values, states);
  }
  bool evaluated(std::span<double> values,
                 const std::array<const double*, cpu::kMostStates>& states) const override {
    return evaluate(values, states);
  }

  void visit_scalars(const std::function<void(std::string_view, double&)>& visit) override {
    Rule::Scalars::fields(scalars_, [&](std::string_view name, double& value) { visit(name, value); });
  }

 private:
  template <class T, std::size_t... I>
  static constexpr bool differs(std::index_sequence<I...>) {
    return requires(const Rule& rule, T x) { rule.evaluated(x, ((void)I, x)...); };
  }
  template <class T>
  bool evaluate(std::span<T> values, const std::array<const T*, cpu::kMostStates>& states) const {
    return [&]<std::size_t... N>(std::index_sequence<N...>) {
      return ((rule_.states() == N && evaluate_with(values, states, std::make_index_sequence<N>())) || ...);
    }
    (std::make_index_sequence<cpu::kMostStates + 1>());
  }
  template <class T, std::size_t... I>
  bool evaluate_with([[maybe_unused]] std::span<T> values,
                     [[maybe_unused]] const std::array<const T*, cpu::kMostStates>& states,
                     std::index_sequence<I...> indices) const {
    if constexpr (differs<T>(indices)) {
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = rule_.evaluated(values[i], states[I][i]...);
      return true;
    }
    return false;
  }

  Rule rule_;
  typename Rule::Scalars scalars_;
  cpu::CoefficientsOf<Rule, float> floats_{};
  cpu::CoefficientsOf<Rule, double> doubles_{};
};

}  // namespace

std::unique_ptr<ElementwiseRule> make_elementwise(const AnyRule& rule) {
  return std::visit(
      [](const auto& plain) -> std::unique_ptr<ElementwiseRule> {
        using Rule = std::remove_cvref_t<decltype(plain)>;
        if constexpr (rules::kElementwise<Rule>) return std::make_unique<Erased<Rule>>(plain);
        return nullptr;
      },
      rule);
}

}  // namespace calando::optimizer
