// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "src/bellman/writers.h"

namespace calando::bellman {
namespace {

constexpr std::size_t kBlock = 512;

/// A tar: each entry a block of names and numbers, and its content filled up to whole blocks.
class Tar {
 public:
  void add(const std::string& name, const std::string& content) {
    std::string head(kBlock, '\0');
    const auto put = [&head](std::size_t at, const std::string& text) {
      head.replace(at, text.size(), text);
    };
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", content.size()));
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    unsigned sum = 0;
    for (const char c : head) sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    bytes_ += head + content;
    bytes_.resize((bytes_.size() + kBlock - 1) / kBlock * kBlock, '\0');
  }
  std::string take() { return std::move(bytes_.append(2 * kBlock, '\0')); }

 private:
  std::string bytes_;
};

void put_word(std::string& bytes, std::uint64_t value) {
  for (unsigned byte = 0; byte < 8; ++byte) bytes += static_cast<char>(value >> (8 * byte) & 0xFF);
}

std::string words_of(std::span<const std::uint32_t> numbers) {
  std::string bytes;
  for (const std::uint32_t number : numbers) put_word(bytes, number);
  return bytes;
}

std::string doubles_of(std::span<const double> numbers) {
  std::string bytes;
  for (const double number : numbers) put_word(bytes, std::bit_cast<std::uint64_t>(number));
  return bytes;
}

std::string bits_of(const std::vector<std::uint32_t>& states, std::size_t count) {
  std::vector<std::uint64_t> words((count + 63) / 64);
  for (const std::uint32_t s : states) words[s / 64] |= std::uint64_t{1} << (s % 64);
  std::string bytes;
  for (const std::uint64_t word : words) put_word(bytes, word);
  return bytes;
}

}  // namespace

std::string umb_bytes(const Mdp& plain) {
  const MdpArrays& a = plain.arrays();
  const nlohmann::ordered_json number = {{"type", "double"}, {"size", 64}};
  const auto initial = plain.notes().labels.find("init");
  const bool starts = initial != plain.notes().labels.end();
  nlohmann::ordered_json index;
  index["format-version"] = 1;
  index["format-revision"] = 0;
  index["file-data"] = {{"tool", "calando"}};
  index["transition-system"] = {{"time", "discrete"},
                                {"#players", 1},
                                {"#states", plain.states()},
                                {"#initial-states", starts ? initial->second.size() : 0},
                                {"#choices", plain.choices()},
                                {"#choice-actions", 0},
                                {"#branches", plain.transitions()},
                                {"#branch-actions", 0},
                                {"#observations", 0},
                                {"branch-probability-type", number}};
  auto& annotations = index["annotations"];
  annotations["rewards"]["reward"] = {{"applies-to", {"choices"}}, {"type", number}};
  std::size_t count = 0;
  for (const auto& [name, states] : plain.notes().labels) {
    annotations["aps"][fmt::format("ap{}", count++)] = {
        {"alias", name}, {"applies-to", {"states"}}, {"type", {{"type", "bool"}, {"size", 1}}}};
  }
  Tar tar;
  tar.add("index.json", index.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  tar.add("state-to-choices.bin", words_of(a.choice_begin));
  if (starts) tar.add("state-is-initial.bin", bits_of(initial->second, plain.states()));
  tar.add("choice-to-branches.bin", words_of(a.row_begin));
  tar.add("branch-to-target.bin", words_of(a.target));
  tar.add("branch-to-probability.bin", doubles_of(a.probability));
  tar.add("annotations/rewards/reward/choices/values.bin", doubles_of(a.reward));
  count = 0;
  for (const auto& [name, states] : plain.notes().labels)
    tar.add(fmt::format("annotations/aps/ap{}/states/values.bin", count++), bits_of(states, plain.states()));
  return tar.take();
}

}  // namespace calando::bellman
