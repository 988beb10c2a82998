// SPDX-License-Identifier: MIT
// A model from a file of whatever format: told by the content.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "calando/error.h"
#include "calando/mdp.h"
#include "src/bellman/native.h"
#include "src/bellman/readers.h"
#include "src/io/file.h"

namespace calando {
namespace bellman {
namespace {

constexpr std::size_t kHead = 4096;

/// What follows the lines at the start that are empty or start with #: PRISM's exporter and Cassandra's files have such.
std::string_view skip_comments(std::string_view head) {
  for (;;) {
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || head[first] != '#')
      return head.substr(std::min(first, head.size()));
    const std::size_t end = head.find('\n', first);
    if (end == std::string_view::npos) return {};
    head.remove_prefix(end);
  }
}

bool starts_with_number_words(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\n'));
  return !line.empty() && std::all_of(line.begin(), line.end(), [](unsigned char c) {
    return std::isdigit(c) != 0 || c == ' ' || c == '\t' || c == '\r';
  });
}

/// Starts with one of the words before the first colon.
bool is_cassandra(std::string_view head) {
  constexpr std::array<std::string_view, 5> kWords = {"discount", "values", "states", "actions",
                                                      "observations"};
  for (const std::string_view word : kWords) {
    if (head.substr(0, word.size()) != word) continue;
    const std::size_t next = head.find_first_not_of(" \t", word.size());
    if (next != std::string_view::npos && head[next] == ':') return true;
  }
  return false;
}

bool is_native(std::string_view head) {
  return head.size() > 9 && head[8] == '{' && static_cast<unsigned char>(head[7]) == 0;
}

}  // namespace

ModelFormat detect_model(const std::string& name, std::string_view head) {
  head = head.substr(0, kHead);
  constexpr std::string_view kPetscMatrix("\0\x12\x7B\x50", 4);  // 1211216, the highest byte first
  if (is_native(head)) return ModelFormat::native;
  if (head.size() > 262 && head.substr(257, 5) == "ustar") return ModelFormat::umb;
  if (head.substr(0, 4) == kPetscMatrix) return ModelFormat::petsc;
  if (head.find("@type") != std::string_view::npos) return ModelFormat::drn;
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && head[first] == '{') return ModelFormat::gymnasium;
  const std::string_view text = skip_comments(head);
  if (starts_with_number_words(text)) return ModelFormat::prism;
  if (is_cassandra(text)) return ModelFormat::cassandra;
  const std::string_view line = head.substr(0, head.find('\n'));
  if (std::count(line.begin(), line.end(), ',') >= 3) return ModelFormat::tuples;
  throw DataError::in_file(
      name,
      "not a model: expected the native form, Gymnasium's JSON, PRISM's .tra, Storm's DRN, PETSc's "
      "binary form, Cassandra's .MDP or .POMDP, UMB, or comma-separated state, choice, target, probability");
}

Mdp read_model(const io::File& file, const Companion& companion) {
  switch (detect_model(file.name, file.bytes.view)) {
    case ModelFormat::native:
      return read_native(file);
    case ModelFormat::gymnasium:
      return read_gymnasium(file);
    case ModelFormat::prism:
      return read_prism(file, companion);
    case ModelFormat::drn:
      return read_drn(file);
    case ModelFormat::tuples:
      return read_tuples(file);
    case ModelFormat::umb:
      return read_umb(file);
    case ModelFormat::cassandra:
      return read_cassandra(file);
    case ModelFormat::petsc:
      break;
  }
  const std::optional<io::File> costs = companion("costs");
  if (!costs) {
    throw DataError::in_file(
        file.name,
        "a matrix of transitions without the costs beside it: expected a file of the same "
        "name with _P_ changed to _g_, or P.bin to g.bin");
  }
  return read_petsc(file, *costs);
}

std::string companion_path(const std::string& path, const std::string& ending) {
  std::filesystem::path other(path);
  if (ending != "costs") return other.replace_extension(ending).string();
  std::string name = other.filename().string();
  const std::size_t at = name.rfind('P');
  if (at != std::string::npos) name[at] = 'g';
  return other.replace_filename(name).string();
}

Companion companions_of(const std::string& path) {
  return [path](const std::string& ending) -> std::optional<io::File> {
    const std::string other = companion_path(path, ending);
    if (path == "-" || other == path || !std::filesystem::exists(other)) return std::nullopt;
    return io::read_file(other);
  };
}

}  // namespace bellman

Mdp read_mdp(const std::string& path) {
  return bellman::read_model(io::read_file(path), bellman::companions_of(path));
}

}  // namespace calando
