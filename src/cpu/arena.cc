// SPDX-License-Identifier: MIT
#include "src/cpu/arena.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace calando::cpu {
namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// Bytes in whole pages of `alignment`, and their number.
std::pair<std::byte*, std::size_t> take(std::size_t size, std::size_t alignment) {
  const std::size_t whole = std::max(size, alignment) / alignment * alignment +
                            (size > alignment && size % alignment != 0 ? alignment : 0);
  if (whole < size) throw std::bad_alloc();
  auto* bytes = static_cast<std::byte*>(std::aligned_alloc(alignment, whole));
  if (bytes == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  if (alignment == kHugePage) madvise(bytes, whole, MADV_HUGEPAGE);  // a wish: nothing depends on it
#endif
  return {bytes, whole};
}

}  // namespace

void FreeBytes::operator()(std::byte* bytes) const noexcept { std::free(bytes); }

Arena make_arena(std::size_t size) {
  const auto [bytes, whole] = take(size, size >= 2 * kHugePage ? kHugePage : 64);
  std::memset(bytes, 0, whole);
  return Arena(bytes);
}

std::byte* take_unset(std::size_t size) { return take(size, size >= kHugePage / 2 ? kHugePage : 64).first; }

}  // namespace calando::cpu
