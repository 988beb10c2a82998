// SPDX-License-Identifier: MIT
// The one list of update rules. A new rule is a file beside this one, an include and a name here.
#pragma once

#include <variant>

#include "calando/rules/adagrad.h"
#include "calando/rules/adam.h"
#include "calando/rules/adamw.h"
#include "calando/rules/momentum.h"
#include "calando/rules/sgd.h"

namespace calando {

/// A macro, because each instruction set's kernels are instantiated by name.
#define CALANDO_FOR_EACH_RULE(X) X(Sgd) X(Momentum) X(AdaGrad) X(Adam) X(AdamW)

using AnyRule = std::variant<Sgd, Momentum, AdaGrad, Adam, AdamW>;

}  // namespace calando
