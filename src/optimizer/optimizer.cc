// SPDX-License-Identifier: MIT
#include "calando/optimizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "calando/error.h"
#include "src/cpu/map.h"
#include "src/cpu/threads.h"
#include "src/optimizer/norm.h"
#include "src/optimizer/rule_text.h"
#include "src/spec/fields.h"

namespace calando {
namespace {

using optimizer::GroupOptions;
using optimizer::kBlock;

/// A group with the coefficients of the running step.
template <class Rule>
struct RunningGroup {
  GroupOptions options;
  typename Rule::Scalars scalars;
  cpu::CoefficientsOf<Rule, float> coefficients;
};

struct Tensor {
  Parameter parameter;
  std::size_t group = 0;
  std::vector<std::vector<float>> states;
};

/// A block of a tensor: what one task works on at a time.
struct Block {
  std::size_t tensor;
  std::size_t first;
  std::size_t count;
};

template <class Rule>
double initial_state(const Rule& rule, std::size_t state) {
  if constexpr (requires { rule.initial_state(state); }) return rule.initial_state(state);
  return 0;
}

/// Consecutive blocks make a task of about this many elements, so that neither one huge tensor nor thousands of small ones cost
/// more than their elements.
constexpr std::size_t kTaskElements = 65536;

}  // namespace

struct Optimizer::Impl {
  virtual ~Impl() = default;
  virtual StepReport step(double lr) = 0;
  virtual void add_state(OptimizerState& state) const = 0;
  virtual void restore(const OptimizerState& state) = 0;

  std::vector<Tensor> tensors;    // by name, so that sums over them do not depend on the caller's order
  std::vector<Block> blocks;
  std::vector<std::size_t> tasks;    // first block of each task, and the end
  std::vector<double> squares;       // of each block's gradients
  std::shared_ptr<cpu::Team> team;
  double clip = 0;
  Step steps = 0;
};

namespace {

template <class Rule>
struct Running : Optimizer::Impl {
  std::vector<RunningGroup<Rule>> groups;

  static const Rule& rule_of(const GroupOptions& options) { return std::get<Rule>(options.rule.rule); }
  std::size_t states_of(const Tensor& tensor) const { return rule_of(groups[tensor.group].options).states(); }

  void make_states() {
    for (Tensor& tensor : tensors) {
      const Rule& rule = rule_of(groups[tensor.group].options);
      for (std::size_t s = 0; s < rule.states(); ++s) {
        tensor.states.emplace_back(tensor.parameter.values.size(), static_cast<float>(initial_state(rule, s)));
      }
    }
  }

  void prepare(double lr) {
    for (RunningGroup<Rule>& group : groups) {
      AnyRule rule = group.options.rule.rule;
      for (const auto& [name, schedule] : group.options.rule.scheduled) optimizer::set_option(rule, name, schedule(steps));
      group.coefficients = std::get<Rule>(rule).template at<float>(steps + 1, lr * group.options.rate_scale, group.scalars);
    }
  }

  void update(const Block& block, float scale) const {
    const Tensor& tensor = tensors[block.tensor];
    cpu::Piece piece{tensor.parameter.values.data() + block.first, tensor.parameter.gradients.data() + block.first, {}, block.count};
    for (std::size_t s = 0; s < tensor.states.size(); ++s) {
      piece.states[s] = const_cast<float*>(tensor.states[s].data()) + block.first;
    }
    cpu::update_piece<Rule>(groups[tensor.group].coefficients, scale, piece, tensor.states.size());
  }

  double measure(const Block& block) const {
    return optimizer::block_square_sum(tensors[block.tensor].parameter.gradients.subspan(block.first, block.count));
  }

  /// Calls f(block) for every block, on the team.
  template <class F>
  void for_each_block(F&& f) {
    const auto task = [&](std::size_t t) {
      const cpu::NoDenormals mode;
      for (std::size_t b = tasks[t]; b < tasks[t + 1]; ++b) f(b);
    };
    if (tasks.size() < 3) {
      for (std::size_t t = 0; t + 1 < tasks.size(); ++t) task(t);
    } else {
      team->run(tasks.size() - 1, task);
    }
  }

  StepReport step(double lr) override {
    prepare(lr);
    StepReport report;
    float scale = 1;
    if (clip > 0) {
      for_each_block([&](std::size_t b) { squares[b] = measure(blocks[b]); });
      report.gradient_norm = norm();
      report.clipped = report.gradient_norm > clip;
      if (report.clipped) scale = static_cast<float>(clip / report.gradient_norm);
      for_each_block([&](std::size_t b) { update(blocks[b], scale); });
    } else {
      for_each_block([&](std::size_t b) {
        squares[b] = measure(blocks[b]);    // leaves the gradients in the cache for the update
        update(blocks[b], scale);
      });
      report.gradient_norm = norm();
    }
    ++steps;
    return report;
  }

  double norm() const { return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0)); }

