#include "net/api/replay.h"

#include <gmock/gmock.h>

#include "net/api/testing/api_fixture.h"

namespace freshet::net {
namespace {

using namespace testing;

struct Ticket {
  std::string token;

  static constexpr auto Describe() {
    return Description("Ticket", "", Field("token", &Ticket::token).Secret());
  }
};

class IdempotencyTest : public ApiFixture {
 protected:
  IdempotencyTest() {
    authenticator.Add("ana", AccountId{7}, {Scope::kWrite});
    authenticator.Add("ben", AccountId{8}, {Scope::kWrite});
    const auto create = [this](const Caller& caller,
                               Body<CreatePost> request) -> Awaitable<Result<StoredPost>> {
      ++runs_;
      operation_ = caller.operation;
      if (wait_) {
        co_await Suspend<bool>([this](Resolver<bool> resolver) {
          waiting_ = std::make_unique<Resolver<bool>>(std::move(resolver));
        });
      }
      if (failure_) co_return std::unexpected(*failure_);
      co_return StoredPost{PostId{static_cast<std::uint64_t>(runs_)}, request.value.text, {}};
    };
    routes.Post("/v1/posts", Scope::kWrite, RateClass::kPublish)
        .Answers<201, StoredPost>()
        .Handle(create);
    routes.Post("/v1/accounts", Scope::kPublic, RateClass::kSignIn)
        .Answers<201, StoredPost>()
        .Handle(create);
    routes.Post("/v1/tickets", Scope::kPublic, RateClass::kSignIn)
        .Answers<201, Ticket>()
        .Handle([this](const Caller&, Body<CreatePost>) -> Awaitable<Result<Ticket>> {
          co_return Ticket{"secret " + std::to_string(++runs_)};
        });
    routes.Put("/v1/drafts", Scope::kWrite, RateClass::kWrite)
        .Answers<201, StoredPost>()
        .Handle(create);
  }

  IdempotencyTest& Key(std::string_view key) {
    With("Idempotency-Key", key);
    return *this;
  }
  Seen Publish(std::string_view text) {
    return Post("/v1/posts", "{\"text\":\"" + std::string(text) + "\"}");
  }

