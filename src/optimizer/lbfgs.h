// SPDX-License-Identifier: MIT
// The engine of L-BFGS: all parameters are one vector, and a step evaluates the loss by itself.
#pragma once

#include <memory>

#include "src/optimizer/engine.h"

namespace calando::optimizer {

/// Throws:  UsageError: groups, types or options that it does not take
std::unique_ptr<Engine> make_lbfgs_engine(const Model& model);

}  // namespace calando::optimizer
