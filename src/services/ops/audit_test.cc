#include "services/ops/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/io_threads.h"
#include "services/ops/schema/schema.h"
#include "stores/database/testing/temp_database.h"

namespace freshet::ops {
namespace {

using testing::ElementsAre;

class AuditTest : public testing::Test {
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

  FakeClock clock_;
  const std::array<stores::Schema, 1> schemas_{OpsSchema()};
  stores::TempDatabase database_{clock_, schemas_};
  const net::CursorCodec cursors_{Secret("0123456789abcdef")};
  IdGenerator ids_{clock_, 0};
  Audit audit_{{.retention = std::chrono::hours(1)}, *database_, cursors_, ids_, clock_};
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
  clock_.Advance(std::chrono::minutes(61));
  End(Begin("new"), 200);
  ASSERT_TRUE(RunBlocking(audit_.Purge(Deadline::Never())));
  EXPECT_THAT(All(), ElementsAre("new 200"));
}

}  // namespace
}  // namespace freshet::ops
