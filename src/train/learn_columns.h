// SPDX-License-Identifier: MIT
// What the training rows say about each column: mean and deviation, or which categories there are.
#pragma once

#include <cstdint>
#include <span>

#include "src/cpu/threads.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// Sets the statistics of model.columns, which are those of `data`. A category that none of these rows has is left out: its cells
/// become -1 in `data`, as in any later file.
///
///   mean = sum x / n, deviation = sqrt(sum (x - mean)^2 / n) over the rows that have a value; of images over all pixels
///
/// Error:   the same bits for any team
void learn_columns(RawData& data, std::span<const std::uint32_t> rows, Preprocessing& model, cpu::Team& team);

}  // namespace calando::training
