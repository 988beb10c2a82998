// SPDX-License-Identifier: MIT
// What the tests of data have in common: files in a folder of one's own, and what reading them says.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "src/io/io_testing.h"
#include "src/train/data_set.h"
#include "src/train/row_sets.h"

namespace calando::training {

class DataFolder {
 public:
  /// Writes a file and gives its path.
  std::string write(const char* name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  std::string path() const { return folder_.path().string(); }

 private:
  io::TemporaryFolder folder_;
};

inline DataSet read(const DataOptions& options, int threads = 1, std::uint64_t seed = 1) {
  cpu::Team team(threads);
  return read_data(options, seed, team);
}

/// What an error of reading says, without the folder's path.
template <class Error>
std::string refusal(const DataOptions& options) {
  try {
    read(options);
  } catch (const Error& error) {
    std::string text = error.what();
    const std::string folder = options.path.substr(0, options.path.rfind('/') + 1);
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    return text;
  }
  return "no error";
}

/// The inputs of a row as the model sees them.
inline std::vector<float> inputs_of(const DataPart& part, std::uint32_t row) {
  std::vector<float> inputs(part.features->inputs());
  part.features->gather({&row, 1}, inputs.data());
  return inputs;
}

}  // namespace calando::training
