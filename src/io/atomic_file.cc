// SPDX-License-Identifier: MIT
#include "src/io/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "calando/error.h"

namespace calando::io {
namespace {

std::string follow_links(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? real.get() : path;
}

/// Whether something other than a file is there, which a rename would replace: a pipe, /dev/stdout.
bool is_special(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

/// Whether the descriptor's file still has this name.
bool is_named(int descriptor, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(follow_links(path_)) {
  if (!is_special(target_)) {
    open_temporary();
    return;
  }
  descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor_ < 0) fail("opened for writing");
}

// One name for all writers of a path, so that what a killed one left is used up and not piled up; the lock,
// which the system drops with the process, keeps two at a time apart.
void AtomicFile::open_temporary() {
  const std::string name = target_ + ".partial";
  while (true) {
    descriptor_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail("created");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(descriptor_);
      throw RunError(fmt::format("{}: another process is writing it", path_));
    }
    if (is_named(descriptor_, name)) break;  // else its writer renamed it between our open and our lock
    ::close(descriptor_);
  }
  temporary_ = name;
  if (::ftruncate(descriptor_, 0) == 0) return;
  const int why = errno;
  ::close(descriptor_);
  errno = why;
  fail("emptied");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  ::close(descriptor_);
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void AtomicFile::commit() {
  if (!temporary_.empty()) {
    if (::fsync(descriptor_) != 0) fail("written");
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("renamed from its temporary");
    temporary_.clear();
    // The new name is on the disk when the folder is. Some file systems cannot say so: then nothing is to be
    // done.
    const std::size_t slash = target_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : target_.substr(0, slash + 1);
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
      ::fsync(descriptor);
      ::close(descriptor);
    }
  }
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) fail("closed");
}

void AtomicFile::fail(const char* doing) const {
  throw RunError(fmt::format("{}: cannot be {}: {}", path_, doing, std::strerror(errno)));
}

void write_file(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace calando::io
