// SPDX-License-Identifier: MIT
// Runs a fuzz target a fixed number of times, on the same inputs every time: its seeds, changed at random.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "src/cpu/random.h"
#include "tests/fuzz/fuzz.h"

namespace {

using calando::cpu::Purpose;
using calando::cpu::Random;

constexpr std::uint64_t kRunsPerSeed = 3000;
constexpr std::size_t kLongestInput = 1 << 16;

/// Numbers at which readers of sizes and counts go wrong.
constexpr std::array<std::uint64_t, 12> kInterestingNumbers = {
    0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1ULL << 60, (1ULL << 63) - 1, ~0ULL};
constexpr std::array<const char*, 14> kInterestingWords = {
    "\n",          "\r\n", "\"", ",", "\t", ":", "#", "(", "{", "-", "nan", "1e999", "99999999999999999999",
    "\xEF\xBB\xBF"};

class Mutator {
 public:
  Mutator(std::uint64_t run, const std::vector<std::string>& seeds)
      : random_(run, Purpose::test), seeds_(seeds) {}

  std::string change(std::string input) {
    for (std::size_t times = 1 + below(4); times > 0; --times) change_once(input);
    input.resize(std::min(input.size(), kLongestInput));
    return input;
  }

 private:
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(random_.below(drawn_++, count)); }
  std::size_t place(const std::string& input) { return below(input.size() + 1); }

  void change_once(std::string& input) {
    switch (below(8)) {
      case 0:
        return flip_bit(input);
      case 1:
        return input.resize(place(input));
      case 2:
        return splice(input);
      case 3:
        return repeat_block(input);
      case 4:
        return put_number(input);
      case 5:
        return put_word(input);
      case 6:
        return erase_block(input);
      default:
        return put_byte(input);
    }
  }

  void flip_bit(std::string& input) {
    if (input.empty()) return;
    input[below(input.size())] ^= static_cast<char>(1U << below(8));
  }
  void put_byte(std::string& input) {
    if (input.empty()) return;
    input[below(input.size())] = static_cast<char>(below(256));
  }
  void splice(std::string& input) {
    const std::string& other = seeds_[below(seeds_.size())];
    input.resize(place(input));
    input += other.substr(place(other));
  }
  void repeat_block(std::string& input) {
    const std::string block = input.substr(place(input), below(64));
    const std::size_t at = place(input);
    for (std::size_t times = 1 + below(8); times > 0; --times) input.insert(at, block);
  }
  void erase_block(std::string& input) { input.erase(place(input), below(16)); }
  void put_number(std::string& input) {
    const std::uint64_t number = kInterestingNumbers[below(kInterestingNumbers.size())];
    const std::size_t bytes = std::size_t{1} << below(4);
    const bool big_endian = below(2) == 1;
    const std::size_t at = place(input);
    for (std::size_t i = 0; i < std::min(bytes, input.size() - at); ++i) {
      input[at + i] = static_cast<char>(number >> (8 * (big_endian ? bytes - 1 - i : i)));
    }
  }
  void put_word(std::string& input) {
    input.insert(place(input), kInterestingWords[below(kInterestingWords.size())]);
  }

  Random random_;
  const std::vector<std::string>& seeds_;
  std::uint64_t drawn_ = 0;
};

/// On the heap and of exactly this size, so that the sanitizers see a look past the end.
void run(const std::string& input) {
  const auto bytes = std::make_unique<std::uint8_t[]>(input.size());
  std::copy(input.begin(), input.end(), bytes.get());
  LLVMFuzzerTestOneInput(bytes.get(), input.size());
}

volatile std::sig_atomic_t current_run = 0;

/// Says which input it was, then dies of the signal all the same.
void tell_run(int signal) {
  std::fprintf(stderr, "changed input %d\n", static_cast<int>(current_run));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t per_seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : kRunsPerSeed;
  const std::vector<std::string> seeds = fuzz_seeds();
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) std::signal(signal, tell_run);
  std::uint64_t runs = 0;
  for (const std::string& seed : seeds) {
    run(seed);
    for (std::uint64_t i = 0; i < per_seed; ++i) {
      current_run = static_cast<std::sig_atomic_t>(++runs);
      run(Mutator(runs, seeds).change(seed));
    }
  }
  std::printf("%llu changed inputs from %zu seeds\n", static_cast<unsigned long long>(runs), seeds.size());
  return seeds.empty() ? 1 : 0;
}
