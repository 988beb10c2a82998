// SPDX-License-Identifier: MIT
// An elementwise rule of any kind, for one group of parameters.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "calando/optimizer.h"
#include "calando/rules/state_kind.h"
#include "src/cpu/map.h"

namespace calando::optimizer {

/// What parameters are updated in: working coefficients out takes longer than a small tensor.
struct NumberTypes {
  bool floats = false, doubles = false;
};

class ElementwiseRule {
 public:
  virtual ~ElementwiseRule() = default;

  virtual std::string_view name() const = 0;
  virtual std::size_t states() const = 0;
  virtual std::string_view state_name(std::size_t state) const = 0;
  virtual StateKind kind(std::size_t state) const = 0;
  virtual double initial(std::size_t state) const = 0;
  /// Whether rows without gradients may be left out: the dense step would not change them.
  virtual bool idle_without_gradient() const = 0;

  /// The options and the coefficients of a step, of floats, doubles or both; t is 1 at the first.
  virtual void prepare(const AnyRule& rule, Step t, double lr, NumberTypes types) = 0;
  virtual void update(const cpu::Batch<float>& batch) const noexcept = 0;
  virtual void update(const cpu::Batch<double>& batch) const noexcept = 0;
  virtual void update_bf16(const cpu::NarrowBatch& batch, bool bf16_states) const noexcept = 0;
  virtual void update_bits8(const cpu::NarrowBatch& batch) const noexcept = 0;

  /// The weights to evaluate with, in place of the trained ones; false where they are the same.
  virtual bool evaluated(std::span<float> values,
                         const std::array<const float*, cpu::kMostStates>& states) const = 0;
  virtual bool evaluated(std::span<double> values,
                         const std::array<const double*, cpu::kMostStates>& states) const = 0;

  virtual void visit_scalars(const std::function<void(std::string_view name, double& value)>& visit) = 0;
};

/// Nothing where the rule is not elementwise.
std::unique_ptr<ElementwiseRule> make_elementwise(const AnyRule& rule);

}  // namespace calando::optimizer
