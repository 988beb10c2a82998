// SPDX-License-Identifier: MIT
// What tells one data set from another. The comparison and its text form are declared in data_set.h.
#pragma once

#include <string>

#include "src/cpu/threads.h"
#include "src/train/data_set.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// Adds what a file holds, under names such as "training rows" and "training values".
///
/// Error:   the same for any team
void identify(const std::string& part, const RawData& data, cpu::Team& team, DataIdentity& identity);

}  // namespace calando::training
