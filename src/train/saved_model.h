// SPDX-License-Identifier: MIT
// model.safetensors: the weights by name, and in the metadata what turns a raw row into a prediction.
#pragma once

#include <memory>
#include <string>

#include "src/io/safetensors.h"
#include "src/train/model_options.h"
#include "src/train/network.h"
#include "src/train/preprocessing.h"

namespace calando::training {

struct SavedModel {
  ModelOptions options;
  Preprocessing preprocessing;
  std::unique_ptr<Network> network;
};

/// The content of model.safetensors. It holds no time, path, thread count or command. The tensors share the network's memory.
io::Safetensors model_content(const ModelOptions& options, const Preprocessing& preprocessing,
                              Network& network);

/// Reads a run's folder, or the path of a model.safetensors.
///
/// Throws:  DataError where it is not one.
SavedModel load_saved_model(const std::string& path);

}  // namespace calando::training
