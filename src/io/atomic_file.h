// SPDX-License-Identifier: MIT
// Files written so that a reader sees the old content or the new one, never half of it.
#pragma once

#include <string>
#include <string_view>

namespace calando::io {

/// A file under a temporary name in the same folder until commit(). Without a commit the temporary goes away
/// and the old file is untouched; after a kill the temporary is left and the next writer takes it over.
///
///   AtomicFile file("out/model.safetensors");
///   file.write(bytes);
///   file.commit();
///
/// Where the path is a pipe or a device the bytes go straight to it. A symbolic link is followed.
class AtomicFile {
 public:
  /// Throws:  RunError: the folder takes no new file; another process is writing the same path.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Throws:  RunError, naming the path and what the system said: the disk is full, ...
  void write(std::string_view bytes);

  /// Content, then name, on the disk when this returns.
  void commit();

 private:
  void open_temporary();
  [[noreturn]] void fail(const char* doing) const;

  std::string path_;       // as the caller named it, for messages
  std::string target_;     // links followed
  std::string temporary_;  // empty: written in place
  int descriptor_ = -1;
};

/// The whole content at once.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace calando::io
