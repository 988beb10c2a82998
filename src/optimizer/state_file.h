// SPDX-License-Identifier: MIT
// States of optimizers as the content of files.
#pragma once

#include <string_view>

#include "calando/optimizer_state.h"
#include "src/io/file.h"
#include "src/io/safetensors.h"

namespace calando::optimizer {

/// Views of the state's numbers, which is to outlive it.
io::Safetensors to_safetensors(const OptimizerState& state);
OptimizerState from_safetensors(const io::File& file);

/// The same in PyTorch's layout.
io::Safetensors to_torch(const OptimizerState& state);
OptimizerState from_torch(const io::File& file, std::string_view rule);

/// Puts a tensor in a state under a name, as what it is stored in or wider.
///
/// Throws:  DataError where it is in none of the float types.
void put_tensor(OptimizerState& state, const io::File& file, const std::string& name, const io::Array& array);

/// A tensor of a state, as a view.
template <class T>
io::Array view_of_state(const OptimizerState& state, const std::string& name, const std::vector<T>& numbers) {
  const auto shape = state.shapes.find(name);
  const std::vector<std::size_t> flat{numbers.size()};
  return io::view_of(std::span<const T>(numbers), shape == state.shapes.end() ? flat : shape->second);
}

}  // namespace calando::optimizer
