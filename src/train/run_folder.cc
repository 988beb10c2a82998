// SPDX-License-Identifier: MIT
#include "src/train/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "calando/error.h"

namespace calando::training {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSlots[] = {"checkpoint-a.safetensors", "checkpoint-b.safetensors"};
constexpr const char* kFiles[] = {"options.json", "log.jsonl", "model.safetensors", "report.html",
                                  "summary.json"};
constexpr const char* kSequence = "sequence";

[[noreturn]] void fail(const std::string& path, const char* doing) {
  throw RunError(fmt::format("{}: cannot {}: {}", path, doing, std::strerror(errno)));
}

std::optional<std::uint64_t> sequence_of(const io::Safetensors& content) {
  const auto found = content.metadata.find(kSequence);
  if (found == content.metadata.end()) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

RunFolder::RunFolder(std::string path, Existing existing) : path_(std::move(path)) {
  std::error_code status;
  const bool exists = fs::exists(path_, status);
  if (exists && !fs::is_directory(path_, status)) {
    throw UsageError(fmt::format("--out {}: it is a file, expected a folder to make", path_));
  }
  if (exists && existing == Existing::refuse) {
    throw UsageError(
        fmt::format("--out {}: it exists; --overwrite replaces its run, --resume continues it", path_));
  }
  if (!exists && (!fs::create_directories(path_, status) && status)) {
    throw RunError(fmt::format("{}: cannot create the folder: {}", path_, status.message()));
  }
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ < 0) fail(path_, "open the folder");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw UsageError(fmt::format("--out {}: another process is training in it", path_));
  }
}

RunFolder::~RunFolder() { ::close(descriptor_); }

bool RunFolder::has(const std::string& name) const {
  std::error_code status;
  return fs::exists(file(name), status);
}

void RunFolder::clear() {
  const auto remove = [this](const char* name) {
    fs::remove(file(name));
    fs::remove(file(name) + ".partial");  // what a killed writer left
  };
  for (const char* name : kFiles) remove(name);
  for (const char* name : kSlots) remove(name);
}

CheckpointSlots::CheckpointSlots(const RunFolder& folder) {
  for (const char* name : kSlots) files_.push_back(folder.file(name));
}

std::optional<io::Safetensors> CheckpointSlots::newest() {
  std::optional<io::Safetensors> best;
  std::string damaged;
  for (const std::string& file : files_) {
    if (!fs::exists(file)) continue;
    try {
      io::Safetensors content = io::read_safetensors(io::read_file(file));
      const auto sequence = sequence_of(content);
      if (!sequence) throw DataError::in_file(file, "it has no sequence number, so it is not a checkpoint");
      if (best && *sequence < sequence_) continue;
      sequence_ = *sequence;
      best = std::move(content);
    } catch (const DataError& error) {
      damaged = error.what();
    }
  }
  if (!best && !damaged.empty()) throw DataError(damaged);
  return best;
}

void CheckpointSlots::write(io::Safetensors content) {
  const std::uint64_t next = sequence_ + 1;
  content.metadata[kSequence] = std::to_string(next);
  io::write_safetensors(files_[next % 2], content);
  sequence_ = next;
}

RunLog::RunLog(const std::string& path, std::uint64_t bytes) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(path, "open");
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);  // less than `bytes` where the power failed
  bytes_ = std::min(bytes, static_cast<std::uint64_t>(std::max<off_t>(size, 0)));
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes_)) != 0) {
    ::close(descriptor_);
    fail(path, "cut");
  }
}

RunLog::~RunLog() { ::close(descriptor_); }

void RunLog::add(const std::string& line) {
  const std::string whole = line + "\n";
  const char* next = whole.data();
  const char* const end = next + whole.size();
  while (next != end) {
    const ssize_t written = ::write(descriptor_, next, static_cast<std::size_t>(end - next));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, "write");
    next += written;
  }
  bytes_ += whole.size();
}

}  // namespace calando::training
