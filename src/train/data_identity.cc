// SPDX-License-Identifier: MIT
// What tells one data set from another: sizes in words, and a hash of every value.
#include "src/train/data_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "calando/error.h"

namespace calando::training {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;  // hashed by one task; it decides the hash
constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) { return std::rotl((hash ^ word) * kOdd, 29); }

/// Four chains, so that none waits for the product of another.
std::uint64_t hash_block(std::string_view bytes) {
  std::array<std::uint64_t, 4> chains = {1, 2, 3, bytes.size()};
  while (bytes.size() >= sizeof chains) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), bytes.data(), sizeof words);
    for (std::size_t i = 0; i < 4; ++i) chains[i] = mixed(chains[i], words[i]);
    bytes.remove_prefix(sizeof words);
  }
  for (const char c : bytes) chains[0] = mixed(chains[0], static_cast<unsigned char>(c));
  return mixed(mixed(mixed(chains[0], chains[1]), chains[2]), chains[3]);
}

class Hash {
 public:
  explicit Hash(cpu::Team& team) : team_(team) {}

  void add(std::string_view bytes) {
    std::vector<std::uint64_t> blocks((bytes.size() + kBlockBytes - 1) / kBlockBytes);
    team_.run(blocks.size(),
              [&](std::size_t i) { blocks[i] = hash_block(bytes.substr(i * kBlockBytes, kBlockBytes)); });
    for (const std::uint64_t block : blocks) hash_ = mixed(hash_, block);
    hash_ = mixed(hash_, bytes.size());
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
  }
  void add(const std::vector<std::string>& words) {
    for (const std::string& word : words) add(word);
  }
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  cpu::Team& team_;
  std::uint64_t hash_ = kOdd;
};

std::string values_of(const RawData& data, cpu::Team& team) {
  Hash hash(team);
  const RawRows& raw = *data.rows;
  hash.add(raw.numbers.view);
  hash.add(raw.bytes.view);
  hash.add(raw.sparse.starts);
  hash.add(raw.sparse.columns);
  hash.add(raw.sparse.values);
  for (const RawColumn& column : data.columns) hash.add(column.categories);
  return hash.text();
}

std::string target_of(const RawTarget& target, cpu::Team& team) {
  Hash hash(team);
  hash.add(target.numbers);
  hash.add(target.codes);
  hash.add(target.words);
  return hash.text();
}

std::string names_of(const RawData& data, cpu::Team& team) {
  Hash hash(team);
  for (const RawColumn& column : data.columns)
    hash.add(column.name + (column.categorical ? " words" : " numbers"));
  return fmt::format("{} columns {}", data.columns.size(), hash.text());
}

}  // namespace

void identify(const std::string& part, const RawData& data, cpu::Team& team, DataIdentity& identity) {
  identity.emplace_back(part + " rows", fmt::to_string(data.rows->rows));
  identity.emplace_back(part + " columns", names_of(data, team));
  identity.emplace_back(part + " values", values_of(data, team));
  if (data.target) identity.emplace_back(part + " target", target_of(*data.target, team));
}

std::string to_json(const DataIdentity& identity) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, text] : identity) json[name] = text;
  return json.dump();
}

DataIdentity identity_from_json(const std::string& file, const std::string& text) {
  try {
    DataIdentity identity;
    const auto json = nlohmann::ordered_json::parse(text);
    for (const auto& [name, value] : json.items()) identity.emplace_back(name, value.get<std::string>());
    return identity;
  } catch (const nlohmann::json::exception& error) {
    throw DataError::in_file(file, fmt::format("does not say which data it was made from: {}", error.what()));
  }
}

void require_same_data(const DataIdentity& before, const DataIdentity& now, const DataOptions& options,
                       const std::string& folder) {
  const auto text_in = [](const DataIdentity& identity, const std::string& name) {
    const auto found =
        std::find_if(identity.begin(), identity.end(), [&](const auto& pair) { return pair.first == name; });
    return found == identity.end() ? std::string("none") : found->second;
  };
  DataIdentity names = now;
  names.insert(names.end(), before.begin(), before.end());
  for (const auto& [name, ignored] : names) {
    const std::string then = text_in(before, name);
    const std::string today = text_in(now, name);
    if (then == today) continue;
    throw UsageError(
        fmt::format("--resume {}: {} holds other data than when the run began: {} were {}, are {} now",
                    folder, options.path, name, then, today));
  }
}

}  // namespace calando::training
