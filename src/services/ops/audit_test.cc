#include "services/ops/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/io_threads.h"
#include "net/api/testing/api_fixture.h"
#include "services/ops/schema/schema.h"
#include "stores/database/testing/faulty_database.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::ops {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AuditTest : public net::testing::ApiFixture {
 protected:
  std::uint64_t Begin(const std::string& action) {
    const auto id = RunBlocking(audit_.Begin(
        {.by = AccountId{7}, .action = action, .target = {}, .details = {}, .request_id = {}},
        Deadline::Never()));
    EXPECT_TRUE(id);
    return id.value_or(0);
  }
  void End(std::uint64_t id, int status) {
    EXPECT_TRUE(RunBlocking(audit_.End(id, status, Deadline::Never())));
  }
  // "action status", newest first.
  std::vector<std::string> All() {
    std::vector<std::string> all;
    const auto page = RunBlocking(audit_.List({.limit = 100, .cursor = {}}, Deadline::Never()));
    for (const auto& entry : page->items)
      all.push_back(entry.action + " " + (entry.status ? std::to_string(*entry.status) : "?"));
    return all;
  }

  const std::array<stores::Schema, 1> schemas_{OpsSchema()};
  stores::TempDatabase database_{clock, schemas_};
  FaultPlan plan_;
  stores::FaultyDatabase faulty_database_{*database_, plan_};
  const net::CursorCodec cursors_{Secret("0123456789abcdef")};
  IdGenerator ids_{clock, 0};
  Audit audit_{{.retention = std::chrono::hours(1)}, faulty_database_, cursors_, ids_, clock};
};

TEST_F(AuditTest, KeepsWhatWasBegunUntilItIsRefused) {
  End(Begin("done"), 204);
  End(Begin("refused"), 404);
  End(Begin("broken"), 503);
  Begin("unknown");
  EXPECT_THAT(All(), ElementsAre("unknown ?", "broken 503", "done 204"));
}

TEST_F(AuditTest, RemovesWhatIsOlderThanTheRetention) {
  End(Begin("old"), 200);
  clock.Advance(std::chrono::minutes(61));
  End(Begin("new"), 200);
  ASSERT_TRUE(RunBlocking(audit_.Purge(Deadline::Never())));
  EXPECT_THAT(All(), ElementsAre("new 200"));
}

TEST_F(AuditTest, WhatCannotBeWrittenDownIsNotDone) {
  int done = 0;
  routes.Post("/v1/admin/lever", net::Scope::kAdmin, net::RateClass::kAdmin)
      .Summary("Pull the lever")
      .Tag("Admin")
      .Answers<204, net::NoContent>()
      .Handle([&](const net::Caller&) -> Awaitable<Result<net::NoContent>> {
        ++done;
        co_return net::NoContent();
      });
  const auto token = authenticator.Add("admin", AccountId{7}, {net::Scope::kAdmin});
  audit = &audit_;

  plan_.FailNext(1, "Write");
  EXPECT_EQ(As(token).Post("/v1/admin/lever", "").status, 503);
  EXPECT_EQ(done, 0);
  EXPECT_THAT(All(), IsEmpty());

  EXPECT_EQ(As(token).Post("/v1/admin/lever", "").status, 204);
  EXPECT_EQ(done, 1);
  EXPECT_THAT(All(), ElementsAre("POST /v1/admin/lever 204"));
}

}  // namespace
}  // namespace freshet::ops
