// SPDX-License-Identifier: MIT
// The fvecs and bvecs of the Texmex corpora.
#include <fmt/format.h>

#include <cstdint>
#include <cstring>

#include "calando/error.h"
#include "src/io/vectors.h"

namespace calando::io {
namespace {

constexpr std::size_t kHead = 4;
constexpr std::size_t kMostDimensions = std::size_t{1} << 20;

std::size_t head_at(std::string_view bytes, std::size_t at) {
  std::uint32_t head = 0;
  std::memcpy(&head, bytes.data() + at, kHead);
  return head;
}

/// Whether rows of `stride` bytes begin as the first does: the second, or the end.
bool repeats(std::string_view bytes, std::size_t stride) {
  if (bytes.size() == stride) return true;
  return bytes.size() >= stride + kHead && head_at(bytes, stride) == head_at(bytes, 0);
}

}  // namespace

std::optional<VectorRows> read_vecs(const File& file) {
  const std::string_view bytes = file.bytes.view;
  if (bytes.size() < kHead) return std::nullopt;
  const std::size_t dimension = head_at(bytes, 0);
  if (dimension == 0 || dimension > kMostDimensions) return std::nullopt;
  for (const Type type : {Type::f32, Type::u8}) {
    const std::size_t stride = kHead + dimension * size_of(type);
    if (!repeats(bytes, stride)) continue;
    const std::size_t rows = bytes.size() / stride;
    for (std::size_t i = 0; i < rows; ++i) {
      if (const std::size_t other = head_at(bytes, i * stride); other != dimension)
        throw DataError::at_byte(
            file.name, i * stride,
            fmt::format("row {} has dimension {}, the first has {}", i, other, dimension));
    }
    if (const std::size_t left = bytes.size() % stride; left != 0)
      throw DataError::at_byte(file.name, rows * stride,
                               fmt::format("row {} is cut short: {} bytes, expected {}", rows, left, stride));
    return VectorRows{
        file.name, type, false, rows, dimension, stride, {bytes.substr(kHead), file.bytes.owner}};
  }
  return std::nullopt;
}

}  // namespace calando::io
