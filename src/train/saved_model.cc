// SPDX-License-Identifier: MIT
#include "src/train/saved_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "calando/error.h"

namespace calando::training {
namespace {

constexpr const char* kFile = "model.safetensors";
constexpr const char* kFormat = "format";
constexpr const char* kFormatName = "calando model 1";
constexpr const char* kModel = "model";
constexpr const char* kPreprocessing = "preprocessing";

const std::string& entry(const io::Safetensors& content, const std::string& file, const char* name) {
  const auto found = content.metadata.find(name);
  if (found == content.metadata.end()) {
    throw DataError::in_file(file,
                             fmt::format("is no model of calando train: its metadata lack \"{}\"", name));
  }
  return found->second;
}

ModelOptions options_from(const io::Safetensors& content, const std::string& file, Task task) {
  try {
    ModelOptions options = parse_model(entry(content, file, kModel));
    require_fits(options, task);
    return options;
  } catch (const UsageError& error) {
    throw DataError::in_file(file, error.what());
  }
}

void copy_weights(const io::Safetensors& content, const std::string& file, Network& network) {
  for (const NamedTensor& tensor : network.parameters()) {
    const auto found = content.tensors.find(tensor.name);
    if (found == content.tensors.end())
      throw DataError::in_file(file, fmt::format("there is no tensor {}", tensor.name));
    const io::Array& array = found->second;
    if (array.type != io::Type::f32 || array.shape != tensor.shape) {
      throw DataError::in_file(file, fmt::format("tensor {} is {} of {}, expected {} of float32", tensor.name,
                                                 fmt::join(array.shape, " x "), io::name_of(array.type),
                                                 fmt::join(tensor.shape, " x ")));
    }
    array.copy_to(0, tensor.values);
  }
}

std::string file_in(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return path;
  const std::string file = (std::filesystem::path(path) / kFile).string();
  if (std::filesystem::exists(file, ignored)) return file;
  throw DataError::in_file(path,
                           fmt::format("there is no {} in it; calando train writes one at its end", kFile));
}

}  // namespace

io::Safetensors model_content(const ModelOptions& options, const Preprocessing& preprocessing,
                              Network& network) {
  io::Safetensors content;
  content.metadata = {
      {kFormat, kFormatName}, {kModel, to_string(options)}, {kPreprocessing, to_json(preprocessing)}};
  for (const NamedTensor& tensor : network.parameters()) {
    content.tensors[tensor.name] = io::view_of(std::span<const float>(tensor.values), tensor.shape);
  }
  return content;
}

SavedModel load_saved_model(const std::string& path) {
  const std::string file = file_in(path);
  const io::Safetensors content = io::read_safetensors(io::read_file(file));
  if (entry(content, file, kFormat) != kFormatName) {
    throw DataError::in_file(file, fmt::format("its format is \"{}\", expected \"{}\"",
                                               entry(content, file, kFormat), kFormatName));
  }
  SavedModel model;
  model.preprocessing = preprocessing_from_json(file, entry(content, file, kPreprocessing));
  model.options = options_from(content, file, model.preprocessing.task);
  const Preprocessing& p = model.preprocessing;
  model.network = std::make_unique<Network>(model.options, p.task, p.inputs(), p.outputs());
  copy_weights(content, file, *model.network);
  return model;
}

}  // namespace calando::training
