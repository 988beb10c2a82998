// SPDX-License-Identifier: MIT
#include "tools/vector_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "calando/error.h"
#include "src/similarity/widen.h"
#include "src/spec/nearest.h"
#include "tools/shrink_guard.h"

namespace calando::tools {
namespace {

struct Stored {
  std::string_view name;
  io::Type type;
  bool bits;
};
constexpr std::array<Stored, 7> kStored = {{{"f64", io::Type::f64, false},
                                            {"f32", io::Type::f32, false},
                                            {"f16", io::Type::f16, false},
                                            {"bf16", io::Type::bf16, false},
                                            {"i8", io::Type::i8, false},
                                            {"u8", io::Type::u8, false},
                                            {"bits", io::Type::u8, true}}};

std::size_t size_in(const std::string& shape, std::string_view word) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size() || value == 0)
    throw UsageError(fmt::format("--shape {}: \"{}\", expected N,D with whole numbers above 0", shape, word));
  return value;
}

Element element_of(const io::VectorRows& rows) {
  if (rows.bits) return Element::bits;
  switch (rows.type) {
    case io::Type::f64:
      return Element::f64;
    case io::Type::f16:
      return Element::f16;
    case io::Type::bf16:
      return Element::bf16;
    case io::Type::i8:
      return Element::i8;
    case io::Type::u8:
      return Element::u8;
    default:
      return Element::f32;
  }
}

}  // namespace

void declare_vector_file(CLI::App& app, VectorFileOptions& options) {
  app.add_option("--shape", options.shape, "rows and dimension of files without a header")
      ->option_text("N,D");
  app.add_option("--type", options.type, "their elements: f64, f32, f16, bf16, i8, u8 or bits")
      ->option_text("TYPE");
  app.add_option("--tensor", options.tensor, "which tensor of a safetensors file")->option_text("NAME");
}

std::optional<io::RawShape> raw_shape(const VectorFileOptions& options) {
  if (options.shape.empty() && options.type.empty()) return std::nullopt;
  if (options.shape.empty() || options.type.empty())
    throw UsageError("--shape N,D and --type TYPE go together: both describe files without a header");
  const std::size_t comma = std::min(options.shape.find(','), options.shape.size());
  const std::string_view shape = options.shape;
  const std::size_t rows = size_in(options.shape, shape.substr(0, comma));
  const std::size_t dimension = size_in(options.shape, shape.substr(std::min(comma + 1, shape.size())));
  const auto stored =
      std::find_if(kStored.begin(), kStored.end(), [&](const Stored& s) { return s.name == options.type; });
  if (stored == kStored.end()) {
    std::vector<std::string> names;
    for (const Stored& s : kStored) names.emplace_back(s.name);
    throw UsageError(fmt::format("--type: no type \"{}\"{} (there are {})", options.type,
                                 spec::did_you_mean(options.type, names), fmt::join(names, ", ")));
  }
  if (stored->bits && dimension % 8 != 0)
    throw UsageError(
        fmt::format("--shape {}: bits of dimension {}, expected a multiple of 8", options.shape, dimension));
  return io::RawShape{rows, dimension, stored->type, stored->bits};
}

Vectors VectorInput::view() const {
  return {rows.bytes.view.data(), element_of(rows), rows.rows, rows.dimension, rows.stride};
}

VectorInput read_vector_file(const std::string& path, const io::VectorOptions& options) {
  const io::File file = io::read_file(path);
  guard_mapping(file);
  VectorInput input{io::read_vectors(file, options)};
  refuse_shrunk_files();
  return input;
}

VectorInput widened_input(const VectorInput& input) {
  const Vectors from = input.view();
  VectorInput result{input.rows};
  io::Buffer buffer = io::make_buffer(from.rows * from.dimension * sizeof(double));
  auto* const numbers = reinterpret_cast<double*>(buffer.data);
  for (std::size_t i = 0; i < from.rows; ++i)
    similarity::widen(from.element, from.row(i), from.dimension, numbers + i * from.dimension);
  result.rows.type = io::Type::f64;
  result.rows.bits = false;
  result.rows.stride = from.dimension * sizeof(double);
  result.rows.bytes = std::move(buffer.bytes);
  return result;
}

std::vector<std::string> read_names(const std::string& path) {
  const io::File file = io::read_file(path);
  std::vector<std::string> names;
  std::string_view text = file.bytes.view;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    names.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

}  // namespace calando::tools
