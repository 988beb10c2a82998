// SPDX-License-Identifier: MIT
// The native form of a model: its arrays as tensors of a safetensors file, used where they lie.
//
//   choice_begin row_begin target: uint32    probability reward [discount] [termination] [least] [most]: float64
//   label.NAME: uint32
//   metadata: format = "calando-mdp 1", grid_columns, grid_arrows, reward_rounding
#include "src/bellman/native.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "calando/error.h"
#include "src/io/safetensors.h"
#include "src/spec/number.h"

namespace calando::bellman {
namespace {

constexpr std::string_view kFormat = "calando-mdp 1";
constexpr std::string_view kLabelPrefix = "label.";

template <class T>
std::span<const T> find_array(const io::Safetensors& content, const std::string& file,
                              const std::string& name) {
  const auto found = content.tensors.find(name);
  if (found == content.tensors.end()) return {};
  const io::Array& array = found->second;
  if (array.type != io::TypeOf<T>::value || array.shape.size() != 1) {
    throw DataError::in_file(
        file, fmt::format("{} has type {} and {} dimensions, expected {} and 1", name,
                          io::name_of(array.type), array.shape.size(), io::name_of(io::TypeOf<T>::value)));
  }
  return array.as<T>();
}

double find_number(const io::Safetensors& content, const std::string& file, const std::string& key,
                   double high) {
  const auto found = content.metadata.find(key);
  if (found == content.metadata.end()) return 0;
  const auto value = spec::to_number(found->second);
  if (value && *value >= 0 && *value <= high) return *value;
  throw DataError::in_file(
      file, fmt::format("{} = \"{}\", expected a number from 0 to {}", key, found->second, high));
}

MdpNotes read_notes(const io::Safetensors& content, const std::string& file, std::size_t states) {
  MdpNotes notes;
  notes.name = file;
  notes.grid_columns = static_cast<std::size_t>(find_number(content, file, "grid_columns", 0x1p32));
  const auto arrows = content.metadata.find("grid_arrows");
  if (arrows != content.metadata.end()) notes.grid_arrows = arrows->second;
  notes.reward_rounding = find_number(content, file, "reward_rounding", std::numeric_limits<double>::max());
  for (const auto& [name, array] : content.tensors) {
    if (name.rfind(kLabelPrefix, 0) != 0) continue;
    const auto members = find_array<std::uint32_t>(content, file, name);
    const auto beyond = std::find_if(members.begin(), members.end(), [&](auto s) { return s >= states; });
    if (beyond != members.end()) {
      throw DataError::in_file(
          file, fmt::format("{} names state {}, but there are {} states", name, *beyond, states));
    }
    notes.labels[name.substr(kLabelPrefix.size())].assign(members.begin(), members.end());
  }
  return notes;
}

io::Safetensors to_tensors(const Mdp& model) {
  const MdpArrays& a = model.arrays();
  io::Safetensors out;
  const auto put = [&out](const std::string& name, auto values) {
    if (!values.empty()) out.tensors[name] = io::view_of(values, {values.size()});
  };
  put("choice_begin", a.choice_begin);
  put("row_begin", a.row_begin);
  put("target", a.target);
  put("probability", a.probability);
  put("reward", a.reward);
  put("discount", a.discount);
  put("termination", a.termination);
  put("least", a.least);
  put("most", a.most);
  for (const auto& [name, states] : model.notes().labels) {
    put(std::string(kLabelPrefix) + name, std::span<const std::uint32_t>(states));
  }
  out.metadata["format"] = kFormat;
  if (model.notes().grid_columns > 0)
    out.metadata["grid_columns"] = std::to_string(model.notes().grid_columns);
  if (!model.notes().grid_arrows.empty()) out.metadata["grid_arrows"] = model.notes().grid_arrows;
  if (model.notes().reward_rounding > 0) {
    out.metadata["reward_rounding"] = spec::to_text(model.notes().reward_rounding);
  }
  return out;
}

}  // namespace

Mdp read_native(const io::File& file) {
  const auto content = std::make_shared<io::Safetensors>(io::read_safetensors(file));
  const auto format = content->metadata.find("format");
  if (format == content->metadata.end() || format->second != kFormat) {
    throw DataError::in_file(file.name,
                             fmt::format("a safetensors file whose metadata lack format = \"{}\"", kFormat));
  }
  MdpArrays arrays{.choice_begin = find_array<std::uint32_t>(*content, file.name, "choice_begin"),
                   .row_begin = find_array<std::uint32_t>(*content, file.name, "row_begin"),
                   .target = find_array<std::uint32_t>(*content, file.name, "target"),
                   .probability = find_array<double>(*content, file.name, "probability"),
                   .reward = find_array<double>(*content, file.name, "reward"),
                   .discount = find_array<double>(*content, file.name, "discount"),
                   .termination = find_array<double>(*content, file.name, "termination"),
                   .least = find_array<double>(*content, file.name, "least"),
                   .most = find_array<double>(*content, file.name, "most")};
  const std::size_t states = arrays.choice_begin.empty() ? 0 : arrays.choice_begin.size() - 1;
  return Mdp(arrays, content, read_notes(*content, file.name, states));
}

std::string native_bytes(const Mdp& model) { return io::safetensors_bytes(to_tensors(model)); }

}  // namespace calando::bellman

namespace calando {

void write_mdp(const std::string& path, const Mdp& model) {
  io::write_safetensors(path, bellman::to_tensors(model));
}

}  // namespace calando
