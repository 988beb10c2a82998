// SPDX-License-Identifier: MIT
// The one list of update rules. A new rule is a file beside this one, an include and a name here.
#pragma once

#include <variant>

#include "calando/rules/adabelief.h"
#include "calando/rules/adabound.h"
#include "calando/rules/adadelta.h"
#include "calando/rules/adagrad.h"
#include "calando/rules/adam.h"
#include "calando/rules/adamax.h"
#include "calando/rules/adamw.h"
#include "calando/rules/adan.h"
#include "calando/rules/ademamix.h"
#include "calando/rules/adopt.h"
#include "calando/rules/asgd.h"
#include "calando/rules/lion.h"
#include "calando/rules/madgrad.h"
#include "calando/rules/momentum.h"
#include "calando/rules/nadam.h"
#include "calando/rules/radam.h"
#include "calando/rules/rmsprop.h"
#include "calando/rules/rprop.h"
#include "calando/rules/schedule_free.h"
#include "calando/rules/schedule_free_sgd.h"
#include "calando/rules/sgd.h"
#include "calando/rules/signum.h"
#include "calando/rules/yogi.h"

namespace calando {

/// A macro, because each instruction set's kernels are instantiated by name.
#define CALANDO_FOR_EACH_RULE(X)                                                                          \
  X(Sgd)                                                                                                  \
  X(Momentum) X(AdaGrad) X(AdaDelta) X(RmsProp) X(Adam) X(AdamW) X(NAdam) X(RAdam) X(Adamax) X(Yogi)      \
      X(AdaBelief) X(AdaBound) X(Lion) X(Signum) X(Adan) X(AdEMAMix) X(Adopt) X(Madgrad) X(Rprop) X(Asgd) \
          X(ScheduleFree) X(ScheduleFreeSgd)

using AnyRule = std::variant<Sgd, Momentum, AdaGrad, AdaDelta, RmsProp, Adam, AdamW, NAdam, RAdam, Adamax,
                             Yogi, AdaBelief, AdaBound, Lion, Signum, Adan, AdEMAMix, Adopt, Madgrad, Rprop,
                             Asgd, ScheduleFree, ScheduleFreeSgd>;

}  // namespace calando
