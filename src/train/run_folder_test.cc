// SPDX-License-Identifier: MIT
#include "src/train/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "calando/error.h"

namespace calando::training {
namespace {

namespace fs = std::filesystem;

struct RunFolderTest : testing::Test {
  void SetUp() override { fs::remove_all(path); }
  void TearDown() override { fs::remove_all(path); }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path + "/" + name) << text;
  }
  std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(path + "/" + name).rdbuf();
    return out.str();
  }
  const std::string path = testing::TempDir() + "calando_run_folder_" + std::to_string(::getpid());
};

io::Safetensors content(const std::string& mark) {
  io::Safetensors made;
  made.metadata["mark"] = mark;
  return made;
}

template <class Error, class F>
std::string message_of(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST_F(RunFolderTest, AsksWhatToDoWithAFolderThatExists) {
  { RunFolder first(path, Existing::refuse); }
  EXPECT_THAT(message_of<UsageError>([&] { RunFolder second(path, Existing::refuse); }),
              testing::AllOf(testing::HasSubstr(path), testing::HasSubstr("--overwrite"),
                             testing::HasSubstr("--resume")));
}

TEST_F(RunFolderTest, IsHeldByOneAtATimeAndByNobodyAfterwards) {
  auto first = std::make_unique<RunFolder>(path, Existing::refuse);
  EXPECT_THROW(RunFolder(path, Existing::resume), UsageError);
  first.reset();
  EXPECT_NO_THROW(RunFolder(path, Existing::resume));
}

TEST_F(RunFolderTest, ClearsARunAndNothingElse) {
  RunFolder folder(path, Existing::refuse);
  put("model.safetensors", "old");
  put("notes.txt", "mine");
  folder.clear();
  EXPECT_FALSE(folder.has("model.safetensors"));
  EXPECT_EQ(text("notes.txt"), "mine");
}

TEST_F(RunFolderTest, WritesCheckpointsInTurnAndReadsTheNewest) {
  RunFolder folder(path, Existing::refuse);
  CheckpointSlots slots(folder);
  EXPECT_FALSE(slots.newest().has_value());
  slots.write(content("one"));
  slots.write(content("two"));
  EXPECT_EQ(CheckpointSlots(folder).newest()->metadata.at("mark"), "two");
  slots.write(content("three"));
  EXPECT_EQ(CheckpointSlots(folder).newest()->metadata.at("mark"), "three");
}

TEST_F(RunFolderTest, FallsBackToTheOtherSlotWhenOneIsDamaged) {
  RunFolder folder(path, Existing::refuse);
  CheckpointSlots slots(folder);
  slots.write(content("one"));
  slots.write(content("two"));
  put("checkpoint-a.safetensors", "torn");  // sequence 2 is in slot a
  CheckpointSlots again(folder);
  EXPECT_EQ(again.newest()->metadata.at("mark"), "one");
  again.write(content("two again"));  // and the good slot is not the one replaced
  put("checkpoint-a.safetensors", "torn");
  EXPECT_EQ(CheckpointSlots(folder).newest()->metadata.at("mark"), "one");
  put("checkpoint-b.safetensors", "torn too");
  EXPECT_THROW(CheckpointSlots(folder).newest(), DataError);
}

TEST_F(RunFolderTest, CutsTheLogWhereTheCheckpointStood) {
  RunFolder folder(path, Existing::refuse);
  std::uint64_t bytes = 0;
  {
    RunLog log(folder.file("log.jsonl"), 0);
    log.add("{\"step\":1}");
    bytes = log.bytes();
    log.add("{\"step\":2}");
  }
  RunLog(folder.file("log.jsonl"), bytes).add("{\"step\":3}");
  EXPECT_EQ(text("log.jsonl"), "{\"step\":1}\n{\"step\":3}\n");
}

}  // namespace
}  // namespace calando::training
