// SPDX-License-Identifier: MIT
// What the benchmarks of the text readers share: a file made once, and the roof, which is reading its bytes.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "src/io/atomic_file.h"
#include "src/io/file.h"

namespace calando::io {

/// A file that is gone when the program ends.
class BenchFile {
 public:
  explicit BenchFile(const std::string& content) {
    std::string pattern = (std::filesystem::temp_directory_path() / "calando_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write_file(path(), content);
  }
  ~BenchFile() { std::filesystem::remove_all(folder_); }
  BenchFile(const BenchFile&) = delete;
  BenchFile& operator=(const BenchFile&) = delete;

  std::string path() const { return (folder_ / "table").string(); }

 private:
  std::filesystem::path folder_;
};

inline void count_bytes(benchmark::State& state, const std::string& path) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(std::filesystem::file_size(path)));
}

/// Every byte of the file copied from the system's cache and looked at, by one thread: no reader can be
/// faster.
inline void read_roof(benchmark::State& state, const std::string& path) {
  std::string buffer(std::size_t{1} << 18, '\0');
  for (auto _ : state) {
    Source source(path);
    std::uint64_t sum = 0;
    while (const std::size_t count = source.read(buffer.data(), buffer.size())) {
      for (std::size_t at = 0; at + 8 <= count; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, buffer.data() + at, sizeof word);
        sum += word;
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, path);
}

}  // namespace calando::io
