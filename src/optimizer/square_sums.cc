// SPDX-License-Identifier: MIT
#include "src/optimizer/square_sums.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "src/cpu/map.h"

namespace calando::optimizer {
namespace {

template <class T>
std::vector<double> block_sums(std::span<const T> numbers, cpu::Team& team) {
  const std::size_t blocks = (numbers.size() + cpu::kLongestPiece - 1) / cpu::kLongestPiece;
  std::vector<double> sums(blocks);
  team.run(blocks, [&](std::size_t b) {
    const cpu::NoDenormals mode;
    const std::size_t first = b * cpu::kLongestPiece;
    const auto count = static_cast<std::uint32_t>(std::min(cpu::kLongestPiece, numbers.size() - first));
    const cpu::Piece piece{nullptr, numbers.data() + first, {}, nullptr, first, count, 0, b};
    cpu::measure_pieces<T>(std::span(&piece, 1), sums.data());
  });
  return sums;
}

}  // namespace

double tree_sum(std::span<const double> terms) {
  if (terms.size() <= 8) return std::accumulate(terms.begin(), terms.end(), 0.0);
  const std::size_t half = terms.size() / 2;
  return tree_sum(terms.first(half)) + tree_sum(terms.subspan(half));
}

double square_sum_of(ConstNumbers numbers, cpu::Team& team) {
  return tree_sum(numbers.type() == NumberType::f64 ? block_sums(numbers.as<double>(), team)
                                                    : block_sums(numbers.as<float>(), team));
}

}  // namespace calando::optimizer
