// SPDX-License-Identifier: MIT
// The instruction sets that elementwise loops are compiled for: those between SSE2 and AVX2, and beyond plain AVX-512, have nothing
// that these loops would use. What Highway calls scalar is what the compiler may assume: SSE2 on x86-64. To be included before anything of Highway.
#pragma once

#ifndef CALANDO_PORTABLE
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#endif
