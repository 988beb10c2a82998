// SPDX-License-Identifier: MIT
#include "src/optimizer/elementwise_engine.h"

#include <algorithm>
#include <numeric>

#include "src/cpu/random.h"
#include "src/cpu/threads.h"
#include "src/optimizer/row_gradients.h"
#include "src/optimizer/square_sums.h"

namespace calando::optimizer {
namespace {

/// A task has about this many elements, so that neither one huge tensor nor thousands of small ones cost more than their elements.
constexpr std::size_t kTaskElements = 65536;

std::size_t pieces_in(std::size_t size) { return (size + cpu::kLongestPiece - 1) / cpu::kLongestPiece; }

/// FNV-1a: rounding depends on a tensor's name, hence not on its neighbours.
std::uint32_t hash(std::string_view name) {
  std::uint32_t h = 0x811C9DC5U;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x01000193U;
  return h;
}

}  // namespace

ElementwiseEngine::ElementwiseEngine(const Model& model) : model_(model) {
  for (const GroupOptions& group : model.groups) rules_.push_back(make_elementwise(group.rule.rule));
  for (const Tensor& tensor : model.tensors) {
    name_hashes_.push_back(hash(tensor.parameter.name));
    (tensor.parameter.values.type() == NumberType::f64 ? types_.doubles : types_.floats) = true;
    if (tensor.parameter.rows == nullptr) continue;
    has_rows_ = true;
    check_rows(tensor.parameter, numbers_of_row(tensor.parameter));
  }
  keys_ = name_hashes_;
  place_states();
  fill_states();
  lay_out();
}

void ElementwiseEngine::lay_out() {
  const std::vector<Tensor>& tensors = model_.tensors;
  first_slot_.assign(1, 0);
  for (const Tensor& tensor : tensors) {
    const Parameter& p = tensor.parameter;
    const std::size_t slots =
        p.rows != nullptr ? p.rows->rows.size() * pieces_in(numbers_of_row(p)) : pieces_in(p.values.size());
    first_slot_.push_back(first_slot_.back() + slots);
  }
  slots_.assign(first_slot_.back(), 0);

  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto kind = [&](std::size_t t) { return std::tie(tensors[t].group, states_[t].layout); };
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return kind(a) < kind(b); });

  pieces_.clear();
  runs_.clear();
  tasks_.clear();
  first_piece_.resize(tensors.size());
  in_task_ = kTaskElements;
  for (const std::size_t t : order) {
    first_piece_[t] = pieces_.size();
    tensors[t].parameter.rows != nullptr ? add_rows(t) : add_pieces(t);
  }
  tasks_.push_back(runs_.size());
}

void ElementwiseEngine::add_pieces(std::size_t tensor) {
  const std::size_t size = model_.tensors[tensor].parameter.values.size();
  for (std::size_t first = 0; first < size; first += cpu::kLongestPiece) {
    add_piece(tensor, first, std::min(cpu::kLongestPiece, size - first), first);
  }
}

void ElementwiseEngine::add_rows(std::size_t tensor) {
  const Parameter& p = model_.tensors[tensor].parameter;
  const std::size_t width = numbers_of_row(p);
  for (std::size_t r = 0; r < p.rows->rows.size(); ++r) {
    const std::size_t start = static_cast<std::size_t>(p.rows->rows[r]) * width;
    for (std::size_t first = 0; first < width; first += cpu::kLongestPiece) {
      add_piece(tensor, start + first, std::min(cpu::kLongestPiece, width - first), r * width + first);
    }
  }
}

void ElementwiseEngine::add_piece(std::size_t tensor, std::size_t first, std::size_t count,
                                  std::size_t gradient) {
  const std::size_t group = model_.tensors[tensor].group;
  const Layout& layout = states_[tensor].layout;
  const bool new_task = in_task_ >= kTaskElements;
  if (new_task) {
    tasks_.push_back(runs_.size());
    in_task_ = 0;
  }
  if (new_task || runs_.back().group != group || *runs_.back().layout != layout) {
    runs_.push_back({pieces_.size(), pieces_.size(), group, &layout});
  }
  const std::size_t slot = first_slot_[tensor] + (pieces_.size() - first_piece_[tensor]);
  pieces_.push_back({nullptr,
                     nullptr,
                     {},
                     nullptr,
                     first,
                     static_cast<std::uint32_t>(count),
                     static_cast<std::uint32_t>(tensor),
                     slot});
  point(pieces_.back(), gradient);
  runs_.back().last = pieces_.size();
  in_task_ += count;
}

void ElementwiseEngine::point(cpu::Piece& piece, std::size_t gradient) const {
  const Tensor& tensor = model_.tensors[piece.tensor];
  const Parameter& p = tensor.parameter;
  const TensorStates& own = states_[piece.tensor];
  const ConstNumbers gradients = p.rows != nullptr ? p.rows->gradients : p.gradients;
  piece.values = static_cast<std::byte*>(p.values.data()) + piece.first * size_of(own.layout.values);
  piece.gradients = tensor.idle ? nullptr
                                : static_cast<const std::byte*>(gradients.data()) +
                                      gradient * size_of(own.layout.gradients);
  for (std::size_t s = 0; s < rules_[tensor.group]->states(); ++s) {
    piece.states[s] = own.states[s] + size_of(own.layout.cells[s], piece.first);
  }
  if (own.extra != nullptr) piece.extra = own.extra + own.layout.size_of_extra(piece.first);
}