  void add_state(OptimizerState& state) const override {
    state.rule = Rule::kName;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      Rule::Scalars::fields(groups[g].scalars, [&](std::string_view name, const double& value) {
        state.scalars[fmt::format("{}/{}", g, name)] = value;
      });
    }
    for (const Tensor& tensor : tensors) {
      for (std::size_t s = 0; s < tensor.states.size(); ++s) {
        state.tensors[fmt::format("{}/{}", tensor.parameter.name, Rule::kStates[s])] = tensor.states[s];
      }
    }
  }

  void check_fits(const OptimizerState& state) const {
    if (state.rule != Rule::kName) {
      throw UsageError(fmt::format("optimizer state: it is of rule \"{}\", expected \"{}\"", state.rule, Rule::kName));
    }
    OptimizerState own;
    add_state(own);
    for (const auto& [name, values] : own.tensors) {
      const auto found = state.tensors.find(name);
      if (found == state.tensors.end()) throw UsageError(fmt::format("optimizer state: tensor \"{}\" is missing", name));
      if (found->second.size() != values.size()) {
        throw UsageError(fmt::format("optimizer state: tensor \"{}\" has {} values, expected {}", name, found->second.size(),
                                     values.size()));
      }
    }
    for (const auto& [name, values] : state.tensors) {
      if (!own.tensors.contains(name)) throw UsageError(fmt::format("optimizer state: no tensor \"{}\" is expected", name));
    }
    for (const auto& [name, value] : own.scalars) {
      if (!state.scalars.contains(name)) throw UsageError(fmt::format("optimizer state: number \"{}\" is missing", name));
    }
  }

  void restore(const OptimizerState& state) override {
    check_fits(state);
    steps = state.steps;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      Rule::Scalars::fields(groups[g].scalars, [&](std::string_view name, double& value) {
        value = state.scalars.at(fmt::format("{}/{}", g, name));
      });
    }
    for (Tensor& tensor : tensors) {
      for (std::size_t s = 0; s < tensor.states.size(); ++s) {
        tensor.states[s] = state.tensors.at(fmt::format("{}/{}", tensor.parameter.name, Rule::kStates[s]));
      }
    }
  }
};

void check_parameters(const std::vector<Parameter>& sorted) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const Parameter& p = sorted[i];
    if (i > 0 && sorted[i - 1].name == p.name) throw UsageError(fmt::format("parameter \"{}\": the name is given twice", p.name));
    if (p.values.size() != p.gradients.size()) {
      throw UsageError(fmt::format("parameter \"{}\": {} gradients, expected {} as it has values", p.name, p.gradients.size(),
                                   p.values.size()));
    }
  }
}

/// The groups that were asked for, and the rest as the last one.
std::vector<GroupOptions> make_groups(const RuleOptions& rule, const std::vector<Group>& groups) {
  std::vector<GroupOptions> made;
  for (const Group& group : groups) made.push_back(optimizer::parse_group(rule, group));
  made.push_back({rule});
  for (const GroupOptions& group : made) {
    std::visit([](const auto& r) { spec::check_fields(std::remove_cvref_t<decltype(r)>::kName, r); }, group.rule.rule);
  }
  return made;
}

std::vector<Tensor> make_tensors(std::vector<Parameter> parameters, const std::vector<Group>& groups) {
  std::sort(parameters.begin(), parameters.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  check_parameters(parameters);
  std::vector<Tensor> tensors;
  std::vector<bool> used(groups.size());
  for (Parameter& parameter : parameters) {
    std::size_t g = 0;
    while (g < groups.size() && !optimizer::fits(groups[g].pattern, parameter.name)) ++g;
    if (g < groups.size()) used[g] = true;
    tensors.push_back({std::move(parameter), g, {}});
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (!used[g]) throw UsageError(fmt::format("group \"{}\": it fits no parameter that an earlier group leaves", groups[g].pattern));
  }
  return tensors;
}

void make_blocks(Optimizer::Impl& impl) {
  std::size_t in_task = kTaskElements;
  for (std::size_t t = 0; t < impl.tensors.size(); ++t) {
    const std::size_t size = impl.tensors[t].parameter.values.size();
    for (std::size_t first = 0; first < size; first += kBlock) {
      if (in_task >= kTaskElements) {
        impl.tasks.push_back(impl.blocks.size());
        in_task = 0;
      }
      impl.blocks.push_back({t, first, std::min(kBlock, size - first)});
      in_task += impl.blocks.back().count;
    }
  }
  impl.tasks.push_back(impl.blocks.size());
  impl.squares.resize(impl.blocks.size());
}

}  // namespace

Optimizer::Optimizer(const RuleOptions& rule, std::vector<Parameter> parameters, const OptimizerOptions& options) {
  if (!(options.clip >= 0)) throw UsageError(fmt::format("clip = {}, expected a norm above 0, or 0 for none", options.clip));
  const std::vector<GroupOptions> groups = make_groups(rule, options.groups);
  std::visit(
      [&](const auto& plain) {
        using Rule = std::remove_cvref_t<decltype(plain)>;
        auto running = std::make_unique<Running<Rule>>();
        running->tensors = make_tensors(std::move(parameters), options.groups);
        for (const GroupOptions& group : groups) running->groups.push_back({group, {}, {}});
        running->make_states();
        impl_ = std::move(running);
      },
      rule.rule);
  impl_->clip = options.clip;
  impl_->team = options.team ? options.team
                             : std::make_shared<cpu::Team>(options.threads > 0 ? options.threads : cpu::processors());
  make_blocks(*impl_);
}

Optimizer::~Optimizer() = default;
Optimizer::Optimizer(Optimizer&&) noexcept = default;
Optimizer& Optimizer::operator=(Optimizer&&) noexcept = default;

StepReport Optimizer::step(double lr) {
  if (!(lr >= 0) || std::isinf(lr)) throw UsageError(fmt::format("step {}: learning rate {}, expected a finite number from 0 on", steps(), lr));
  return impl_->step(lr);
}

Step Optimizer::steps() const noexcept { return impl_->steps; }

OptimizerState Optimizer::state() const {
  OptimizerState state;
  state.steps = impl_->steps;
  impl_->add_state(state);
  return state;
}

void Optimizer::restore(const OptimizerState& state) { impl_->restore(state); }

}  // namespace calando
