// SPDX-License-Identifier: MIT
#include "src/optimizer/state_file.h"

#include <fmt/format.h>

#include <charconv>

#include "calando/error.h"
#include "src/spec/number.h"

namespace calando::optimizer {
namespace {

constexpr std::string_view kFormat = "calando optimizer state";
constexpr std::string_view kScalar = "scalar ";

const std::string& metadata(const io::File& file, const io::Safetensors& content, const std::string& key) {
  const auto found = content.metadata.find(key);
  if (found == content.metadata.end()) {
    throw DataError::in_file(file.name,
                             fmt::format("no metadata \"{}\": not a state that calando wrote", key));
  }
  return found->second;
}

Step steps_of(const io::File& file, const std::string& text) {
  Step steps = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (error != std::errc() || end != text.data() + text.size() || steps < 0) {
    throw DataError::in_file(file.name, fmt::format("steps \"{}\", expected a whole number from 0 on", text));
  }
  return steps;
}

}  // namespace

io::Safetensors to_safetensors(const OptimizerState& state) {
  io::Safetensors content;
  content.metadata = {
      {"format", std::string(kFormat)}, {"rule", state.rule}, {"steps", std::to_string(state.steps)}};
  for (const auto& [name, value] : state.scalars)
    content.metadata[std::string(kScalar) + name] = spec::to_text(value);
  for (const auto& [name, numbers] : state.tensors)
    content.tensors[name] = view_of_state(state, name, numbers);
  for (const auto& [name, numbers] : state.doubles)
    content.tensors[name] = view_of_state(state, name, numbers);
  return content;
}

void put_tensor(OptimizerState& state, const io::File& file, const std::string& name,
                const io::Array& array) {
  state.shapes[name] = array.shape;
  switch (array.type) {
    case io::Type::f64:
      state.doubles[name].resize(array.count());
      return array.copy_to(0, state.doubles[name]);
    case io::Type::f32:
    case io::Type::bf16:
    case io::Type::f16:
      state.tensors[name].resize(array.count());
      return array.copy_to(0, state.tensors[name]);
    default:
      throw DataError::in_file(file.name, fmt::format("tensor \"{}\" in {}, expected floating-point numbers",
                                                      name, io::name_of(array.type)));
  }
}

OptimizerState from_safetensors(const io::File& file) {
  const io::Safetensors content = io::read_safetensors(file);
  if (const std::string& format = metadata(file, content, "format"); format != kFormat) {
    throw DataError::in_file(file.name, fmt::format("format \"{}\", expected \"{}\"", format, kFormat));
  }
  OptimizerState state;
  state.rule = metadata(file, content, "rule");
  state.steps = steps_of(file, metadata(file, content, "steps"));
  for (const auto& [key, text] : content.metadata) {
    if (!key.starts_with(kScalar)) continue;
    const auto number = spec::to_number(text);
    if (!number) throw DataError::in_file(file.name, fmt::format("{}: \"{}\" is not a number", key, text));
    state.scalars[key.substr(kScalar.size())] = *number;
  }
  for (const auto& [name, array] : content.tensors) put_tensor(state, file, name, array);
  return state;
}

}  // namespace calando::optimizer

namespace calando {

void write_state(const std::string& path, const OptimizerState& state) {
  io::write_safetensors(path, optimizer::to_safetensors(state));
}

OptimizerState read_state(const std::string& path) {
  return optimizer::from_safetensors(io::read_file(path));
}

}  // namespace calando
