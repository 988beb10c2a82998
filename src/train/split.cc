// SPDX-License-Identifier: MIT
#include "src/train/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/cpu/random.h"

namespace calando::training {
namespace {

/// How many rows of each class are kept back.
std::vector<std::size_t> quotas(const std::vector<std::size_t>& sizes, std::size_t rows, double share) {
  const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(rows)));
  std::vector<std::size_t> quota;
  std::vector<double> lost;
  for (const std::size_t size : sizes) {
    const double exact = share * static_cast<double>(size);
    quota.push_back(static_cast<std::size_t>(exact));
    lost.push_back(exact - std::floor(exact));
  }
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  std::size_t total = std::accumulate(quota.begin(), quota.end(), std::size_t{0});
  for (const std::size_t c : order) {
    if (total >= wanted) break;
    if (quota[c] + 1 >= sizes[c]) continue;
    ++quota[c];
    ++total;
  }
  return quota;
}

struct Drawn {
  std::uint64_t key;
  std::size_t at;
};

/// Marks `count` of the drawn rows, those with the smallest keys.
void keep_back(std::vector<Drawn>& drawn, std::size_t count, std::vector<char>& kept_back) {
  const auto before = [](const Drawn& a, const Drawn& b) {
    return a.key != b.key ? a.key < b.key : a.at < b.at;
  };
  const auto middle = drawn.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(drawn.begin(), middle, drawn.end(), before);
  for (auto it = drawn.begin(); it != middle; ++it) kept_back[it->at] = 1;
}

}  // namespace

Split split_rows(std::span<const std::uint32_t> rows, std::span<const std::int32_t> labels,
                 std::size_t classes, double share, std::uint64_t seed) {
  const cpu::Random random(seed, cpu::Purpose::split);
  std::vector<std::vector<Drawn>> members(labels.empty() ? 1 : classes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    members[labels.empty() ? 0 : static_cast<std::size_t>(labels[i])].push_back({random.bits(rows[i]), i});
  }
  std::vector<std::size_t> sizes;
  for (const auto& member : members) sizes.push_back(member.size());
  const std::vector<std::size_t> quota = quotas(sizes, rows.size(), share);

  std::vector<char> kept_back(rows.size(), 0);
  for (std::size_t c = 0; c < members.size(); ++c) keep_back(members[c], quota[c], kept_back);
  Split split;
  for (std::size_t i = 0; i < rows.size(); ++i)
    (kept_back[i] != 0 ? split.validation : split.training).push_back(rows[i]);
  return split;
}

}  // namespace calando::training
