// SPDX-License-Identifier: MIT
#include "calando/rules/list.h"
#include "src/cpu/dispatch.h"
#include "src/cpu/map.h"
#include "src/cpu/map_targets.h"

#undef CALANDO_NUMBER
#define CALANDO_NUMBER float
#ifndef CALANDO_PORTABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/cpu/map_float.cc"
#include "hwy/foreach_target.h"
#endif
#include "src/cpu/map-inl.h"
