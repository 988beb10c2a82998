// SPDX-License-Identifier: MIT
#include "src/io/input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "calando/error.h"

namespace calando::io {
namespace {

// Below this a copy is cheaper than a mapping and its page faults.
constexpr std::size_t kWorthMapping = 1 << 16;

class MemoryInput : public Input {
 public:
  explicit MemoryInput(Bytes bytes) : bytes_(std::move(bytes)), left_(bytes_.view) {}

  std::size_t read(char* out, std::size_t size) override {
    const std::size_t count = left_.copy(out, size);
    left_.remove_prefix(count);
    return count;
  }
  std::size_t size_hint() const noexcept override { return left_.size(); }
  std::string ending(std::size_t count) const override {
    const std::string_view all = bytes_.view;
    return std::string(all.substr(all.size() - std::min(count, all.size())));
  }
  bool live() const noexcept override { return false; }
  std::shared_ptr<const Bytes> mapped() override { return std::make_shared<Bytes>(bytes_); }

 private:
  Bytes bytes_;
  std::string_view left_;
};

class DescriptorInput : public Input {
 public:
  DescriptorInput(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return;
    if (S_ISDIR(status.st_mode)) {
      ::close(descriptor_);
      throw DataError::in_file(name_, "is a folder, expected a file");
    }
    regular_ = S_ISREG(status.st_mode);
    const off_t at = regular_ ? ::lseek(descriptor_, 0, SEEK_CUR) : 0;
    if (regular_ && at <= status.st_size) left_ = static_cast<std::size_t>(status.st_size - at);
    if (at == 0) mappable_ = left_;
  }
  ~DescriptorInput() override { ::close(descriptor_); }
  DescriptorInput(const DescriptorInput&) = delete;
  DescriptorInput& operator=(const DescriptorInput&) = delete;

  std::size_t read(char* out, std::size_t size) override {
    ssize_t count = 0;
    do {
      count = ::read(descriptor_, out, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) throw RunError(fmt::format("{}: cannot be read: {}", name_, std::strerror(errno)));
    left_ -= std::min(left_, static_cast<std::size_t>(count));
    return static_cast<std::size_t>(count);
  }
  std::size_t size_hint() const noexcept override { return left_; }
  std::string ending(std::size_t count) const override {
    std::string bytes(count, '\0');
    struct stat status {};
    if (!regular_ || ::fstat(descriptor_, &status) != 0 || status.st_size < static_cast<off_t>(count))
      return {};
    const ssize_t got = ::pread(descriptor_, bytes.data(), count, status.st_size - static_cast<off_t>(count));
    return got == static_cast<ssize_t>(count) ? bytes : std::string();
  }
  bool live() const noexcept override { return !regular_; }

  std::shared_ptr<const Bytes> mapped() override {
    if (mappable_ < kWorthMapping) return nullptr;
    const std::size_t size = mappable_;
    void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor_, 0);
    if (start == MAP_FAILED) return nullptr;
    std::shared_ptr<const void> owner(start, [size](void* p) { ::munmap(p, size); });
    return std::make_shared<Bytes>(Bytes{{static_cast<const char*>(start), size}, std::move(owner)});
  }

 private:
  std::string name_;
  int descriptor_;
  bool regular_ = false;
  std::size_t left_ = 0;
  std::size_t mappable_ = 0;  // the file's size where it is read from its start
};

}  // namespace

std::unique_ptr<Input> open_input(const std::string& path) {
  const bool standard = path == "-";
  const int descriptor = standard ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = standard ? "standard input" : path;
  if (descriptor < 0)
    throw DataError::in_file(name, fmt::format("cannot be opened: {}", std::strerror(errno)));
  return std::make_unique<DescriptorInput>(name, descriptor);
}

std::unique_ptr<Input> memory_input(Bytes bytes) { return std::make_unique<MemoryInput>(std::move(bytes)); }

}  // namespace calando::io
