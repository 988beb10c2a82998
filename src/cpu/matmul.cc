// SPDX-License-Identifier: MIT
// How a matrix product is shared out. The split changes the speed only: no element depends on it.
#include "src/cpu/matmul.h"

#include <algorithm>
#include <string>

#include "calando/error.h"

namespace calando::cpu {
namespace {

/// Multiply-adds that take longer than handing them to another thread.
constexpr std::size_t kWorthSharing = std::size_t{64} * 1024;
/// Tasks per thread: some spare, for a thread that the system holds back.
constexpr std::size_t kTasksPerThread = 4;
/// Fewer rows than this do not repay packing B once more; a multiple of a tile's.
constexpr std::size_t kLeastRows = 32;

constexpr std::size_t divide_up(std::size_t a, std::size_t b) noexcept { return (a + b - 1) / b; }

std::string shape(const MatrixView& m) { return std::to_string(m.rows) + " x " + std::to_string(m.cols); }

void check(const Product& p) {
  if (p.a.cols != p.b.rows)
    throw UsageError("product of " + shape(p.a) + " and " + shape(p.b) + ": the inner sizes differ");
  if (p.a.rows > 1 && p.c_stride < p.b.cols)
    throw UsageError("product: rows of C " + std::to_string(p.c_stride) + " apart, expected at least " +
                     std::to_string(p.b.cols));
}

/// Panels of B first, because each is packed once per task; then rows, where panels are too few.
std::size_t rows_per_task(const Product& p, std::size_t panels, std::size_t tasks) noexcept {
  const std::size_t parts =
      std::clamp<std::size_t>(divide_up(tasks, panels), 1, divide_up(p.a.rows, kLeastRows));
  return divide_up(divide_up(p.a.rows, parts), kLeastRows) * kLeastRows;
}

}  // namespace

void matmul(Team& team, const Product& p) {
  check(p);
  const std::size_t rows = p.a.rows;
  const std::size_t cols = p.b.cols;
  if (rows == 0 || cols == 0) return;
  const std::size_t panels = divide_up(cols, kMatmulCols);
  const std::size_t work = rows * cols * std::max<std::size_t>(1, p.a.cols);
  const std::size_t tasks =
      std::min(kTasksPerThread * static_cast<std::size_t>(team.size()), work / kWorthSharing);
  if (team.size() == 1 || tasks < 2) return matmul_block(p, {0, rows}, {0, cols});

  const std::size_t height = rows_per_task(p, panels, tasks);
  const std::size_t width = std::max<std::size_t>(1, panels / tasks) * kMatmulCols;
  const std::size_t across = divide_up(cols, width);
  team.run(across * divide_up(rows, height), [&](std::size_t i) {
    const std::size_t row = i / across * height;
    const std::size_t col = i % across * width;
    matmul_block(p, {row, std::min(rows, row + height)}, {col, std::min(cols, col + width)});
  });
}

}  // namespace calando::cpu
