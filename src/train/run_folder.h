// SPDX-License-Identifier: MIT
// The folder of a run: who may write it, its files, and two slots for checkpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/io/safetensors.h"

namespace calando::training {

/// What to do where the folder is there already.
enum class Existing { refuse, overwrite, resume };

/// A run's folder, held by one process at a time. The hold is the kernel's (flock), so that a killed process leaves none.
class RunFolder {
 public:
  /// Creates the folder where it is not there. Nothing in it is touched before clear().
  ///
  /// Throws:  UsageError: it exists and `existing` is refuse, it is a file, or another process trains in it.
  ///          RunError: it cannot be created.
  RunFolder(std::string path, Existing existing);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  bool has(const std::string& name) const;
  const std::string& path() const { return path_; }

  /// Removes a former run's files, by their names; what else is in the folder stays.
  void clear();

 private:
  std::string path_;
  int descriptor_ = -1;
};

/// Two files written in turn, so that the last good checkpoint survives whatever happens to the next one.
class CheckpointSlots {
 public:
  explicit CheckpointSlots(const RunFolder& folder);

  /// The newest checkpoint that can be read, or nothing where no slot was ever written.
  ///
  /// Throws:  DataError: there are slots, and none can be read.
  std::optional<io::Safetensors> newest();

  /// Writes into the slot that does not hold the newest one. newest() is called first on a resume.
  ///
  /// Throws:  RunError: the disk. The other slot is as it was.
  void write(io::Safetensors content);

 private:
  std::vector<std::string> files_;
  std::uint64_t sequence_ = 0;  // of the newest one; slot = sequence % 2
};

/// The lines of log.jsonl, each on the disk's cache when add() returns.
class RunLog {
 public:
  /// Opens the file for appending, cut to its first `bytes`.
  RunLog(const std::string& path, std::uint64_t bytes);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  void add(const std::string& line);
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::string path_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
};

}  // namespace calando::training
