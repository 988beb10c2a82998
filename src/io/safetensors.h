// SPDX-License-Identifier: MIT
// Named arrays in one file, readable by any safetensors reader.
#pragma once

#include <map>
#include <string>

#include "src/io/array.h"
#include "src/io/file.h"

namespace calando::io {

struct Safetensors {
  std::map<std::string, Array> tensors;
  std::map<std::string, std::string> metadata;
};

/// A safetensors file; tensors are views of its bytes, copied only where those are not aligned.
///
/// Throws:  DataError, naming the file and the tensor: header, type, offsets that overlap, leave a hole or
/// pass the end. Source:  huggingface/safetensors, README, "Format".
Safetensors read_safetensors(const File& file);

/// The bytes of the file: names and metadata sorted, data aligned to 8. The same content gives the same
/// bytes.
std::string safetensors_bytes(const Safetensors& content);

/// The same into a file, atomically, without a second copy of the data in memory.
void write_safetensors(const std::string& path, const Safetensors& content);

}  // namespace calando::io
