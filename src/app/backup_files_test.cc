#include "app/backup_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace freshet::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const OnBytes kGoOn = [](std::int64_t) { return true; };

class BackupFilesTest : public testing::Test {
 protected:
  BackupFilesTest() {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~BackupFilesTest() override { fs::remove_all(root_); }

  void Write(const fs::path& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }

  const fs::path root_ = fs::temp_directory_path() / ("freshet-backup-" + std::to_string(getpid()));
};

TEST_F(BackupFilesTest, AFolderHasItsNameOnlyWhenItIsWhole) {
  {
    auto made = NewFolder::Make(root_ / "new");
    ASSERT_TRUE(made);
    EXPECT_FALSE(fs::exists(root_ / "new"));
    std::ofstream(made->path() / "half") << "half";
  }
  EXPECT_TRUE(fs::is_empty(root_)) << "nothing half is left";
  auto made = NewFolder::Make(root_ / "new");
  ASSERT_TRUE(made);
  ASSERT_TRUE(made->Finish());
  EXPECT_TRUE(fs::exists(root_ / "new"));
  EXPECT_FALSE(fs::exists(root_ / "new.partial"));
}

TEST_F(BackupFilesTest, ASlashAtTheEndOfItsNameMeansNothing) {
  auto made = NewFolder::Make((root_ / "new").string() + "/");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->path(), root_ / "new.partial");
  ASSERT_TRUE(made->Finish());
  EXPECT_TRUE(fs::is_directory(root_ / "new"));
}

TEST_F(BackupFilesTest, WhatIsThereIsNotOverwritten) {
  Write("old/file", "x");
  const auto refused = NewFolder::Make(root_ / "old");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "target_exists");
  const auto first = NewFolder::Make(root_ / "new");
  const auto second = NewFolder::Make(root_ / "new");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), "partial_exists");
  EXPECT_TRUE(fs::exists(root_ / "new.partial")) << "it is the first one's";
}

TEST_F(BackupFilesTest, ListsFilesButNotLocksAndLogsOfTheEngine) {
  for (const auto* name : {"log/000004.sst", "log/CURRENT", "log/LOCK", "log/LOG", "log/LOG.old.7"})
    Write(name, "x");
  EXPECT_THAT(FilesOf(root_, "log"), ElementsAre("log/000004.sst", "log/CURRENT"));
  EXPECT_THAT(FilesOf(root_, "log/CURRENT"), ElementsAre("log/CURRENT"));
  EXPECT_THAT(FilesOf(root_, "missing"), ElementsAre());
}

TEST_F(BackupFilesTest, OneChangedByteIsFoundAndNamed) {
  Write("from/a/b", std::string(3'000'000, 'x'));
  const auto copied = CopyFile(root_ / "from", root_ / "to", "a/b", kGoOn);
  ASSERT_TRUE(copied) << copied.error().ToString();
  EXPECT_EQ(copied->bytes, 3'000'000);
  EXPECT_TRUE(Verify(root_ / "to", {*copied}, kGoOn));
  std::string text(3'000'000, 'x');
  text[2'999'999] = 'y';
  Write("to/a/b", text);
  const auto found = Verify(root_ / "to", {*copied}, kGoOn);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(std::string(found.error().message()), HasSubstr("a/b"));
}

TEST_F(BackupFilesTest, AListMayNotNameWhatIsOutside) {
  for (const std::string path : {"../escape", "/etc/passwd", "a/../../escape", ""}) {
    BackupManifest manifest;
    manifest.files = {{.path = path, .bytes = 1, .sha256 = "00"}};
    ASSERT_TRUE(WriteManifest(root_, manifest));
    const auto read = ReadManifest(root_);
    ASSERT_FALSE(read) << path;
    EXPECT_EQ(read.error().kind(), ErrorKind::kCorrupt);
  }
}

TEST_F(BackupFilesTest, AListOfANewerFormatIsRefused) {
  BackupManifest manifest;
  manifest.format = 2;
  ASSERT_TRUE(WriteManifest(root_, manifest));
  const auto read = ReadManifest(root_);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), "newer_format");
}

TEST_F(BackupFilesTest, MoreThanTheDiskHoldsIsRefusedBeforehand) {
  EXPECT_TRUE(CheckRoom(root_, 0));
  const auto refused = CheckRoom(root_, std::int64_t{1} << 60);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "disk_full");
}

}  // namespace
}  // namespace freshet::app
