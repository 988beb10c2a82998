// SPDX-License-Identifier: MIT
// Files read: mapped, piped or gzipped, whole or bit by bit, and what format they hold.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "src/io/array.h"

namespace calando::io {

/// A file's whole content with the name that errors call it by.
struct File {
  std::string name;
  Bytes bytes;
};

/// A file's bytes in order, gunzipped where they are gzip. "-" is standard input; pipes work.
///
///   Source source("train.csv.gz");
///   if (detect(source.peek(kDetectBytes)) == Format::csv) CsvReader reader(std::move(source));
class Source {
 public:
  /// Throws:  DataError: there is no such file, it is a folder, or may not be read.
  explicit Source(const std::string& path);

  /// Bytes in memory: tests, fuzzing, content already read.
  explicit Source(File content);

  ~Source();
  Source(Source&&) noexcept;
  Source& operator=(Source&&) noexcept;

  const std::string& name() const noexcept;

  /// Writes the next bytes and returns how many: at least one, `size` unless the input is a pipe that has no
  /// more for now, and 0 at the end.
  ///
  /// Throws:  DataError: the gzip data are truncated, damaged, or followed by something else, at which byte
  /// of the file;
  ///          RunError: the system cannot read.
  std::size_t read(char* out, std::size_t size);

  /// The next bytes without consuming them: `size` or all that are left; from a pipe that has no more for
  /// now, at least a line, and more than `known` bytes.
  std::string_view peek(std::size_t size, std::size_t known = 0);

  /// Whether bytes may arrive while we read: a pipe, a terminal.
  bool live() const noexcept;

  /// About how many bytes are still to come; 0 where that is not known.
  std::size_t size_hint() const noexcept;

  /// All the bytes left: a mapped file's own where nothing has been read of it, else a buffer.
  File whole() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The whole file: Source(path).whole().
File read_file(const std::string& path);

/// What a file holds, told by its first bytes.
enum class Format { idx, npy, safetensors, libsvm, csv };

/// How many bytes detect() wants to see.
inline constexpr std::size_t kDetectBytes = 1 << 16;

/// The format of a content that starts so. What is text and not LIBSVM is csv.
///
/// Throws:  DataError: no known format (`name` is for the message, `advice` its end: what else the caller takes).
Format detect(const std::string& name, std::string_view head, std::string_view advice = {});

}  // namespace calando::io
