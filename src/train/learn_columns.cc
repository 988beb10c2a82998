// SPDX-License-Identifier: MIT
#include "src/train/learn_columns.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <vector>

namespace calando::training {
namespace {

constexpr std::size_t kBlockRows =
    8192;  // summed by one task; it decides the order of the sums, so never by the team

struct Moments {
  std::vector<double> sum;  // by column
  std::vector<double> count;
};

/// Sums term(x, mean of the column) of all values by column, block by block.
template <class Term>
Moments sums(const RawRows& raw, std::span<const std::uint32_t> rows, const std::vector<double>& mean,
             cpu::Team& team, const Term& term) {
  const std::size_t width = raw.width;
  const std::size_t blocks = (rows.size() + kBlockRows - 1) / kBlockRows;
  std::vector<Moments> parts(blocks);
  team.run(blocks, [&](std::size_t block) {
    Moments part{std::vector<double>(width), std::vector<double>(width)};
    double* const sum = part.sum.data();
    double* const count = part.count.data();
    for (const std::uint32_t row :
         rows.subspan(block * kBlockRows, std::min(kBlockRows, rows.size() - block * kBlockRows))) {
      const float* const x = raw.number_row(row);
      for (std::size_t c = 0; c < width; ++c) {
        const bool known = x[c] == x[c];
        sum[c] += known ? term(static_cast<double>(x[c]), mean[c]) : 0.0;
        count[c] += known ? 1.0 : 0.0;
      }
    }
    parts[block] = std::move(part);
  });
  Moments all{std::vector<double>(width), std::vector<double>(width)};
  for (const Moments& part : parts) {
    for (std::size_t c = 0; c < width; ++c) all.sum[c] += part.sum[c];
    for (std::size_t c = 0; c < width; ++c) all.count[c] += part.count[c];
  }
  return all;
}

double deviation_of(double squares, double count) {
  const double deviation = count > 0 ? std::sqrt(squares / count) : 0;
  return deviation > 0 ? deviation : 1;
}

/// Which categories of a column the rows have, and whether some have none.
void learn_categories(RawRows& raw, std::span<const std::uint32_t> rows, std::size_t c, RawColumn& column) {
  auto* const numbers =
      const_cast<float*>(raw.number_row(0));  // the rows are ours, and nobody reads them yet
  std::vector<char> seen(column.categories.size(), 0);
  column.has_missing = false;
  for (const std::uint32_t row : rows) {
    const float code = numbers[row * raw.width + c];
    if (std::isnan(code)) column.has_missing = true;
    if (code >= 0) seen[static_cast<std::size_t>(code)] = 1;
  }
  if (std::count(seen.begin(), seen.end(), 0) == 0) return;
  std::vector<float> new_code;
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    new_code.push_back(seen[i] != 0 ? static_cast<float>(kept.size()) : -1.0F);
    if (seen[i] != 0) kept.push_back(column.categories[i]);
  }
  for (std::size_t row = 0; row < raw.rows; ++row) {
    float& code = numbers[row * raw.width + c];
    if (code >= 0) code = new_code[static_cast<std::size_t>(code)];
  }
  column.categories = std::move(kept);
}

void learn_numbers(RawData& data, std::span<const std::uint32_t> rows, Preprocessing& model,
                   cpu::Team& team) {
  RawRows& raw = *data.rows;
  for (std::size_t c = 0; c < raw.width; ++c) {
    if (model.columns[c].categorical) learn_categories(raw, rows, c, model.columns[c]);
  }
  std::vector<double> mean(raw.width);
  const Moments first = sums(raw, rows, mean, team, [](double x, double) { return x; });
  for (std::size_t c = 0; c < raw.width; ++c)
    mean[c] = first.count[c] > 0 ? first.sum[c] / first.count[c] : 0;
  const Moments second = sums(raw, rows, mean, team, [](double x, double m) { return (x - m) * (x - m); });
  for (std::size_t c = 0; c < raw.width; ++c) {
    if (model.columns[c].categorical) continue;
    model.columns[c].mean = mean[c];
    model.columns[c].deviation = deviation_of(second.sum[c], second.count[c]);
  }
}

/// Of all pixels together: how often each brightness occurs says everything.
void learn_pixels(const RawData& data, std::span<const std::uint32_t> rows, Preprocessing& model,
                  cpu::Team& team) {
  const RawRows& raw = *data.rows;
  std::array<std::atomic<std::uint64_t>, 256> occurs{};
  team.run((rows.size() + kBlockRows - 1) / kBlockRows, [&](std::size_t block) {
    std::array<std::array<std::uint64_t, 256>, 4>
        own{};  // four, so that equal neighbours do not wait for each other
    for (const std::uint32_t row :
         rows.subspan(block * kBlockRows, std::min(kBlockRows, rows.size() - block * kBlockRows))) {
      const unsigned char* const pixels = raw.byte_row(row);
      for (std::size_t c = 0; c < raw.width; ++c) ++own[c % 4][pixels[c]];
    }
    for (std::size_t i = 0; i < 256; ++i) occurs[i] += own[0][i] + own[1][i] + own[2][i] + own[3][i];
  });
  double count = 0;
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < 256; ++i) count += static_cast<double>(occurs[i]);
  for (std::size_t i = 0; i < 256; ++i) sum += static_cast<double>(occurs[i] * i);
  const double mean = sum / count;
  for (std::size_t i = 0; i < 256; ++i) {
    squares +=
        static_cast<double>(occurs[i]) * (static_cast<double>(i) - mean) * (static_cast<double>(i) - mean);
  }
  for (RawColumn& column : model.columns) {
    column.mean = mean;
    column.deviation = deviation_of(squares, count);
  }
}

/// The entries that are not there are zeros.
void learn_sparse(const RawData& data, std::span<const std::uint32_t> rows, Preprocessing& model) {
  const io::SparseTable& sparse = data.rows->sparse;
  const auto all = static_cast<double>(rows.size());
  std::vector<double> sum(model.columns.size());
  std::vector<double> entries(model.columns.size());
  const auto each = [&](const auto& use) {
    for (const std::uint32_t row : rows) {
      for (std::size_t i = sparse.starts[row]; i < sparse.starts[row + 1]; ++i) {
        use(sparse.columns[i], static_cast<double>(sparse.values[i]));
      }
    }
  };
  each([&](std::size_t c, double x) {
    sum[c] += x;
    entries[c] += 1;
  });
  for (std::size_t c = 0; c < sum.size(); ++c) {
    const double mean = model.columns[c].mean = sum[c] / all;
    sum[c] = (all - entries[c]) * mean * mean;
  }
  each([&](std::size_t c, double x) { sum[c] += (x - model.columns[c].mean) * (x - model.columns[c].mean); });
  for (std::size_t c = 0; c < sum.size(); ++c) model.columns[c].deviation = deviation_of(sum[c], all);
}

}  // namespace

void learn_columns(RawData& data, std::span<const std::uint32_t> rows, Preprocessing& model,
                   cpu::Team& team) {
  switch (data.kind) {
    case DataKind::images:
      return learn_pixels(data, rows, model, team);
    case DataKind::sparse:
      return learn_sparse(data, rows, model);
    case DataKind::table:
    case DataKind::array:
      return learn_numbers(data, rows, model, team);
  }
}

}  // namespace calando::training
