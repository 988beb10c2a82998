// SPDX-License-Identifier: MIT
// Models built transition by transition.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "calando/error.h"
#include "calando/mdp.h"
#include "src/bellman/row.h"

namespace calando {

struct MdpBuilder::Storage {
  MdpNotes notes;
  std::vector<std::uint32_t> choice_begin;
  std::vector<std::uint32_t> row_begin;
  std::vector<std::uint32_t> target;
  std::vector<double> probability;
  std::vector<double> reward;
  std::vector<double> discount;     // empty while all are 1
  std::vector<double> termination;  // empty while all are 0
  std::vector<double> least;        // empty while there is no interval
  std::vector<double> most;

  double reward_size = 0;  // of the last choice: sum of the parts' absolute values
  std::uint32_t reward_parts = 0;

  /// An array that is only kept once a value differs from `usual`.
  static void set_last(std::vector<double>& array, double usual, double value, std::size_t choices) {
    if (array.empty() && value == usual) return;
    array.resize(choices, usual);
    array.back() = value;
  }

  /// What has no interval has one without width.
  void spread_intervals() {
    least.insert(least.end(), probability.begin() + static_cast<std::ptrdiff_t>(least.size()),
                 probability.end());
    most.insert(most.end(), probability.begin() + static_cast<std::ptrdiff_t>(most.size()),
                probability.end());
  }

  /// Probabilities that sum to 1, each the same share of its interval above `least`.
  void choose_within_intervals() {
    if (least.empty()) return;
    spread_intervals();
    for (std::size_t c = 0; c + 1 < row_begin.size(); ++c) {
      double rest = 1 - (termination.empty() ? 0 : termination[c]);
      double width = 0;
      for (std::size_t i = row_begin[c]; i < row_begin[c + 1]; ++i) {
        rest -= least[i];
        width += most[i] - least[i];
      }
      if (!(width > 0)) continue;
      for (std::size_t i = row_begin[c]; i < row_begin[c + 1]; ++i)
        probability[i] = least[i] + rest / width * (most[i] - least[i]);
    }
  }

  void need_choice(const char* what) const {
    if (choice_begin.empty() || choice_begin.back() == reward.size()) {
      throw UsageError(fmt::format("{}: {} before its state has a choice", notes.name, what));
    }
  }

  void need_room(std::size_t size, const char* what) const {
    if (size < std::numeric_limits<std::uint32_t>::max()) return;
    throw UsageError(fmt::format("{}: more than 2^32 - 2 {}", notes.name, what));
  }

  void add_reward(double part, double weight) {
    if (part == 0) return;
    reward.back() += part * weight;
    reward_size += std::abs(part * weight);
    ++reward_parts;
    const double error = (reward_parts + 1) * bellman::kUnitRoundoff * reward_size;
    if (reward_parts > 1 || weight != 1) notes.reward_rounding = std::max(notes.reward_rounding, error);
  }
};

MdpBuilder::MdpBuilder(std::string name) : storage_(std::make_unique<Storage>()) {
  storage_->notes.name = std::move(name);
}
MdpBuilder::~MdpBuilder() = default;
MdpBuilder::MdpBuilder(MdpBuilder&&) noexcept = default;
MdpBuilder& MdpBuilder::operator=(MdpBuilder&&) noexcept = default;

std::uint32_t MdpBuilder::states() const noexcept {
  return static_cast<std::uint32_t>(storage_->choice_begin.size());
}

std::uint32_t MdpBuilder::add_state() {
  Storage& s = *storage_;
  s.need_room(s.choice_begin.size() + 1, "states");
  s.choice_begin.push_back(static_cast<std::uint32_t>(s.reward.size()));
  return states() - 1;
}

MdpBuilder& MdpBuilder::add_choice(double reward, double discount) {
  Storage& s = *storage_;
  if (s.choice_begin.empty()) throw UsageError(s.notes.name + ": a choice before the first state");
  s.need_room(s.reward.size() + 1, "choices");
  s.row_begin.push_back(static_cast<std::uint32_t>(s.target.size()));
  s.reward.push_back(0);
  s.reward_size = 0;
  s.reward_parts = 0;
  s.add_reward(reward, 1);
  Storage::set_last(s.discount, 1, discount, s.reward.size());
  Storage::set_last(s.termination, 0, 0, s.reward.size());
  return *this;
}

MdpBuilder& MdpBuilder::pay(double reward) {
  storage_->need_choice("a reward");
  storage_->add_reward(reward, 1);
  return *this;
}

MdpBuilder& MdpBuilder::add(std::uint32_t target, double probability, double reward) {
  Storage& s = *storage_;
  s.need_choice("a transition");
  if (probability == 0) return *this;
  s.need_room(s.target.size() + 1, "transitions");
  s.target.push_back(target);
  s.probability.push_back(probability);
  s.add_reward(reward, probability);
  return *this;
}

MdpBuilder& MdpBuilder::add_between(std::uint32_t target, double least, double most) {
  Storage& s = *storage_;
  s.need_choice("a transition");
  s.need_room(s.target.size() + 1, "transitions");
  s.spread_intervals();
  s.target.push_back(target);
  s.probability.push_back(least);
  s.least.push_back(least);
  s.most.push_back(most);
  return *this;
}

MdpBuilder& MdpBuilder::terminate(double probability, double reward) {
  Storage& s = *storage_;
  s.need_choice("a termination");
  if (probability == 0) return *this;
  s.termination.resize(s.reward.size());
  s.termination.back() += probability;
  s.add_reward(reward, probability);
  return *this;
}

MdpBuilder& MdpBuilder::label(const std::string& name, std::uint32_t state) {
  storage_->notes.labels[name].push_back(state);
  return *this;
}

MdpBuilder& MdpBuilder::remark(std::string text) {
  storage_->notes.remarks.push_back(std::move(text));
  return *this;
}

MdpBuilder& MdpBuilder::grid(std::size_t columns, std::string_view arrows) {
  storage_->notes.grid_columns = columns;
  storage_->notes.grid_arrows = arrows;
  return *this;
}

Mdp MdpBuilder::build() && {
  storage_->choice_begin.push_back(static_cast<std::uint32_t>(storage_->reward.size()));
  storage_->row_begin.push_back(static_cast<std::uint32_t>(storage_->target.size()));
  storage_->choose_within_intervals();
  const std::shared_ptr<const Storage> s = std::move(storage_);
  return Mdp({.choice_begin = s->choice_begin,
              .row_begin = s->row_begin,
              .target = s->target,
              .probability = s->probability,
              .reward = s->reward,
              .discount = s->discount,
              .termination = s->termination,
              .least = s->least,
              .most = s->most},
             s, s->notes);
}

}  // namespace calando
