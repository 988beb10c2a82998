// SPDX-License-Identifier: MIT
#include "src/train/target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "calando/error.h"
#include "src/io/csv_cells.h"

namespace calando::training {
namespace {

constexpr std::size_t kMostClasses = 10'000;
constexpr double kLargestExact = 1 << 24;  // beyond it float32 holds not every whole number

std::string named(const RawData& data) {
  return data.kind == DataKind::table ? "column " + io::shown(data.target->name) : "the labels";
}

/// The different numbers, ascending; one more than `most` of them where there are more.
std::vector<double> different(const RawTarget& target, std::span<const std::uint32_t> rows,
                              std::size_t most) {
  std::set<double> numbers;
  double last = std::nan("");
  for (const std::uint32_t row : rows) {
    if (target.numbers[row] == last) continue;
    numbers.insert(last = target.numbers[row]);
    if (numbers.size() > most) break;
  }
  return {numbers.begin(), numbers.end()};
}

bool are_labels(const std::vector<double>& numbers) {
  return numbers.size() <= kMostDetectedClasses &&
         std::all_of(numbers.begin(), numbers.end(), [](double x) { return x == std::floor(x); });
}

std::vector<std::string> word_classes(const RawTarget& target, std::span<const std::uint32_t> rows) {
  std::vector<bool> seen(target.words.size(), false);
  for (const std::uint32_t row : rows) seen[static_cast<std::size_t>(target.codes[row])] = true;
  std::vector<std::string> classes;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i]) classes.push_back(target.words[i]);
  }
  std::sort(classes.begin(), classes.end());
  return classes;
}

std::vector<std::string> number_classes(const RawData& data, const std::vector<double>& numbers) {
  std::vector<std::string> classes;
  for (const double number : numbers) classes.push_back(number_text(number));
  const double largest = std::max(std::abs(numbers.front()), std::abs(numbers.back()));
  if (data.kind == DataKind::table && largest > kLargestExact) {
    throw DataError::in_file(data.file,
                             fmt::format("{}: classes such as {} are too large to tell apart as numbers; "
                                         "--categorical {} reads them as words",
                                         named(data), classes.back(), data.target->name));
  }
  return classes;
}

void require_classes(const RawData& data, const std::vector<std::string>& classes) {
  if (classes.size() == 1) {
    throw DataError::in_file(data.file, fmt::format("{}: one class only, {}, expected two or more",
                                                    named(data), io::shown(classes[0])));
  }
  if (classes.size() > kMostClasses) {
    throw DataError::in_file(data.file, fmt::format("{}: more than {} classes", named(data), kMostClasses));
  }
}

[[noreturn]] void refuse_label(const RawData& data, std::size_t row, const Preprocessing& model) {
  constexpr std::size_t kShown = 8;
  const auto end =
      model.classes.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, model.classes.size()));
  throw DataError(fmt::format("{}: {}: {} was never seen in training, expected one of {}{}",
                              data.place_of(row), named(data), io::shown(data.target->text_of(row)),
                              fmt::join(model.classes.begin(), end, ", "),
                              model.classes.size() > kShown ? ", ..." : ""));
}

}  // namespace

void learn_target(const RawData& data, std::span<const std::uint32_t> rows, std::optional<Task> task,
                  Preprocessing& model) {
  const RawTarget& target = *data.target;
  model.target = data.kind == DataKind::table ? target.name : "";
  model.target_is_text = target.is_text;
  if (target.is_text) {
    if (task == Task::regression) {
      throw UsageError(fmt::format("--task regression: {} of {} is words, such as {}", named(data), data.file,
                                   io::shown(target.text_of(rows.front()))));
    }
    model.task = Task::classification;
    model.classes = word_classes(target, rows);
  } else {
    const std::size_t most = task == Task::classification ? kMostClasses : kMostDetectedClasses;
    const std::vector<double> numbers = different(target, rows, most);
    model.task = task.value_or(are_labels(numbers) ? Task::classification : Task::regression);
    if (model.task == Task::classification) model.classes = number_classes(data, numbers);
  }
  if (model.task == Task::classification) require_classes(data, model.classes);
}

void learn_target_scale(const RawTarget& target, std::span<const std::uint32_t> rows, Preprocessing& model) {
  if (model.task != Task::regression) return;
  double sum = 0;
  for (const std::uint32_t row : rows) sum += target.numbers[row];
  model.target_mean = sum / static_cast<double>(rows.size());
  double squares = 0;
  for (const std::uint32_t row : rows) squares += std::pow(target.numbers[row] - model.target_mean, 2);
  const double deviation = std::sqrt(squares / static_cast<double>(rows.size()));
  model.target_deviation = deviation > 0 ? deviation : 1;
}

LabelFinder::LabelFinder(const Preprocessing& model, const RawTarget& target) : target_(target) {
  if (!target.is_text) {
    for (const std::string& name : model.classes) numbers_.push_back(number_of(name));
    return;
  }
  std::unordered_map<std::string, std::int32_t> labels;
  for (const std::string& name : model.classes)
    labels.emplace(name, static_cast<std::int32_t>(labels.size()));
  for (const std::string& word : target.words) {
    const auto found = labels.find(word);
    label_of_.push_back(found == labels.end() ? -1 : found->second);
  }
}

std::int32_t LabelFinder::operator()(std::size_t row) const {
  if (target_.is_text) return label_of_[static_cast<std::size_t>(target_.codes[row])];
  const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), target_.numbers[row]);
  return found == numbers_.end() || *found != target_.numbers[row]
             ? -1
             : static_cast<std::int32_t>(found - numbers_.begin());
}

void fill_targets(const RawData& data, std::span<const std::uint32_t> rows, const Preprocessing& model,
                  DataPart& part) {
  const RawTarget& target = *data.target;
  if (model.task == Task::regression) {
    for (const std::uint32_t row : rows) {
      part.values.push_back(static_cast<float>(target.numbers[row]));
      part.scaled.push_back(
          static_cast<float>((target.numbers[row] - model.target_mean) / model.target_deviation));
    }
    return;
  }
  const LabelFinder label_of(model, target);
  part.labels.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    part.labels.push_back(label_of(row));
    if (part.labels.back() < 0) refuse_label(data, row, model);
  }
}

}  // namespace calando::training
