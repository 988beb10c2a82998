// SPDX-License-Identifier: MIT
#include "src/search/corpus.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>

#include "calando/error.h"
#include "src/similarity/prepare.h"
#include "src/similarity/widen.h"

namespace calando {
namespace {

constexpr std::size_t kRowsPerTask = 1024;

// Between these norms a row's float32 product with a unit vector does not overflow, and subnormal numbers cost it less than 2^-80 n.
constexpr double kLeastNorm = 0x1p-60;
constexpr double kGreatestNorm = 0x1p100;

constexpr float kNotFound = std::numeric_limits<float>::quiet_NaN();

float rough_inverse(Element element, double square) {
  if (!std::isfinite(square) || square == 0) return kNotFound;
  const double norm = std::sqrt(square);
  const bool fits =
      element == Element::f64 || (norm >= kLeastNorm && norm <= kGreatestNorm);  // f64 is scaled
  return fits ? static_cast<float>(1 / norm) : kNotFound;
}

}  // namespace

namespace searching {

int threads_of(int option) noexcept { return option == 0 ? cpu::processors() : option; }

}  // namespace searching

const Segment& Corpus::State::segment_of(std::uint64_t id) const noexcept {
  const auto behind =
      std::upper_bound(segments.begin(), segments.end(), id,
                       [](std::uint64_t wanted, const Segment& s) { return wanted < s.first_id; });
  return *std::prev(behind);
}

similarity::Rows Corpus::State::rows_at(const Segment& segment, std::uint64_t id,
                                        std::size_t count) const noexcept {
  return {element, segment.rows.row(id - segment.first_id), segment.rows.stride, count,
          scales.empty() ? nullptr : scales.data() + id};
}

void Corpus::State::measure(const Segment& segment, cpu::Team& team) {
  const Vectors& rows = segment.rows;
  const std::size_t first = segment.first_id;
  squares.resize(first + rows.rows);
  inverse.resize(first + rows.rows);
  removed.resize(first + rows.rows);
  if (element == Element::f64) scales.resize(first + rows.rows);
  team.run((rows.rows + kRowsPerTask - 1) / kRowsPerTask, [&](std::size_t task) {
    const std::size_t begin = task * kRowsPerTask, count = std::min(kRowsPerTask, rows.rows - begin);
    if (element == Element::f64) {
      const std::vector<similarity::Scale> found = similarity::scales_of(rows.rows_from(begin, count));
      std::copy(found.begin(), found.end(), scales.begin() + static_cast<std::ptrdiff_t>(first + begin));
    }
    similarity::squares(rows_at(segment, first + begin, count), dimension, squares.data() + first + begin);
    for (std::size_t id = first + begin; id < first + begin + count; ++id)
      inverse[id] = rough_inverse(element, squares[id]);
  });
  list_special();
}

void Corpus::State::list_special() {
  special.clear();
  not_finite = zeros = 0;
  for (std::uint64_t id = 0; id < ids(); ++id) {
    if (removed[id] != 0) continue;
    const bool finite = std::isfinite(squares[id]);
    not_finite += finite ? 0 : 1;
    zeros += squares[id] == 0 ? 1 : 0;
    if (finite && std::isnan(inverse[id])) special.push_back(id);
  }
}

Corpus::Corpus(const Vectors& rows, int threads) : state_(std::make_unique<State>()) {
  if (rows.dimension == 0 || (rows.element == Element::bits && rows.dimension % 8 != 0))
    throw UsageError("Corpus: " + similarity::description_of(rows) +
                     ", expected at least 1, of bits a multiple of 8");
  state_->element = rows.element;
  state_->dimension = rows.dimension;
  state_->segments.push_back({rows, 0, nullptr});
  cpu::Team team(searching::threads_of(threads));
  state_->measure(state_->segments.back(), team);
}
Corpus::~Corpus() = default;
Corpus::Corpus(Corpus&&) noexcept = default;
Corpus& Corpus::operator=(Corpus&&) noexcept = default;

void Corpus::append(const Vectors& rows) {
  if (rows.element != element() || rows.dimension != dimension())
    throw UsageError("Corpus: " + similarity::description_of(rows) + " to append to " +
                     std::string(name_of(element())) + " vectors of dimension " +
                     std::to_string(dimension()));
  if (rows.rows == 0) return;
  const std::size_t bytes = similarity::row_bytes(rows.element, rows.dimension);
  auto copy = std::make_shared<std::vector<char>>(rows.rows * bytes);
  for (std::size_t i = 0; i < rows.rows; ++i) std::memcpy(copy->data() + i * bytes, rows.row(i), bytes);
  const Vectors stored{copy->data(), rows.element, rows.rows, rows.dimension, bytes};
  state_->segments.push_back({stored, ids(), std::move(copy)});
  cpu::Team team(1);
  state_->measure(state_->segments.back(), team);
}

void Corpus::remove(std::span<const std::uint64_t> gone) {
  std::vector<std::uint64_t> sorted(gone.begin(), gone.end());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool known = sorted[i] < ids() && state_->removed[sorted[i]] == 0;
    if (!known || (i > 0 && sorted[i] == sorted[i - 1]))
      throw UsageError("Corpus: row " + std::to_string(sorted[i]) + " to remove, which is not there");
  }
  for (const std::uint64_t id : sorted) {
    state_->removed[id] = 1;
    state_->inverse[id] = kNotFound;
  }
  state_->removed_count += sorted.size();
  state_->list_special();
}

Element Corpus::element() const noexcept { return state_->element; }
std::size_t Corpus::dimension() const noexcept { return state_->dimension; }
std::size_t Corpus::ids() const noexcept { return state_->ids(); }
std::size_t Corpus::rows() const noexcept { return state_->ids() - state_->removed_count; }
std::size_t Corpus::not_finite() const noexcept { return state_->not_finite; }
std::size_t Corpus::zeros() const noexcept { return state_->zeros; }

}  // namespace calando
