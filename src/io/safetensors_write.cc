// SPDX-License-Identifier: MIT
// The writer of safetensors: the same content gives the same bytes.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "calando/error.h"
#include "src/io/array_bytes.h"
#include "src/io/atomic_file.h"
#include "src/io/safetensors.h"
#include "src/io/safetensors_format.h"

namespace calando::io {
namespace {

using nlohmann::json;
using NamedArray = decltype(Safetensors::tensors)::value_type;

std::string_view dtype_of(Type type) {
  const auto named = std::find_if(kSafetensorsTypes.begin(), kSafetensorsTypes.end(),
                                  [type](const SafetensorsType& n) { return n.type == type; });
  return named->dtype;
}

/// The tensors as their data lie in the file: wide elements first, so that each is aligned; then by name.
std::vector<const NamedArray*> in_file_order(const Safetensors& content) {
  std::vector<const NamedArray*> order;
  for (const NamedArray& tensor : content.tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const NamedArray* a, const NamedArray* b) {
    return size_of(a->second.type) > size_of(b->second.type);
  });
  return order;
}

std::string header_of(const Safetensors& content, const std::vector<const NamedArray*>& order) {
  json header = json::object();
  if (!content.metadata.empty()) header[kSafetensorsMetadata] = content.metadata;
  std::size_t at = 0;
  for (const NamedArray* tensor : order) {
    const auto& [name, array] = *tensor;
    const std::size_t size = array.bytes.view.size();
    if (name == kSafetensorsMetadata || bytes_of(array.type, array.shape) != size) {
      throw UsageError(fmt::format(
          "safetensors: tensor \"{}\": {}", name,
          name == kSafetensorsMetadata ? "a reserved name" : "its shape disagrees with its bytes"));
    }
    header[name] = {
        {"dtype", dtype_of(array.type)}, {"shape", array.shape}, {"data_offsets", {at, at + size}}};
    at += size;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const json::exception& error) {
    throw UsageError(fmt::format("safetensors: a name or metadata is not UTF-8: {}", error.what()));
  }
  text.append((kSafetensorsPrefix - text.size() % kSafetensorsPrefix) % kSafetensorsPrefix, ' ');
  std::string bytes;
  for (std::size_t i = 0; i < kSafetensorsPrefix; ++i) bytes += static_cast<char>(text.size() >> (8 * i));
  return bytes + text;
}

}  // namespace

std::string safetensors_bytes(const Safetensors& content) {
  const auto order = in_file_order(content);
  std::string bytes = header_of(content, order);
  for (const NamedArray* tensor : order) bytes += tensor->second.bytes.view;
  return bytes;
}

void write_safetensors(const std::string& path, const Safetensors& content) {
  const auto order = in_file_order(content);
  const std::string header = header_of(content, order);
  AtomicFile file(path);
  file.write(header);
  for (const NamedArray* tensor : order) file.write(tensor->second.bytes.view);
  file.commit();
}

}  // namespace calando::io
