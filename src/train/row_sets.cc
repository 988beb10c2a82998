// SPDX-License-Identifier: MIT
#include "src/train/row_sets.h"

#include <algorithm>

namespace calando::training {
namespace {

struct RowSet : Features {
  RowSet(RawRows given, const Preprocessing& preprocessing) : raw(std::move(given)), encoder(preprocessing) {}
  std::size_t rows() const noexcept override { return raw.rows; }
  std::size_t inputs() const noexcept override { return encoder.inputs(); }
  RawRows raw;
  RowEncoder encoder;
};

struct DenseRows final : RowSet {
  using RowSet::RowSet;
  void gather(std::span<const std::uint32_t> numbers, float* out) const noexcept override {
    for (const std::uint32_t row : numbers) {
      encoder.encode(&raw.numbers[row * encoder.width()], out);
      out += encoder.inputs();
    }
  }
};

struct ImageRows final : RowSet {
  using RowSet::RowSet;
  const unsigned char* image(std::size_t row) const noexcept {
    return reinterpret_cast<const unsigned char*>(raw.bytes.view.data()) + row * encoder.width();
  }
  void gather(std::span<const std::uint32_t> numbers, float* out) const noexcept override {
    for (const std::uint32_t row : numbers) {
      encoder.encode(image(row), out);
      out += encoder.inputs();
    }
  }
};

struct SparseRows final : RowSet {
  SparseRows(RawRows given, const Preprocessing& preprocessing) : RowSet(std::move(given), preprocessing), zeros(encoder.inputs()) {
    encoder.encode_zeros(zeros.data());
  }
  void gather(std::span<const std::uint32_t> numbers, float* out) const noexcept override {
    for (const std::uint32_t row : numbers) {
      std::copy(zeros.begin(), zeros.end(), out);
      for (std::size_t i = raw.sparse.starts[row]; i < raw.sparse.starts[row + 1]; ++i) {
        const std::uint32_t column = raw.sparse.columns[i];
        if (column < zeros.size()) out[column] = encoder.encode_one(column, raw.sparse.values[i]);
      }
      out += encoder.inputs();
    }
  }
  std::vector<float> zeros;
};

}  // namespace

std::unique_ptr<Features> make_features(RawRows rows, const Preprocessing& preprocessing) {
  switch (preprocessing.kind) {
    case DataKind::images:
      return std::make_unique<ImageRows>(std::move(rows), preprocessing);
    case DataKind::sparse:
      return std::make_unique<SparseRows>(std::move(rows), preprocessing);
    case DataKind::table:
    case DataKind::array:
      break;
  }
  return std::make_unique<DenseRows>(std::move(rows), preprocessing);
}

std::span<const std::uint8_t> image_of(const Features& features, std::size_t row) {
  const auto* images = dynamic_cast<const ImageRows*>(&features);
  if (images == nullptr) return {};
  return {images->image(row), images->encoder.width()};
}

std::vector<float> raw_row_of(const Features& features, std::size_t row) {
  const auto* dense = dynamic_cast<const DenseRows*>(&features);
  if (dense == nullptr) return {};
  const auto first = dense->raw.numbers.begin() + static_cast<std::ptrdiff_t>(row * dense->encoder.width());
  return {first, first + static_cast<std::ptrdiff_t>(dense->encoder.width())};
}

}  // namespace calando::training