  int runs_ = 0;
  bool wait_ = false;
  std::unique_ptr<Resolver<bool>> waiting_;
  std::optional<Error> failure_;
  std::optional<OperationKey> operation_;
};

TEST_F(IdempotencyTest, TheSameKeyAndRequestAnswerTheSameWithoutRunningAgain) {
  const Seen first = Key("k1").As("ana").Post("/v1/posts", R"({"text":"x"})");
  const Seen second = Key("k1").As("ana").Post("/v1/posts", R"({"text":"x"})");
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.Header("Content-Type"), "application/json");
  EXPECT_EQ(second.Header("Idempotency-Replayed"), "true");
  EXPECT_FALSE(first.headers.Has("Idempotency-Replayed"));
}

TEST_F(IdempotencyTest, AnAnswerWithASecretIsKeptNowhere) {
  Key("k1");
  EXPECT_THAT(Post("/v1/tickets", R"({"text":"x"})").body, ::testing::HasSubstr("secret 1"));
  Key("k1");
  EXPECT_THAT(Post("/v1/tickets", R"({"text":"x"})").body, ::testing::HasSubstr("secret 2"));
  EXPECT_EQ(idempotency.size(), 0U);
}

TEST_F(IdempotencyTest, TheFingerprintOfARequestDependsOnItsKey) {
  Key("k1").As("ana");
  Publish("x");
  const auto first = operation_;
  Key("k2").As("ana");
  Publish("x");
  EXPECT_NE(operation_->fingerprint, first->fingerprint);
}

TEST_F(IdempotencyTest, AnotherRequestUnderTheSameKeyIsRefused) {
  Key("k1").As("ana");
  Publish("x");
  Key("k1").As("ana");
  EXPECT_EQ(Publish("y").Problem(), "422 idempotency_key_reused");
  EXPECT_EQ(runs_, 1);
}

TEST_F(IdempotencyTest, KeysBelongToAccounts) {
  Key("k1").As("ana");
  Publish("x");
  Key("k1").As("ben");
  EXPECT_FALSE(Publish("x").headers.Has("Idempotency-Replayed"));
  EXPECT_EQ(runs_, 2);
}

TEST_F(IdempotencyTest, WhoIsNotSignedInHasKeysByRoute) {
  Key("k1");
  Post("/v1/accounts", R"({"text":"x"})");
  Key("k1");
  EXPECT_TRUE(Post("/v1/accounts", R"({"text":"x"})").headers.Has("Idempotency-Replayed"));
  EXPECT_EQ(runs_, 1);
}

TEST_F(IdempotencyTest, WithoutAKeyOrOnOtherRoutesEverythingRuns) {
  As("ana");
  Publish("x");
  EXPECT_EQ(operation_, std::nullopt);
  Key("k1").As("ana").SendJson(Method::kPut, "/v1/drafts", R"({"text":"x"})");
  Key("k1").As("ana").SendJson(Method::kPut, "/v1/drafts", R"({"text":"x"})");
  EXPECT_EQ(runs_, 3);
  EXPECT_EQ(idempotency.size(), 0U);
}

TEST_F(IdempotencyTest, TheHandlerLearnsTheOperation) {
  Key("k1").As("ana");
  Publish("x");
  ASSERT_TRUE(operation_);
  EXPECT_EQ(operation_->key.size(), 64U);
  EXPECT_NE(operation_->key, operation_->fingerprint);
}

TEST_F(IdempotencyTest, KeysAreVisibleAsciiOfBoundedLength) {
  for (const std::string& key : {std::string(), std::string("a b"), std::string("\x7f"),
                                 std::string("é"), std::string(256, 'k')}) {
    Key(key).As("ana");
    EXPECT_EQ(Publish("x").Problem(), "400 invalid_idempotency_key") << key;
  }
  Key(std::string(255, 'k')).As("ana");
  EXPECT_EQ(Publish("x").status, 201);
}

TEST_F(IdempotencyTest, ADefiniteRefusalIsRememberedAndAnAccidentIsNot) {
  failure_ = Error(ErrorKind::kConflict, "taken");
  Key("taken").As("ana");
  Publish("x");
  failure_ = Error(ErrorKind::kUnavailable, "down");
  Key("down").As("ana");
  Publish("x");
  failure_ = Error(ErrorKind::kExhausted, "enough", "quota_posts");
  Key("quota").As("ana");
  EXPECT_EQ(Publish("x").status, 429);
  failure_.reset();
  Key("taken").As("ana");
  EXPECT_EQ(Publish("x").status, 409);
  Key("down").As("ana");
  EXPECT_EQ(Publish("x").status, 201);
  Key("quota").As("ana");
  EXPECT_EQ(Publish("x").status, 201);
}

TEST_F(IdempotencyTest, WhatTheHandlerNeverSawIsNotRemembered) {
  Key("k1").As("ana");
  EXPECT_EQ(Publish("").status, 422);
  EXPECT_EQ(idempotency.size(), 0U);
}

TEST_F(IdempotencyTest, NothingRunsWhileTheStoreCannotBeAsked) {
  idempotency.FailWith(Error(ErrorKind::kUnavailable, "down"));
  Key("k1").As("ana");
  EXPECT_EQ(Publish("x").status, 503);
  EXPECT_EQ(runs_, 0);
}

TEST_F(IdempotencyTest, ASecondRequestInFlightIsTurnedAway) {
  wait_ = true;
  boost::asio::io_context context(1);
  const auto start = [&](std::optional<Seen>& seen) {
    Key("k1").As("ana").With("Content-Type", "application/json");
    auto serve = [](Api& api, Request request, std::optional<Seen>& out) -> Awaitable<void> {
      out = See(co_await api.Handle(std::move(request)));
    };
    boost::asio::co_spawn(
        context.get_executor(),
        serve(api(), Prepare(Method::kPost, "/v1/posts", R"({"text":"x"})"), seen),
        [](std::exception_ptr) {});
  };
  std::optional<Seen> first, second;
  start(first);
  while (!waiting_ && context.run_one() > 0) {
  }
  start(second);
  while (!second && context.run_one() > 0) {
  }
  ASSERT_TRUE(second);
  EXPECT_EQ(second->Problem(), "409 idempotency_key_in_use");
  EXPECT_EQ(second->Header("Retry-After"), "1");
  EXPECT_FALSE(first);
  std::move(*waiting_).Resolve(true);
  context.run();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 201);
  EXPECT_EQ(runs_, 1);
}

}  // namespace
}  // namespace freshet::net
