// SPDX-License-Identifier: MIT
// Models written in the formats of others.
#pragma once

#include <string>
#include <vector>

#include "calando/mdp.h"
#include "src/bellman/readers.h"

namespace calando::bellman {

/// A file of a format: the model's own, or one beside it, named as a Companion is.
struct WrittenFile {
  std::string ending;  // empty: the model's own
  std::string bytes;
};

/// The same process as most formats can say it: what ends it goes to one more state, labelled "end", that pays nothing for
/// ever; a choice's targets ascend, each once.
///
/// Throws:  UsageError: choices with discounts of their own, or intervals of probabilities
Mdp plain_model(const Mdp& model);

/// The model in a format. Rewards are those expected of a choice. What a format cannot hold (labels, a grid) is left out; in
/// Cassandra's, where every state has the same choices, those that a state lacks repeat its last one.
///
/// Error:   reading it back gives plain_model(model), or the model itself for native and gymnasium, bit for bit; rewards within
///          MdpNotes::reward_rounding of what was read
/// Throws:  UsageError as plain_model()
std::vector<WrittenFile> write_model(const Mdp& model, ModelFormat format);

/// UMB's tar of a plain model.
std::string umb_bytes(const Mdp& plain);

}  // namespace calando::bellman
