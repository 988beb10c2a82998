// SPDX-License-Identifier: MIT
// What the reader and the writer of safetensors agree on.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "src/io/array.h"

namespace calando::io {

inline constexpr std::size_t kSafetensorsPrefix = 8;  // bytes of the header's length
inline constexpr const char* kSafetensorsMetadata = "__metadata__";

struct SafetensorsType {
  std::string_view dtype;
  Type type;
};
inline constexpr std::array<SafetensorsType, 13> kSafetensorsTypes = {{{"BOOL", Type::boolean},
                                                                       {"U8", Type::u8},
                                                                       {"I8", Type::i8},
                                                                       {"U16", Type::u16},
                                                                       {"I16", Type::i16},
                                                                       {"U32", Type::u32},
                                                                       {"I32", Type::i32},
                                                                       {"U64", Type::u64},
                                                                       {"I64", Type::i64},
                                                                       {"F16", Type::f16},
                                                                       {"BF16", Type::bf16},
                                                                       {"F32", Type::f32},
                                                                       {"F64", Type::f64}}};

}  // namespace calando::io
