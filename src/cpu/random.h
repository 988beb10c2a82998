// SPDX-License-Identifier: MIT
// Random numbers without a position: each is a function of its key and its index.
#pragma once

#include <array>
#include <cstdint>

namespace calando::cpu {

/// Philox4x32-10: four random words for a counter of 128 bits and a key of 64.
///
/// Source:  Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                              std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// What a stream of random numbers is for; streams of one seed are independent.
enum class Purpose : std::uint32_t { split, shuffle, initial_weights, dropout, rounding, simulation, test };

/// The random numbers of one (seed, purpose, part): random access by index.
///
///   Random shuffle(seed, Purpose::shuffle, epoch);
///   shuffle.bits(i);       // 64 random bits
///   shuffle.uniform(i);    // in [0, 1), a multiple of 2^-53
class Random {
 public:
  constexpr Random(std::uint64_t seed, Purpose purpose, std::uint32_t part = 0) noexcept
      : seed_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
        purpose_(static_cast<std::uint32_t>(purpose)),
        part_(part) {}

  constexpr std::array<std::uint32_t, 4> words(std::uint64_t index) const noexcept {
    return philox(
        {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), purpose_, part_}, seed_);
  }
  constexpr std::uint64_t bits(std::uint64_t index) const noexcept {
    const auto w = words(index);
    return (std::uint64_t{w[0]} << 32) | w[1];
  }
  constexpr double uniform(std::uint64_t index) const noexcept {
    return static_cast<double>(bits(index) >> 11) * 0x1p-53;
  }
  /// A whole number below `count`, without bias worth naming (2^-64 count).
  constexpr std::uint64_t below(std::uint64_t index, std::uint64_t count) const noexcept {
    return static_cast<std::uint64_t>((static_cast<Wide>(bits(index)) * count) >> 64);
  }

 private:
  __extension__ using Wide = unsigned __int128;

  std::array<std::uint32_t, 2> seed_;
  std::uint32_t purpose_;
  std::uint32_t part_;
};

}  // namespace calando::cpu
