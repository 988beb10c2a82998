// SPDX-License-Identifier: MIT
// Where bytes come from: a descriptor, memory, or either of them gunzipped.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "src/io/file.h"

namespace calando::io {

class Input {
 public:
  virtual ~Input() = default;

  /// Some of the next bytes: at least one, or 0 at the end.
  virtual std::size_t read(char* out, std::size_t size) = 0;

  /// About how many bytes are still to come, 0 where that is not known.
  virtual std::size_t size_hint() const noexcept = 0;

  /// The last `count` bytes of all, without reading up to them; empty where that cannot be.
  virtual std::string ending(std::size_t) const { return {}; }

  /// Whether bytes may arrive while we read: a pipe, a terminal.
  virtual bool live() const noexcept = 0;

  /// All of it without a copy, or nothing where that cannot be. Only before the first read.
  virtual std::shared_ptr<const Bytes> mapped() { return nullptr; }
};

/// "-" is standard input.
std::unique_ptr<Input> open_input(const std::string& path);

std::unique_ptr<Input> memory_input(Bytes bytes);

/// `start` are bytes already taken from `packed`.
std::unique_ptr<Input> gunzip(const std::string& name, std::string start, std::unique_ptr<Input> packed);

/// Whether a content that starts so is gzip.
bool is_gzip(std::string_view head) noexcept;

}  // namespace calando::io
