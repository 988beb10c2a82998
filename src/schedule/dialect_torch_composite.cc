// SPDX-License-Identifier: MIT
// SequentialLR and ChainedScheduler: a native expression where the members leave each other alone, else stepped.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/schedule/dialect_parts.h"
#include "src/schedule/dialect_torch.h"
#include "src/schedule/torch_stepper.h"

namespace calando::schedule {
namespace {

bool is_one_of(const PeerCall& in, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), in.dialect().name) != names.end();
}

bool is_composite(const PeerCall& in) { return is_one_of(in, {"SequentialLR", "ChainedScheduler"}); }

/// Whether it has an end at step 0, where stepping and the closed form differ.
bool ends_at_once(const PeerCall& in) {
  return is_one_of(in, {"ConstantLR", "LinearLR", "PolynomialLR"}) && in.number("total_iters") == 0;
}

/// Whether it multiplies the rate that it finds.
bool multiplies(const PeerCall& in) {
  return is_one_of(in,
                   {"StepLR", "MultiStepLR", "ExponentialLR", "ConstantLR", "LinearLR", "PolynomialLR"}) &&
         !ends_at_once(in);
}

/// Whether it starts at the optimizer's rate, whatever ran before.
bool starts_afresh(const PeerCall& in) {
  return multiplies(in) || is_one_of(in, {"CosineAnnealingLR", "CosineAnnealingWarmRestarts"});
}

std::vector<PeerCall> members_of(const PeerCall& in, double lr) {
  const auto* list = std::get_if<spec::List>(&in.value("schedulers").content);
  if (list == nullptr || list->dictionary || list->items.empty())
    in.refuse("schedulers", "a list of torch's schedulers");
  PeerContext context = in.context();
  context.base_rate = lr;
  context.peer = "torch";
  std::vector<PeerCall> members;
  for (const spec::Value& item : list->items) {
    const auto* call = std::get_if<spec::Call>(&item.content);
    const Dialect* dialect = call == nullptr ? nullptr : find_dialect(call->path, "torch");
    if (dialect == nullptr || dialect->peer != "torch") {
      in.refuse_at(item, fmt::format("{}, expected one of torch's schedulers{}", spec::to_string(item),
                                     call == nullptr ? "" : suggest_dialect("torch." + call->path)));
    }
    members.emplace_back(*dialect, *call, item.column, context);
    const PeerCall& member = members.back();
    if (!is_one_of(member, {"CyclicLR", "OneCycleLR"}) && member.lr() != lr)
      member.refuse("lr", fmt::format("the optimizer's rate, {}, which all members share", lr));
  }
  return members;
}

std::vector<double> bounds_of(const PeerCall& in, std::size_t members) {
  std::vector<double> bounds = in.numbers("milestones");
  if (bounds.size() + 1 != members) {
    in.refuse("milestones", fmt::format("{}, one less than the schedulers", members - 1));
  }
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const bool whole = bounds[i] >= 0 && bounds[i] <= 0x1p53 && bounds[i] == std::trunc(bounds[i]);
    if (!whole || (i > 0 && bounds[i] < bounds[i - 1])) {
      in.refuse("milestones", "whole numbers of 0 or more, none below the one before it");
    }
  }
  return bounds;
}

TorchMaker maker_of(const PeerCall& in);

std::vector<TorchMaker> makers_of(const std::vector<PeerCall>& members) {
  std::vector<TorchMaker> makers;
  for (const PeerCall& member : members) makers.push_back(maker_of(member));
  return makers;
}

TorchMaker maker_of(const PeerCall& in) {
  if (!is_composite(in)) return torch_maker(in);
  const std::vector<PeerCall> members = members_of(in, in.lr());
  if (is_one_of(in, {"ChainedScheduler"})) return torch_chain_maker(makers_of(members));
  return torch_sequence_maker(makers_of(members), bounds_of(in, members.size()));
}

Schedule stepped(const PeerCall& in) {
  try {
    return foreign(in, torch_rule(maker_of(in), in.lr()));
  } catch (const TorchRaises& raised) {
    in.refuse_call(fmt::format("PyTorch raises here: {}", raised.what()));
  }
}

}  // namespace

Schedule torch_sequential(const PeerCall& in) {
  const std::vector<PeerCall> members = members_of(in, in.lr());
  const std::vector<double> bounds = bounds_of(in, members.size());
  if (!std::all_of(members.begin(), members.end(), starts_afresh)) return stepped(in);
  Timeline timeline;
  double start = 0;
  for (std::size_t k = 0; k < bounds.size(); ++k) {
    timeline.add(members[k].dialect().build(members[k]), bounds[k] - start);
    start = bounds[k];
  }
  return timeline.then(members.back().dialect().build(members.back()));
}

Schedule torch_chained(const PeerCall& in) {
  const std::vector<PeerCall> members = members_of(in, in.lr());
  if (!std::all_of(members.begin(), members.end(), multiplies)) return stepped(in);
  Schedule product = members.front().dialect().build(members.front());
  const std::vector<PeerCall> factors = members_of(in, 1);
  for (std::size_t k = 1; k < factors.size(); ++k)
    product = product.times(factors[k].dialect().build(factors[k]));
  return product;
}

}  // namespace calando::schedule
