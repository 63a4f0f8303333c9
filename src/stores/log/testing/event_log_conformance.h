// What every event log must do: compile event_log_conformance.cc into an adapter's test and write
//   INSTANTIATE_TEST_SUITE_P(Kafka, EventLogConformance, testing::Values(EventLogAdapter{...}));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/io_threads.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

// One log under test, started for one test.
class EventLogHarness {
 public:
  virtual ~EventLogHarness() = default;
  virtual EventLog& log() = 0;
  virtual const Clock& clock() = 0;
  // Closes the log and opens it again, as a new process does. Every consumer is gone before.
  virtual void Reopen() {}
};

// An adapter, and where it honestly differs from the others.
struct EventLogAdapter {
  std::string name;
  std::function<std::unique_ptr<EventLogHarness>()> start;
  bool reopens = true;
  bool seeks_while_read = true;    // Seek works on a group that has members
  Duration patience{30'000};       // in which what must happen eventually has happened
  Duration silence{100};           // in which what must not happen would have happened
  std::size_t largest_record = 0;  // bytes that a record's value may not have
};

void PrintTo(const EventLogAdapter& adapter, std::ostream* out);

using Texts = std::vector<std::string>;

class EventLogConformance : public testing::TestWithParam<EventLogAdapter> {
 public:
  // A consumer that notes what it got.
  class Member {
   public:
    Member(EventLogConformance& test, std::unique_ptr<Consumer> consumer);

    // The values of the next records, `count` of them, or fewer when no more come.
    Texts Poll(std::size_t count);
    // What comes within the adapter's silence.
    Texts PollBriefly();
    Result<> CommitAll();
    Result<> Commit(std::vector<PartitionPosition> positions);
    const Texts& Uncommitted() const { return uncommitted_; }
    // How many partitions gave records.
    std::size_t Partitions() const { return next_.size(); }
    void Leave();
    void Die() { consumer_.reset(); }
    Consumer& consumer() { return *consumer_; }

   private:
    Texts PollOnce(std::size_t most, Duration wait);

    EventLogConformance& test_;
    std::unique_ptr<Consumer> consumer_;
    std::vector<PartitionPosition> next_;
    Texts uncommitted_;
  };

 protected:
  EventLogConformance();

  EventLog& log() { return harness_->log(); }
  Deadline Soon() { return Deadline::After(harness_->clock(), GetParam().patience); }
  Deadline Past() { return Deadline::After(harness_->clock(), Duration(0)); }
  void Reopen() { harness_->Reopen(); }

  // Names are the test's own on a log that outlives it.
  std::string Name(const std::string& name) const { return name + suffix_; }
  void CreateTopic(const std::string& topic, std::uint32_t partitions = 1);
  Result<> TryCreateTopic(const std::string& topic, std::uint32_t partitions);
  // Records of the form "key:rest".
  std::vector<PartitionPosition> Append(const std::string& topic, const Texts& texts);
  Result<std::vector<PartitionPosition>> TryAppend(const std::string& topic,
                                                   std::vector<Record> records);
  Member Join(const std::string& group, const Texts& topics);
  // Polls the members in turn until they have `count` records between them.
  Texts PollTogether(std::initializer_list<Member*> members, std::size_t count);
  Texts ReadAll(const std::string& topic, std::uint32_t partition = 0, Offset from = 0);
  Result<> Seek(const std::string& group, const std::string& topic, std::uint32_t partition,
                Offset offset);
  EventLogState Describe();
  std::uint64_t Lag(const std::string& group);

 private:
  friend class Member;
  const std::string suffix_;
  std::unique_ptr<EventLogHarness> harness_;
};

// "key:1", "key:2", ... up to `count`.
Texts Numbered(const std::string& key, int count);
// One record for each of `keys` keys: "0:x", "1:x", ...
Texts Spread(int keys, const std::string& rest = "x");

}  // namespace freshet::stores
