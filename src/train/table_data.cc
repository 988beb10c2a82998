// SPDX-License-Identifier: MIT
#include "src/train/table_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "calando/error.h"
#include "src/io/csv.h"
#include "src/io/csv_cells.h"
#include "src/spec/nearest.h"
#include "src/train/table_words.h"

namespace calando::training {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

std::vector<std::string> names_of(const std::vector<io::Column>& columns) {
  std::vector<std::string> names;
  for (const io::Column& column : columns) names.push_back(column.name);
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, names.size()));
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "), names.size() > kMost ? ", ..." : "");
}

/// Where a model's column stands in a table, and what the table's categories are in the model.
struct Place {
  std::size_t column = 0;
  bool categorical = false;
  std::vector<float> code_of;  // by the table's code
};

/// Copies a table's columns side by side into rows, some rows at a time so that they stay in cache meanwhile.
class RowMaker {
 public:
  RowMaker(const io::Table& table, const std::vector<Place>& places)
      : table_(table), places_(places), missing_(places.size()), unknown_(places.size()) {}

  void make(RawData& data, cpu::Team& team) {
    const std::size_t width = places_.size();
    io::Buffer buffer = io::make_buffer(std::max<std::size_t>(table_.rows * width * sizeof(float), 1));
    auto* const out = reinterpret_cast<float*>(buffer.data);
    const std::size_t step =
        std::clamp<std::size_t>(kBlockFloats / std::max<std::size_t>(width, 1), 16, 4096);
    team.run((table_.rows + step - 1) / step, [&](std::size_t block) {
      const std::size_t first = block * step;
      const std::size_t last = std::min(table_.rows, first + step);
      for (std::size_t c = 0; c < width; ++c) fill(c, first, last, out);
    });
    data.rows->rows = table_.rows;
    data.rows->width = width;
    data.rows->numbers = std::move(buffer.bytes);
    data.missing.assign(missing_.begin(), missing_.end());
    data.unknown.assign(unknown_.begin(), unknown_.end());
  }

 private:
  static constexpr std::size_t kBlockFloats = 1 << 15;

  void fill(std::size_t c, std::size_t first, std::size_t last, float* out) {
    const Place& place = places_[c];
    const std::size_t width = places_.size();
    std::size_t missing = 0;
    if (!place.categorical) {
      const float* values = table_.columns[place.column].values.data();
      for (std::size_t row = first; row < last; ++row) {
        out[row * width + c] = values[row];
        missing += std::isnan(values[row]) ? 1 : 0;
      }
    } else {
      std::size_t unknown = 0;
      const std::int32_t* codes = table_.columns[place.column].codes.data();
      for (std::size_t row = first; row < last; ++row) {
        const float code = codes[row] < 0 ? kMissing : place.code_of[static_cast<std::size_t>(codes[row])];
        out[row * width + c] = code;
        missing += codes[row] < 0 ? 1 : 0;
        unknown += code < 0 ? 1 : 0;
      }
      if (unknown > 0) unknown_[c] += unknown;
    }
    if (missing > 0) missing_[c] += missing;
  }

  const io::Table& table_;
  const std::vector<Place>& places_;
  std::vector<std::atomic<std::size_t>> missing_;
  std::vector<std::atomic<std::size_t>> unknown_;
};

RawTarget target_of(const io::Column& column, std::size_t rows) {
  RawTarget target;
  target.name = column.name;
  target.is_text = column.kind == io::Kind::categorical;
  if (target.is_text) {
    target.codes = column.codes;
    target.words = column.categories;
  } else {
    target.numbers.assign(column.values.begin(), column.values.begin() + static_cast<std::ptrdiff_t>(rows));
  }
  return target;
}

io::CsvOptions csv_options(const DataOptions& options, const DataChoices& choices) {
  io::CsvOptions csv;
  csv.header = choices.header;
  csv.numeric = options.numeric;
  csv.categorical = options.categorical;
  csv.ignored = options.ignore;
  csv.missing_words = options.missing_words;
  return csv;
}

std::size_t find_target(const io::Table& table, const std::string& target) {
  const std::vector<std::string> names = names_of(table.columns);
  if (target.empty()) {
    throw UsageError(fmt::format("--target is missing: the column of {} to predict, one of {}", table.file,
                                 listed(names)));
  }
  const auto found = std::find(names.begin(), names.end(), target);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string meant = spec::did_you_mean(target, names);
  throw UsageError(fmt::format("--target {}: {} has no such column{}", target, table.file,
                               meant.empty() ? "; its columns are " + listed(names) : meant));
}

