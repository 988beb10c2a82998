// SPDX-License-Identifier: MIT
#include "src/io/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "src/io/io_testing.h"

namespace calando::io {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) { return std::string(read_file(path).bytes.view); }
std::size_t files_in(const TemporaryFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}
template <class Action>
std::string run_error(Action&& action) {
  try {
    action();
  } catch (const RunError& error) {
    return error.what();
  }
  return "no error";
}

TEST(AtomicFile, TheNewContentAppearsWithCommit) {
  const TemporaryFolder folder;
  write_file(folder / "f", "old");
  AtomicFile file(folder / "f");
  file.write("new ");
  file.write("content");
  EXPECT_EQ(content(folder / "f"), "old");
  file.commit();
  EXPECT_EQ(content(folder / "f"), "new content");
  EXPECT_EQ(files_in(folder), 1);
}

TEST(AtomicFile, WithoutCommitNothingChanges) {
  const TemporaryFolder folder;
  write_file(folder / "f", "old");
  AtomicFile(folder / "f").write("new");
  EXPECT_EQ(content(folder / "f"), "old");
  EXPECT_EQ(files_in(folder), 1);
}

TEST(AtomicFile, WhatAKilledWriterLeftIsUsedUp) {
  const TemporaryFolder folder;
  write_file(folder / "f.partial", "half of a long content");
  write_file(folder / "f", "new");
  EXPECT_EQ(content(folder / "f"), "new");
  EXPECT_EQ(files_in(folder), 1);
}

TEST(AtomicFile, TwoWritersOfOneFileAreKeptApart) {
  const TemporaryFolder folder;
  AtomicFile first(folder / "f");
  EXPECT_THAT(run_error([&] { AtomicFile second(folder / "f"); }),
              testing::HasSubstr("/f: another process is writing it"));
  first.write("1");
  first.commit();
  write_file(folder / "f", "2");
  EXPECT_EQ(content(folder / "f"), "2");
}

TEST(AtomicFile, LinksAreFollowedAndModesAreTheUsers) {
  const TemporaryFolder folder;
  write_file(folder / "f", "old");
  fs::create_symlink("f", folder.path() / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_EQ(content(folder / "f"), "new");
  const auto mask = ::umask(0);
  ::umask(mask);
  EXPECT_EQ(static_cast<unsigned>(fs::status(folder / "f").permissions()), 0666 & ~mask);
}

TEST(AtomicFile, DevicesAreWrittenAndNotReplaced) {
  write_file("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(AtomicFile, AFullDiskLosesNothing) {
  EXPECT_EQ(run_error([] { write_file("/dev/full", "x"); }),
            "/dev/full: cannot be written: No space left on device");

  const TemporaryFolder folder;
  write_file(folder / "f", "old");
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = run_error([&] { write_file(folder / "f", std::string(1000, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(message, (folder / "f") + ": cannot be written: File too large");
  EXPECT_EQ(content(folder / "f"), "old");
  EXPECT_EQ(files_in(folder), 1);
}

TEST(AtomicFile, AFolderThatIsNotThereIsNamed) {
  const TemporaryFolder folder;
  EXPECT_THAT(run_error([&] { write_file(folder / "none/f", "x"); }),
              testing::HasSubstr("none/f: cannot be created: No such file"));
}

}  // namespace
}  // namespace calando::io
