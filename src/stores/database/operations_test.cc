#include "stores/database/operations.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/io_threads.h"
#include "stores/database/testing/faulty_database.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::stores {
namespace {

const OperationKey kPost{.key = "ana:/v1/posts:k1", .fingerprint = "f1"};
const OperationKey kPostOfAnotherRequest{.key = kPost.key, .fingerprint = "f2"};
const OperationAnswer kCreated{
    .status = 201, .headers = "Content-Type: application/json\n", .body = R"({"id":"7"})"};
constexpr Timestamp kNow{std::chrono::milliseconds(1'767'225'600'000)};

class OperationsTest : public testing::Test {
 protected:
  Result<std::optional<std::uint64_t>> Claim(const OperationKey& key, std::uint64_t subject,
                                             Timestamp now = kNow) {
    return RunBlocking(WriteReturning(
        *database_, [&](Transaction& tx) { return ClaimOperation(tx, key, subject, now); },
        Deadline::Never()));
  }
  Result<> Store(const OperationKey& key, const OperationAnswer& answer) {
    return RunBlocking(database_->Write(
        [&](Transaction& tx) { return StoreAnswer(tx, key, answer, kNow); }, Deadline::Never()));
  }
  Result<std::optional<OperationAnswer>> Find(const OperationKey& key) {
    return RunBlocking(ReadReturning(
        *database_, [&](Transaction& tx) { return FindAnswer(tx, key); }, Deadline::Never()));
  }
  std::int64_t Purge(Timestamp before) {
    return RunBlocking(PurgeOperations(*database_, before, Deadline::Never())).value();
  }

  FakeClock clock_;
  Schema schema_ = OperationsSchema();
  TempDatabase database_{clock_, std::span(&schema_, 1)};
};

TEST_F(OperationsTest, OnlyTheFirstClaimIsFree) {
  EXPECT_EQ(Claim(kPost, 7).value(), std::nullopt);
  EXPECT_EQ(Claim(kPost, 8).value(), 7u);
  EXPECT_EQ(Claim(kPost, 9).value(), 7u);
}

TEST_F(OperationsTest, AClaimIsUndoneWithItsTransaction) {
  EXPECT_FALSE(RunBlocking(database_->Write(
      [](Transaction& tx) -> Result<> {
        EXPECT_EQ(ClaimOperation(tx, kPost, 7, kNow).value(), std::nullopt);
        return Forbidden("no");
      },
      Deadline::Never())));
  EXPECT_EQ(Claim(kPost, 8).value(), std::nullopt);
}

TEST_F(OperationsTest, AClaimWhoseBodyRunsTwiceIsStillFree) {
  FaultPlan plan;
  FaultyDatabase faulty(*database_, plan);
  faulty.RepeatBodies();
  std::optional<std::uint64_t> earlier = 1;
  EXPECT_TRUE(RunBlocking(faulty.Write(
      [&](Transaction& tx) -> Result<> {
        ASSIGN_OR_RETURN(earlier, ClaimOperation(tx, kPost, 7, kNow));
        return {};
      },
      Deadline::Never())));
  EXPECT_EQ(earlier, std::nullopt);
}

TEST_F(OperationsTest, AKeyBelongsToItsRequest) {
  ASSERT_TRUE(Claim(kPost, 7));
  const auto claim = Claim(kPostOfAnotherRequest, 8);
  ASSERT_FALSE(claim);
  EXPECT_EQ(claim.error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(claim.error().code(), "idempotency_key_reused");
  const auto answer = Find(kPostOfAnotherRequest);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), "idempotency_key_reused");
}

TEST_F(OperationsTest, TheFirstAnswerIsFoundAgain) {
  EXPECT_EQ(Find(kPost).value(), std::nullopt);
  ASSERT_TRUE(Claim(kPost, 7));
  EXPECT_EQ(Find(kPost).value(), std::nullopt);
  ASSERT_TRUE(Store(kPostOfAnotherRequest, kCreated));
  EXPECT_EQ(Find(kPost).value(), std::nullopt);
  ASSERT_TRUE(Store(kPost, kCreated));
  ASSERT_TRUE(Store(kPost, {.status = 500, .headers = "", .body = ""}));
  EXPECT_EQ(Find(kPost).value(), kCreated);
}

TEST_F(OperationsTest, WhatIsOldIsForgottenAndTheRestStays) {
  for (std::uint64_t i = 0; i < 2'300; ++i) {
    ASSERT_TRUE(Claim({.key = fmt::format("old{}", i), .fingerprint = "f"}, i));
  }
  const auto later = kNow + kOperationLifetime;
  ASSERT_TRUE(Claim(kPost, 7, later));
  EXPECT_EQ(Purge(kNow), 0);
  EXPECT_EQ(Purge(later), 2'300);
  EXPECT_EQ(Claim(kPost, 8).value(), 7u);
  EXPECT_EQ(Claim({.key = "old5", .fingerprint = "f"}, 8).value(), std::nullopt);
}

TEST_F(OperationsTest, WhoIsErasedLeavesNoAnswerAndNobodyIsAnsweredWithThem) {
  const AccountId ana{41};
  const OperationKey of_ana{.key = "k1", .fingerprint = "f", .account = ana};
  const OperationKey about_ana{.key = "k2", .fingerprint = "f", .account = AccountId{42}};
  const OperationKey unclaimed{.key = "k3", .fingerprint = "f", .account = AccountId{42}};
  const OperationKey of_others{.key = "k4", .fingerprint = "f", .account = AccountId{410}};
  for (const auto& key : {of_ana, about_ana, of_others}) ASSERT_TRUE(Claim(key, 7));
  ASSERT_TRUE(Store(of_ana, kCreated));
  const OperationAnswer naming{.status = 201, .headers = "", .body = R"({"author":"41"})"};
  ASSERT_TRUE(Store(about_ana, naming));
  ASSERT_TRUE(Store(unclaimed, naming));
  ASSERT_TRUE(Store(of_others, {.status = 201, .headers = "", .body = R"({"author":"410"})"}));

  EXPECT_EQ(RunBlocking(EraseOperations(*database_, ana, Deadline::Never())).value(), 3);

  EXPECT_EQ(Claim(of_ana, 8).value(), std::nullopt);
  EXPECT_EQ(Find(about_ana).value(), std::nullopt);
  EXPECT_EQ(Claim(about_ana, 8).value(), 7u) << "it is not done twice";
  EXPECT_EQ(Find(unclaimed).value(), std::nullopt);
  EXPECT_NE(Find(of_others).value(), std::nullopt);
}

}  // namespace
}  // namespace freshet::stores
