// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <concepts>
#include <cstdint>

#include "src/cpu/map_targets.h"
#ifndef CALANDO_PORTABLE
#include "hwy/targets.h"
#endif

namespace calando::cpu {

/// Calls check() or check(name) once for each instruction set of this machine that elementwise loops are compiled for.
template <class Check>
void on_every_target(const Check& check) {
  const auto call = [&](const char* name) {
    if constexpr (std::invocable<Check, const char*>) {
      check(name);
    } else {
      check();
    }
  };
#ifdef CALANDO_PORTABLE
  call("portable");
#else
  for (std::int64_t rest = hwy::SupportedTargets() & ~std::int64_t{HWY_DISABLED_TARGETS}; rest != 0;
       rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest & -rest);
    SCOPED_TRACE(hwy::TargetName(rest & -rest));
    call(hwy::TargetName(rest & -rest));
  }
  hwy::SetSupportedTargetsForTest(0);
#endif
}

}  // namespace calando::cpu