bool named(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string format_of(char separator, bool header) {
  const char* const by = separator == '\t' ? "tabs" : separator == ';' ? "semicolons" : "commas";
  return fmt::format("table separated by {}, {} a header", by, header ? "with" : "without");
}

/// A later table, block by block.
class TableReader final : public RawReader {
 public:
  TableReader(io::Source source, const Preprocessing& model, cpu::Team& team)
      : model_(model), team_(team), reader_(std::move(source), options_of(model), &team) {
    const std::vector<std::string> names = names_of(reader_.table().columns);
    for (const RawColumn& column : model.columns) places_.push_back(place_of(column, names));
    const auto target = std::find(names.begin(), names.end(), model.target);
    if (!model.target.empty() && target != names.end())
      target_ = static_cast<std::size_t>(target - names.begin());
    codes_.resize(places_.size());
    for (std::size_t c = 0; c < places_.size(); ++c) {
      const auto& categories = model.columns[c].categories;
      for (std::size_t i = 0; i < categories.size(); ++i) codes_[c][categories[i]] = static_cast<float>(i);
    }
  }

  bool next(RawData& data) override {
    if (!reader_.next()) return false;
    data = rows_of(reader_.table());
    return true;
  }

  RawData all() override { return rows_of(std::move(reader_).all()); }

 private:
  RawData rows_of(const io::Table& table) {
    RawData data;
    data.file = table.file;
    data.kind = model_.kind;
    data.columns = model_.columns;
    for (std::size_t c = 0; c < places_.size(); ++c) learn_categories(table, c);
    RowMaker(table, places_).make(data, team_);
    data.lines = table.lines;
    if (target_ != kNone) data.target = target_of(table.columns[target_], table.rows);
    return data;
  }

  static io::CsvOptions options_of(const Preprocessing& model) {
    io::CsvOptions csv;
    csv.header = model.header;
    csv.missing_words = model.missing_words;
    csv.absent_names = io::AbsentNames::ignored;
    csv.others = io::OtherColumns::ignored;
    for (const RawColumn& column : model.columns)
      (column.categorical ? csv.categorical : csv.numeric).push_back(column.name);
    if (!model.target.empty()) (model.target_is_text ? csv.categorical : csv.numeric).push_back(model.target);
    return csv;
  }

  Place place_of(const RawColumn& column, const std::vector<std::string>& names) const {
    const auto found = std::find(names.begin(), names.end(), column.name);
    if (found != names.end())
      return {static_cast<std::size_t>(found - names.begin()), column.categorical, {}};
    const std::string meant = spec::did_you_mean(column.name, names);
    throw DataError::at_line(
        reader_.table().file, 1,
        fmt::format("no column {}, which the model was trained on{}", io::shown(column.name),
                    meant.empty() ? "; the columns are " + listed(names) : meant));
  }

  void learn_categories(const io::Table& table, std::size_t c) {
    if (!places_[c].categorical) return;
    const auto& categories = table.columns[places_[c].column].categories;
    for (std::size_t i = places_[c].code_of.size(); i < categories.size(); ++i) {
      const auto found = codes_[c].find(categories[i]);
      places_[c].code_of.push_back(found == codes_[c].end() ? -1.0F : found->second);
    }
  }

  const Preprocessing& model_;
  cpu::Team& team_;
  io::CsvReader reader_;
  std::vector<Place> places_;
  std::vector<std::unordered_map<std::string, float>> codes_;  // of the model's categories
  std::size_t target_ = kNone;
};

}  // namespace

RawData read_training_table(io::Source source, const DataOptions& options, const DataChoices& choices,
                            cpu::Team& team) {
  io::CsvReader reader(std::move(source), csv_options(options, choices), &team);
  const std::size_t target = find_target(reader.table(), options.target);
  if (named(options.ignore, options.target))
    throw UsageError(fmt::format("--ignore {}: it is the target", options.target));
  RawData data;
  data.header = reader.header();
  data.format = format_of(reader.separator(), data.header);
  io::Table table = std::move(reader).all();
  require_readable_words(table, options);
  data.file = table.file;
  data.target = target_of(table.columns[target], table.rows);
  std::vector<Place> places;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c == target || named(options.ignore, table.columns[c].name)) continue;
    const io::Column& column = table.columns[c];
    Place place{c, column.kind == io::Kind::categorical, {}};
    for (std::size_t i = 0; i < column.categories.size(); ++i) place.code_of.push_back(static_cast<float>(i));
    places.push_back(std::move(place));
    data.columns.push_back(
        {.name = column.name, .categorical = places.back().categorical, .categories = column.categories});
  }
  RowMaker(table, places).make(data, team);
  data.lines = std::move(table.lines);
  return data;
}

std::unique_ptr<RawReader> open_table(io::Source source, const Preprocessing& model, cpu::Team& team) {
  return std::make_unique<TableReader>(std::move(source), model, team);
}

}  // namespace calando::training
