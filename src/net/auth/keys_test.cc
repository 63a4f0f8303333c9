#include "net/auth/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/blocking_pool.h"
#include "base/bytes.h"
#include "base/io_threads.h"
#include "base/task_group.h"
#include "net/auth/jwt.h"

namespace freshet::net {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kDay = std::chrono::days(1);

class SigningKeysTest : public testing::Test {
 protected:
  ~SigningKeysTest() override { fs::remove_all(root_); }

  Result<std::unique_ptr<SigningKeys>> TryOpen() {
    return SigningKeys::Open(folder_, options_, clock_, logger_);
  }
  std::unique_ptr<SigningKeys> Open() { return TryOpen().value(); }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
  fs::path OnlyFile() const { return folder_ / Files().at(0); }
  static mode_t ModeOf(const fs::path& path) {
    struct stat status{};
    stat(path.c_str(), &status);
    return status.st_mode & 0777;
  }
  static bool Verifies(SigningKeys& keys, const std::string& kid) {
    return keys.Find(kid).has_value();
  }

  const fs::path root_ =
      fs::temp_directory_path() / fmt::format("freshet-keys-{}", EncodeHex(RandomBytes(8)));
  const fs::path folder_ = root_ / "data" / "keys";
  FakeClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  SigningKeysOptions options_{.key_lifetime = 30 * kDay, .longest_token = 10 * kDay};
};

TEST_F(SigningKeysTest, TheFirstStartMakesAKeyThatNobodyElseReads) {
  const auto keys = Open();
  EXPECT_THAT(Files(), SizeIs(1));
  EXPECT_EQ(ModeOf(folder_), 0700);
  EXPECT_EQ(ModeOf(OnlyFile()), 0600);
  EXPECT_EQ(keys->Current()->verification().algorithm(), JwsAlgorithm::kEdDsa);
}

TEST_F(SigningKeysTest, TheNextStartFindsIt) {
  const auto kid = Open()->Current()->id();
  EXPECT_EQ(Open()->Current()->id(), kid);
  EXPECT_THAT(Files(), SizeIs(1));
}

TEST_F(SigningKeysTest, Es256IsAnOption) {
  options_.algorithm = JwsAlgorithm::kEs256;
  EXPECT_EQ(Open()->Current()->verification().algorithm(), JwsAlgorithm::kEs256);
}

TEST_F(SigningKeysTest, AKeySignsForItsLifetime) {
  const auto keys = Open();
  const auto first = keys->Current()->id();
  clock_.Advance(options_.key_lifetime - Duration(1));
  ASSERT_TRUE(keys->Rotate());
  EXPECT_EQ(keys->Current()->id(), first);
  clock_.Advance(Duration(1));
  ASSERT_TRUE(keys->Rotate());
  EXPECT_NE(keys->Current()->id(), first);
}

TEST_F(SigningKeysTest, AReplacedKeyVerifiesUntilItsLastTokenHasExpired) {
  const auto keys = Open();
  const auto first = keys->Current()->id();
  clock_.Advance(options_.key_lifetime);
  ASSERT_TRUE(keys->Rotate());
  clock_.Advance(options_.longest_token + kClockLeeway - Duration(1));
  ASSERT_TRUE(keys->Rotate());
  EXPECT_TRUE(Verifies(*keys, first));
  EXPECT_THAT(keys->PublicJwks(), HasSubstr(first));
  clock_.Advance(Duration(1));
  EXPECT_FALSE(Verifies(*keys, first));
  EXPECT_THAT(keys->PublicJwks(), Not(HasSubstr(first)));
  EXPECT_THAT(Files(), SizeIs(2));
  ASSERT_TRUE(keys->Rotate());
  EXPECT_THAT(Files(), SizeIs(1));
  EXPECT_TRUE(Verifies(*keys, keys->Current()->id()));
}

TEST_F(SigningKeysTest, RotationHappensAtStartToo) {
  const auto first = Open()->Current()->id();
  clock_.Advance(400 * kDay);
  const auto keys = Open();
  EXPECT_NE(keys->Current()->id(), first);
  EXPECT_TRUE(Verifies(*keys, first));  // its last token may be as young as the new key
}

TEST_F(SigningKeysTest, AskingForAnUnknownKeyLeavesTheDiskAlone) {
  const auto here = Open();
  clock_.Advance(options_.key_lifetime);
  const auto there = Open();
  EXPECT_FALSE(Verifies(*here, there->Current()->id()));
  EXPECT_FALSE(Verifies(*here, there->Current()->id()));
  ASSERT_TRUE(here->Rotate());
  EXPECT_TRUE(Verifies(*here, there->Current()->id()));
  EXPECT_EQ(here->Current()->id(), there->Current()->id());
}

TEST_F(SigningKeysTest, AnotherProcessesKeyIsFoundOnceItIsAskedFor) {
  const auto here = Open();
  clock_.Advance(options_.key_lifetime);
  const auto there = Open();
  Metrics metrics;
  BlockingPool pool("keys", 1, 10, metrics);
  IoThreads threads(1);
  TaskGroup tasks("test", logger_);
  tasks.Spawn(threads.Next(), here->KeepRotating(pool, tasks.stop_token()));
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  bool found = false;
  while (!found && std::chrono::steady_clock::now() < patience) {
    found = Verifies(*here, there->Current()->id());
    std::this_thread::yield();
  }
  EXPECT_TRUE(found);
  tasks.StopBlocking();
}

TEST_F(SigningKeysTest, TheKeySetIsOneThatVerifies) {
  const auto keys = Open();
  clock_.Advance(options_.key_lifetime);
  ASSERT_TRUE(keys->Rotate());
  const auto published = ParseJwks(keys->PublicJwks()).value();
  ASSERT_THAT(published, SizeIs(2));
  EXPECT_EQ(published[0].id(), keys->Current()->id());
  EXPECT_TRUE(published[0].Verify("message", keys->Current()->Sign("message")));
}

TEST_F(SigningKeysTest, KeysThatOthersCouldReadAreRefused) {
  Open();
  fs::permissions(OnlyFile(), fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(TryOpen().error().code(), "keys_not_private");
  EXPECT_THAT(TryOpen().error().message(), HasSubstr("chmod 600"));
  fs::permissions(OnlyFile(), fs::perms::owner_read);
  fs::permissions(folder_, fs::perms::others_exec, fs::perm_options::add);
  EXPECT_THAT(TryOpen().error().message(), HasSubstr("chmod 700"));
}

TEST_F(SigningKeysTest, AFileThatIsNotWhatItsNameSaysIsCorrupt) {
  Open();
  const auto file = OnlyFile();
  fs::rename(file, folder_ / "1.other.pem");
  EXPECT_EQ(TryOpen().error().kind(), ErrorKind::kCorrupt);
  fs::rename(folder_ / "1.other.pem", file);
  std::ofstream(file) << "not a key";
  EXPECT_EQ(TryOpen().error().kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(TryOpen().error().message(), HasSubstr(file.string()));
}

TEST_F(SigningKeysTest, WhatADyingProcessLeftIsPassedOverAndRemovedLater) {
  Open();
  const auto leftover = folder_ / ".new-0123";
  std::ofstream(leftover) << "-----BEGIN";
  ASSERT_TRUE(TryOpen());
  EXPECT_TRUE(fs::exists(leftover));
  fs::last_write_time(leftover, fs::file_time_type::clock::now() - std::chrono::hours(1));
  ASSERT_TRUE(TryOpen());
  EXPECT_FALSE(fs::exists(leftover));
}

TEST_F(SigningKeysTest, AFolderThatCannotBeMadeIsAnError) {
  fs::create_directories(root_);
  std::ofstream(root_ / "data") << "a file";
  EXPECT_EQ(TryOpen().error().kind(), ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace freshet::net
