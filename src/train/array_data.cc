// SPDX-License-Identifier: MIT
#include "src/train/array_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "calando/error.h"
#include "src/io/idx.h"
#include "src/io/npy.h"

namespace calando::training {
namespace {

constexpr std::size_t kBlockRows = 8192;  // of a file that is read some rows at a time

struct NamedArray {
  std::string file;
  io::Array array;
  bool idx = false;
};

NamedArray read_any(io::Source source) {
  const io::Format format = io::detect(source.name(), source.peek(io::kDetectBytes));
  const io::File file = std::move(source).whole();
  if (format == io::Format::idx) return {file.name, io::read_idx(file), true};
  if (format == io::Format::npy) return {file.name, io::read_npy(file), false};
  throw DataError::in_file(file.name, "is neither IDX nor .npy");
}

bool holds_images(const io::Array& array) { return array.type == io::Type::u8 && array.shape.size() >= 3; }

/// Values that are float32 already stay where they are.
io::Bytes numbers_of(const NamedArray& named, std::size_t width) {
  const io::Array& array = named.array;
  io::Bytes bytes = array.bytes;
  if (array.type != io::Type::f32) {
    io::Buffer buffer = io::make_buffer(std::max<std::size_t>(array.count() * sizeof(float), 1));
    array.copy_to(0, std::span(reinterpret_cast<float*>(buffer.data), array.count()));
    bytes = std::move(buffer.bytes);
  }
  const std::span<const float> numbers(reinterpret_cast<const float*>(bytes.view.data()), array.count());
  const auto wrong =
      std::find_if_not(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); });
  if (wrong != numbers.end()) {
    const auto at = static_cast<std::size_t>(wrong - numbers.begin());
    throw DataError::in_file(
        named.file, fmt::format("row {}, column {}: {}, expected a finite number within float32", at / width,
                                at % width + 1, *wrong));
  }
  return bytes;
}

RawTarget labels_of(const std::string& path, const std::string& rows_file, std::size_t rows) {
  const NamedArray named = read_any(io::Source(path));
  const auto& shape = named.array.shape;
  if (named.array.count() != rows || shape.empty() || shape[0] != rows) {
    throw DataError::in_file(named.file, fmt::format("{} labels, expected one for each of the {} rows of {}",
                                                     fmt::join(shape, " x "), rows, rows_file));
  }
  RawTarget target{.name = "label"};
  target.numbers.resize(rows);
  named.array.copy_to(0, target.numbers);
  const auto wrong = std::find_if_not(target.numbers.begin(), target.numbers.end(),
                                      [](double x) { return std::isfinite(x); });
  if (wrong != target.numbers.end()) {
    throw DataError::in_file(named.file, fmt::format("row {}: {}, expected a finite number",
                                                     wrong - target.numbers.begin(), *wrong));
  }
  return target;
}

void name_columns(RawData& data) {
  const bool grid = data.image_rows > 0;
  for (std::size_t c = 0; c < data.rows->width; ++c) {
    data.columns.push_back(
        {.name = grid ? fmt::format("pixel {},{}", c / data.image_columns, c % data.image_columns)
                      : fmt::to_string(c + 1)});
  }
}

class ArrayReader final : public RawReader {
 public:
  ArrayReader(io::Source source, const std::string& labels, const Preprocessing& model)
      : all_(read_array(std::move(source), labels)) {
    const bool same = (all_.kind == DataKind::images) == (model.kind == DataKind::images);
    if (!same || all_.rows->width != model.columns.size()) {
      throw DataError::in_file(
          all_.file, fmt::format("{} with {} values a row, the model was trained on {} {}", all_.format,
                                 all_.rows->width, model.columns.size(),
                                 model.kind == DataKind::images ? "pixels" : "numbers"));
    }
  }

  bool next(RawData& data) override {
    const RawRows& all = *all_.rows;
    if (next_ == all.rows) return false;
    const std::size_t count = std::min(kBlockRows, all.rows - next_);
    data = RawData();
    data.file = all_.file;
    data.kind = all_.kind;
    data.first_row = next_;
    data.rows->rows = count;
    data.rows->width = all.width;
    data.rows->numbers = part(all.numbers, all.width * sizeof(float), count);
    data.rows->bytes = part(all.bytes, all.width, count);
    if (all_.target) {
      const auto first = all_.target->numbers.begin() + static_cast<std::ptrdiff_t>(next_);
      data.target = RawTarget{.name = all_.target->name,
                              .numbers = {first, first + static_cast<std::ptrdiff_t>(count)}};
    }
    data.missing.assign(all.width, 0);
    data.unknown.assign(all.width, 0);
    next_ += count;
    return true;
  }

  RawData all() override { return std::move(all_); }

 private:
  io::Bytes part(const io::Bytes& bytes, std::size_t row, std::size_t count) const {
    if (bytes.view.empty()) return {};
    return {bytes.view.substr(next_ * row, count * row), bytes.owner};
  }

  RawData all_;
  std::size_t next_ = 0;
};

}  // namespace

RawData read_array(io::Source source, const std::string& labels) {
  NamedArray named = read_any(std::move(source));
  const io::Array& array = named.array;
  RawData data;
  data.file = named.file;
  if (array.shape.empty() || array.count() == 0) {
    throw DataError::in_file(
        named.file, fmt::format("an array of shape ({}), expected rows", fmt::join(array.shape, ", ")));
  }
  data.rows->rows = array.shape[0];
  data.rows->width = array.count() / array.shape[0];
  data.format = fmt::format("{}, {} of {}", named.idx ? "IDX" : ".npy", fmt::join(array.shape, " x "),
                            io::name_of(array.type));
  if (holds_images(array)) {
    data.kind = DataKind::images;
    data.rows->bytes = array.bytes;
    if (array.shape.size() == 3) {
      data.image_rows = array.shape[1];
      data.image_columns = array.shape[2];
    }
  } else {
    data.kind = DataKind::array;
    data.rows->numbers = numbers_of(named, data.rows->width);
  }
  name_columns(data);
  data.missing.assign(data.rows->width, 0);
  data.unknown.assign(data.rows->width, 0);
  if (!labels.empty()) data.target = labels_of(labels, data.file, data.rows->rows);
  return data;
}

std::unique_ptr<RawReader> open_array(io::Source source, const std::string& labels,
                                      const Preprocessing& model) {
  return std::make_unique<ArrayReader>(std::move(source), labels, model);
}

}  // namespace calando::training
