// SPDX-License-Identifier: MIT
// A model from a file of whatever format: told by the content.
#include "calando/mdp.h"
#include "src/bellman/native.h"
#include "src/io/file.h"

namespace calando {

Mdp read_mdp(const std::string& path) { return bellman::read_native(io::read_file(path)); }

}  // namespace calando
