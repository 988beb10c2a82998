// SPDX-License-Identifier: MIT
// Vectors as the commands that compare them take them from files.
#pragma once

#include <string>
#include <vector>

#include "calando/vectors.h"
#include "src/io/vectors.h"
#include "tools/command.h"

namespace calando::tools {

/// --shape N,D --type f32 --tensor NAME
struct VectorFileOptions {
  std::string shape;
  std::string type;
  std::string tensor;
};
void declare_vector_file(CLI::App& app, VectorFileOptions& options);

/// What the options say of a file without a header, or nothing.
///
/// Throws:  UsageError.
std::optional<io::RawShape> raw_shape(const VectorFileOptions& options);

/// Vectors and whatever keeps them alive.
struct VectorInput {
  io::VectorRows rows;

  Vectors view() const;
};

/// The vectors of a file, guarded against its getting shorter.
VectorInput read_vector_file(const std::string& path, const io::VectorOptions& options);

/// The same vectors in double: exact.
VectorInput widened_input(const VectorInput& input);

/// Names, one a line.
std::vector<std::string> read_names(const std::string& path);

}  // namespace calando::tools
