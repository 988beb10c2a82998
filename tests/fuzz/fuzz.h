// SPDX-License-Identifier: MIT
// What a fuzz target is made of. The driver, or libFuzzer, calls it with one input after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "calando/error.h"

/// Inputs that are right, or nearly: what mutations start from.
std::vector<std::string> fuzz_seeds();

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace calando::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Runs a reader, which may refuse its input by a named error and in no other way.
template <class Action>
void read_or_refuse(Action&& action) {
  try {
    action();
  } catch (const UsageError&) {
  } catch (const DataError&) {
  } catch (const RunError&) {
  }
}

/// What holds of whatever was read.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace calando::fuzz
