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
}

void FreeBytes::operator()(std::byte* bytes) const noexcept { std::free(bytes); }

Arena make_arena(std::size_t size) {
  const std::size_t alignment = size >= 2 * kHugePage ? kHugePage : 64;
  const std::size_t whole =
      std::max(size, alignment) / alignment * alignment + (size % alignment == 0 ? 0 : alignment);
  if (whole < size) throw std::bad_alloc();
  auto* bytes = static_cast<std::byte*>(std::aligned_alloc(alignment, whole));
  if (bytes == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  if (alignment == kHugePage) madvise(bytes, whole, MADV_HUGEPAGE);  // a wish: nothing depends on it
#endif
  std::memset(bytes, 0, whole);
  return Arena(bytes);
}

}  // namespace calando::cpu
