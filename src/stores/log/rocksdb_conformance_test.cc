#include "stores/log/testing/event_log_conformance.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

class RocksDbHarness final : public EventLogHarness {
 public:
  EventLog& log() override { return temporary_.log(); }
  const Clock& clock() override { return temporary_.clock(); }
  void Reopen() override { temporary_.Reopen(); }

 private:
  TemporaryEventLog temporary_;
};

INSTANTIATE_TEST_SUITE_P(RocksDb, EventLogConformance,
                         testing::Values(EventLogAdapter{
                             .name = "rocksdb",
                             .start = [] { return std::make_unique<RocksDbHarness>(); },
                             .silence = Duration(20),
                             .largest_record = (1 << 20) + 1}));

}  // namespace
}  // namespace freshet::stores
