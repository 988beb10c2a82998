// SPDX-License-Identifier: MIT
// The format of a file, told by how it starts.
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

#include "calando/error.h"
#include "src/io/csv_cells.h"
#include "src/io/file.h"

namespace calando::io {
namespace {

bool is_idx(std::string_view head) {
  return head.size() >= 4 && head[0] == 0 && head[1] == 0 && head[2] >= 0x08 && head[2] <= 0x0E &&
         head[3] != 0;
}

// A length that fits any real header, and the brace that its JSON starts with.
bool is_safetensors(std::string_view head) {
  constexpr std::uint64_t kLongestHeader = 1ULL << 32;
  std::uint64_t length = 0;
  if (head.size() < 9 || head[8] != '{') return false;
  std::memcpy(&length, head.data(), sizeof(length));
  return length < kLongestHeader;
}

std::optional<std::string_view> next_word(std::string_view& line) {
  const std::size_t start = line.find_first_not_of(" \t\r");
  if (start == std::string_view::npos) return std::nullopt;
  line.remove_prefix(start);
  const std::size_t size = std::min(line.find_first_of(" \t\r"), line.size());
  const std::string_view word = line.substr(0, size);
  line.remove_prefix(size);
  return word;
}

/// Also nan and inf, so that the reader can refuse them by name.
bool is_number(std::string_view word) {
  float ignored = 0;
  return read_number(word, ignored) != NumberForm::none;
}

/// Whether a word is `index:value` or `qid:number`.
bool is_feature(std::string_view word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return false;
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + colon, index);
  const bool numbered = error == std::errc() && end == word.data() + colon;
  return (numbered || word.substr(0, colon) == "qid") && is_number(word.substr(colon + 1));
}

/// Whether the first line with more than a label is a label and features, all of them where the line is
/// complete.
bool is_libsvm(std::string_view head) {
  while (!head.empty()) {
    const std::size_t size = std::min(head.find('\n'), head.size());
    const bool complete = size < head.size();
    std::string_view line = head.substr(0, size);
    head.remove_prefix(complete ? size + 1 : size);
    line = line.substr(0, line.find('#'));
    const auto label = next_word(line);
    if (!label) continue;
    if (!is_number(*label)) return false;
    std::size_t features = 0;
    while (const auto word = next_word(line)) {
      const bool cut_off = !complete && line.empty();
      if (!is_feature(*word) && !(cut_off && features > 0)) return false;
      ++features;
    }
    if (features > 0) return true;
  }
  return false;
}

}  // namespace

Format detect(const std::string& name, std::string_view head, std::string_view advice) {
  if (head.empty()) throw DataError::in_file(name, "is empty");
  if (head.starts_with("\x93NUMPY")) return Format::npy;
  if (is_idx(head)) return Format::idx;
  if (is_safetensors(head)) return Format::safetensors;
  if (const std::size_t nul = head.find('\0'); nul != std::string_view::npos) {
    throw DataError::at_byte(
        name, nul, std::string("a zero byte: neither text nor IDX, npy or safetensors").append(advice));
  }
  return is_libsvm(head) ? Format::libsvm : Format::csv;
}

}  // namespace calando::io
