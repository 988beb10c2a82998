// SPDX-License-Identifier: MIT
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "src/cpu/map.h"

namespace calando::cpu {

#if defined(__SSE__)
constexpr unsigned kFlushAndZero = 0x8040;  // bits 15 and 6 of MXCSR

NoDenormals::NoDenormals() noexcept : former_(_mm_getcsr()) { _mm_setcsr(former_ | kFlushAndZero); }
NoDenormals::~NoDenormals() { _mm_setcsr(former_); }
#else
NoDenormals::NoDenormals() noexcept : former_(0) {}
NoDenormals::~NoDenormals() = default;
#endif

}  // namespace calando::cpu
