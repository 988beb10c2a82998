// SPDX-License-Identifier: MIT
// What the tests of this folder have in common: contents in memory, errors as text, a folder of one's own.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "calando/error.h"
#include "src/io/file.h"

namespace calando::io {

/// A content in memory; it keeps its own copy, so that the sanitizers see a look past the end.
inline File file_of(const std::string& name, std::string_view content) {
  Buffer buffer = make_buffer(content.size());
  content.copy(buffer.data, content.size());
  return {name, buffer.bytes};
}

/// What a DataError says, or "no error".
template <class Action>
std::string data_error(Action&& action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

/// A folder that is gone after the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "calando_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const char* name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace calando::io
