// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

namespace calando::cpu {

struct FreeBytes {
  void operator()(std::byte* bytes) const noexcept;
};
using Arena = std::unique_ptr<std::byte[], FreeBytes>;

/// Zeros in one piece, aligned to 64 bytes; in huge pages where it is large and the system has them.
///
/// Throws:  std::bad_alloc
Arena make_arena(std::size_t size);

}  // namespace calando::cpu
