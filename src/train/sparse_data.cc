// SPDX-License-Identifier: MIT
#include "src/train/sparse_data.h"

#include <fmt/format.h>

#include <utility>

#include "calando/error.h"
#include "src/io/libsvm.h"

namespace calando::training {
namespace {

constexpr std::size_t kMostFeatures = std::size_t{1} << 22;

RawData from(io::SparseTable table) {
  RawData data;
  data.file = table.file;
  data.format = "sparse rows (LIBSVM)";
  data.kind = DataKind::sparse;
  data.lines = table.lines;
  data.target = RawTarget{.name = "label", .numbers = table.labels};
  data.rows->rows = table.rows();
  data.rows->width = table.width;
  data.rows->sparse = std::move(table);
  return data;
}

class SparseReader final : public RawReader {
 public:
  SparseReader(io::Source source, const Preprocessing& model, cpu::Team& team)
      : model_(model), reader_(std::move(source), &team) {}

  bool next(RawData& data) override {
    if (!reader_.next()) return false;
    data = from(reader_.table());
    data.columns = model_.columns;
    return true;
  }

  RawData all() override {
    RawData data = from(std::move(reader_).all());
    data.columns = model_.columns;
    return data;
  }

 private:
  const Preprocessing& model_;
  io::LibsvmReader reader_;
};

}  // namespace

RawData read_training_sparse(io::Source source, cpu::Team& team) {
  RawData data = from(io::LibsvmReader(std::move(source), &team).all());
  if (data.rows->width > kMostFeatures) {
    throw DataError::in_file(data.file, fmt::format("the largest index is {}, expected at most {} features",
                                                    data.rows->width, kMostFeatures));
  }
  for (std::size_t c = 0; c < data.rows->width; ++c) data.columns.push_back({.name = fmt::to_string(c + 1)});
  return data;
}

std::unique_ptr<RawReader> open_sparse(io::Source source, const Preprocessing& model, cpu::Team& team) {
  return std::make_unique<SparseReader>(std::move(source), model, team);
}

}  // namespace calando::training
