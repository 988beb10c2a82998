// SPDX-License-Identifier: MIT
// LIBSVM text as raw rows; the labels are the target.
#pragma once

#include <memory>

#include "src/cpu/threads.h"
#include "src/io/file.h"
#include "src/train/raw_data.h"

namespace calando::training {

RawData read_training_sparse(io::Source source, cpu::Team& team);

std::unique_ptr<RawReader> open_sparse(io::Source source, const Preprocessing& model, cpu::Team& team);

}  // namespace calando::training
