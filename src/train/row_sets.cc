// SPDX-License-Identifier: MIT
#include "src/train/row_sets.h"

#include <algorithm>
#include <utility>

namespace calando::training {
namespace {

struct RowSet : Features {
  RowSet(std::shared_ptr<const RawRows> all, std::vector<std::uint32_t> chosen,
         const Preprocessing& preprocessing)
      : raw(std::move(all)), numbers(std::move(chosen)), encoder(preprocessing) {}
  std::size_t rows() const noexcept override { return numbers.size(); }
  std::size_t inputs() const noexcept override { return encoder.inputs(); }
  std::shared_ptr<const RawRows> raw;
  std::vector<std::uint32_t> numbers;  // in the file, of each row
  RowEncoder encoder;
};

constexpr std::size_t kAhead = 2;  // rows

/// Rows that are gathered lie anywhere in memory: asks for one while another is being worked on.
void ask_for(const void* row, std::size_t bytes) noexcept {
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(static_cast<const char*>(row) + at);
}

struct DenseRows final : RowSet {
  using RowSet::RowSet;
  void gather(std::span<const std::uint32_t> chosen, float* out) const noexcept override {
    for (std::size_t i = 0; i < chosen.size(); ++i, out += encoder.inputs()) {
      if (i + kAhead < chosen.size())
        ask_for(raw->number_row(numbers[chosen[i + kAhead]]), sizeof(float) * encoder.width());
      encoder.encode(raw->number_row(numbers[chosen[i]]), out);
    }
  }
};

struct ImageRows final : RowSet {
  using RowSet::RowSet;
  void gather(std::span<const std::uint32_t> chosen, float* out) const noexcept override {
    for (std::size_t i = 0; i < chosen.size(); ++i, out += encoder.inputs()) {
      if (i + kAhead < chosen.size()) ask_for(raw->byte_row(numbers[chosen[i + kAhead]]), encoder.width());
      encoder.encode(raw->byte_row(numbers[chosen[i]]), out);
    }
  }
};

struct SparseRows final : RowSet {
  SparseRows(std::shared_ptr<const RawRows> all, std::vector<std::uint32_t> chosen,
             const Preprocessing& preprocessing)
      : RowSet(std::move(all), std::move(chosen), preprocessing), zeros(encoder.inputs()) {
    encoder.encode_zeros(zeros.data());
  }
  void gather(std::span<const std::uint32_t> chosen, float* out) const noexcept override {
    const io::SparseTable& sparse = raw->sparse;
    for (const std::uint32_t row : chosen) {
      const std::uint32_t number = numbers[row];
      std::copy(zeros.begin(), zeros.end(), out);
      for (std::size_t i = sparse.starts[number]; i < sparse.starts[number + 1]; ++i) {
        const std::uint32_t column = sparse.columns[i];
        if (column < zeros.size()) out[column] = encoder.encode_one(column, sparse.values[i]);
      }
      out += encoder.inputs();
    }
  }
  std::vector<float> zeros;
};

const RowSet& row_set(const Features& features) { return static_cast<const RowSet&>(features); }

}  // namespace

std::unique_ptr<Features> make_features(std::shared_ptr<const RawRows> rows,
                                        std::vector<std::uint32_t> numbers,
                                        const Preprocessing& preprocessing) {
  switch (preprocessing.kind) {
    case DataKind::images:
      return std::make_unique<ImageRows>(std::move(rows), std::move(numbers), preprocessing);
    case DataKind::sparse:
      return std::make_unique<SparseRows>(std::move(rows), std::move(numbers), preprocessing);
    case DataKind::table:
    case DataKind::array:
      break;
  }
  return std::make_unique<DenseRows>(std::move(rows), std::move(numbers), preprocessing);
}

std::span<const std::uint8_t> image_of(const Features& features, std::size_t row) {
  const auto* images = dynamic_cast<const ImageRows*>(&features);
  if (images == nullptr) return {};
  return {images->raw->byte_row(images->numbers[row]), images->raw->width};
}

std::span<const float> raw_row_of(const Features& features, std::size_t row) {
  const auto* dense = dynamic_cast<const DenseRows*>(&features);
  if (dense == nullptr) return {};
  return {dense->raw->number_row(dense->numbers[row]), dense->raw->width};
}

std::size_t file_row_of(const Features& features, std::size_t row) { return row_set(features).numbers[row]; }

}  // namespace calando::training
