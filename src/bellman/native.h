// SPDX-License-Identifier: MIT
// The native form of a model, from and to bytes.
#pragma once

#include <string>

#include "calando/mdp.h"
#include "src/io/file.h"

namespace calando::bellman {

/// Throws:  DataError
Mdp read_native(const io::File& file);

std::string native_bytes(const Mdp& model);

}  // namespace calando::bellman
