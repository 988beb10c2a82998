// SPDX-License-Identifier: MIT
#include "src/similarity/widen.h"

#include <array>
#include <type_traits>

namespace calando {

std::string_view name_of(Element element) noexcept {
  constexpr std::array<std::string_view, 7> kNames = {"f64", "f32", "f16", "bf16", "i8", "u8", "bits"};
  return kNames[static_cast<std::size_t>(element)];
}

namespace similarity {

void widen(Element element, const void* row, std::size_t dimension, double* out) noexcept {
  with_element(element, [&]<class T>(T) {
    for (std::size_t i = 0; i < dimension; ++i) {
      if constexpr (std::is_same_v<T, Bits8>) {
        out[i] = (static_cast<const std::uint8_t*>(row)[i / 8] >> (i % 8)) & 1;
      } else {
        out[i] = number_of(element_at<T>(row, i));
      }
    }
  });
}

std::size_t row_bytes(Element element, std::size_t dimension) noexcept {
  if (element == Element::bits) return dimension / 8;
  return dimension * with_element(element, [](auto value) { return sizeof(value); });
}

}  // namespace similarity
}  // namespace calando