void ElementwiseEngine::rebind(std::size_t tensor) {
  const Tensor& t = model_.tensors[tensor];
  if (t.parameter.rows != nullptr) return;  // laid out at each step
  const std::size_t end = first_piece_[tensor] + pieces_in(t.parameter.values.size());
  for (std::size_t i = first_piece_[tensor]; i < end; ++i) {
    point(pieces_[i], pieces_[i].first);
    if (t.idle) slots_[pieces_[i].slot] = 0;
  }
}

void ElementwiseEngine::begin() {
  if (!has_rows_) return;
  for (std::size_t t = 0; t < states_.size(); ++t) {
    const Parameter& p = model_.tensors[t].parameter;
    if (p.rows == nullptr) continue;
    check_rows(p, numbers_of_row(p));
    check_row_type(p, states_[t].layout.gradients);
  }
  lay_out();
}

void ElementwiseEngine::check_idle_rows(const std::vector<AnyRule>& rules) const {
  if (!has_rows_ || model_.options.lazy_rows) return;
  for (const Tensor& tensor : model_.tensors) {
    if (tensor.parameter.rows == nullptr) continue;
    const auto rule = make_elementwise(rules[tensor.group]);
    if (!rule->idle_without_gradient()) refuse_lazy_rows(tensor.parameter, rule->name());
  }
}

void ElementwiseEngine::prepare(Step steps, double lr) {
  std::vector<AnyRule> rules;
  for (const GroupOptions& group : model_.groups) rules.push_back(group.rule_at(steps));
  check_idle_rows(rules);
  for (std::size_t g = 0; g < rules.size(); ++g)
    rules_[g]->prepare(rules[g], steps + 1, model_.groups[g].rate_at(steps, lr), types_);
  const cpu::Random random(model_.options.seed, cpu::Purpose::rounding);
  const auto key = static_cast<std::uint32_t>(random.bits(static_cast<std::uint64_t>(steps)));
  for (std::size_t t = 0; t < keys_.size(); ++t) keys_[t] = cpu::rounding_bits(key, name_hashes_[t]);
}

template <class F>
void ElementwiseEngine::for_each_run(const F& f) {
  model_.team->run(tasks_.size() - 1, [&](std::size_t task) {
    const cpu::NoDenormals mode;
    for (std::size_t r = tasks_[task]; r < tasks_[task + 1]; ++r) f(runs_[r]);
  });
}

void ElementwiseEngine::update_run(const Run& run, const GradientScale& scale, double* squares) const {
  const std::span<const cpu::Piece> pieces(pieces_.data() + run.first, run.last - run.first);
  const ElementwiseRule& rule = *rules_[run.group];
  const bool by_tensor = !scale.by_tensor.empty();
  const float* float_scales = by_tensor ? float_scales_.data() : nullptr;
  const Layout& layout = *run.layout;
  const cpu::NarrowBatch narrow{pieces, keys_.data(), static_cast<float>(scale.all), float_scales, squares};
  if (scale.limit == 0 && layout.all_bf16()) {
    rule.update_bf16(narrow, layout.has(Cell::bf16));
  } else if (scale.limit == 0 && layout.floats_with_bits8()) {
    rule.update_bits8(narrow);
  } else if (scale.limit > 0 || !layout.direct()) {
    update_tiles({rule, layout, scale.all, float_scales, scale.limit, scale.before_limit, keys_, squares},
                 pieces);
  } else if (layout.values == NumberType::f64) {
    rule.update(cpu::Batch<double>{pieces, scale.all, by_tensor ? scale.by_tensor.data() : nullptr, squares});
  } else {
    rule.update(cpu::Batch<float>{pieces, static_cast<float>(scale.all), float_scales, squares});
  }
}

void ElementwiseEngine::update(const GradientScale& scale, std::span<double> squares) {
  float_scales_.assign(scale.by_tensor.begin(), scale.by_tensor.end());
  for_each_run([&](const Run& run) { update_run(run, scale, squares.empty() ? nullptr : slots_.data()); });
  sum_slots(squares);
}

void ElementwiseEngine::measure(std::span<double> squares) {
  for_each_run([&](const Run& run) {
    const std::span<const cpu::Piece> pieces(pieces_.data() + run.first, run.last - run.first);
    switch (run.layout->gradients) {
      case NumberType::f32:
        return cpu::measure_pieces<float>(pieces, slots_.data());
      case NumberType::f64:
        return cpu::measure_pieces<double>(pieces, slots_.data());
      case NumberType::bf16:
        return measure_tiles(pieces, slots_.data());
    }
  });
  sum_slots(squares);
}

void ElementwiseEngine::sum_slots(std::span<double> squares) const {
  for (std::size_t t = 0; t < squares.size(); ++t) {
    squares[t] = tree_sum(std::span(slots_).subspan(first_slot_[t], first_slot_[t + 1] - first_slot_[t]));
  }
}

}  // namespace calando::optimizer
