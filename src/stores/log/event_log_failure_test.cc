// What the log does when its disk fails: writes whose outcome is not known, no space, damage.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/io_threads.h"
#include "stores/log/record_format.h"
#include "stores/log/testing/faulty_disk.h"
#include "stores/log/testing/raw_rows.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

using testing::AnyOf;
using testing::ElementsAre;

using Values = std::vector<std::string>;

constexpr Duration kWeek{7LL * 24 * 3'600'000};

class EventLogFailure : public testing::Test {
 protected:
  EventLogFailure() { CreateTopic("posts"); }

  RocksDbEventLog& log() { return temporary_.log(); }
  Deadline Soon() { return Deadline::After(clock_, Duration(60'000)); }
  void CreateTopic(const std::string& name, std::uint32_t partitions = 1) {
    ASSERT_TRUE(TryCreateTopic(name, partitions));
  }
  Result<> TryCreateTopic(const std::string& name, std::uint32_t partitions = 1) {
    return RunBlocking(log().CreateTopic(name, {.partitions = partitions}, Soon()));
  }
  // In one batch.
  Result<std::vector<PartitionPosition>> Append(const Values& values,
                                                const std::string& topic = "posts") {
    std::vector<Record> records;
    for (const auto& value : values) {
      records.push_back({.key = value, .value = value, .headers = {}});
    }
    return RunBlocking(log().Append(topic, std::move(records), Soon()));
  }
  // Appends what is in the file afterwards, although the append failed.
  void LoseAppend(const Values& values) {
    disk_.FailNextSyncs();
    const auto lost = Append(values);
    ASSERT_FALSE(lost);
    ASSERT_EQ(lost.error().kind(), ErrorKind::kUnavailable);
  }
  Values ReadAll(const std::string& topic = "posts") {
    Values values;
    const auto records = RunBlocking(log().Read({topic, 0, 0}, 100'000, Soon()));
    EXPECT_TRUE(records) << records.error().ToString();
    if (!records) return values;
    for (const auto& stored : *records) values.push_back(stored.record.value);
    return values;
  }
  PartitionState State(const std::string& topic = "posts") {
    const auto state = RunBlocking(log().Describe(Soon()));
    return std::ranges::find(state->topics, topic, &TopicState::name)->partitions[0];
  }
  // Flips a bit of the stored record, past its checksum.
  void Damage(PartitionId partition, Offset offset) {
    const auto key = EncodeRecordKey(partition, offset);
    temporary_.Close();
    auto rows = ReadRawRows(temporary_.folder());
    for (auto& row : rows) {
      if (row.family == "records" && row.key == AsBytes(key)) row.value.back() ^= 1;
    }
    WriteRawRows(temporary_.folder(), rows);
    temporary_.Reopen();
  }

  static RocksDbEventLogOptions Options() {
    RocksDbEventLogOptions options;
    options.write_buffer_bytes = 1 << 20;
    return options;
  }

  FakeClock clock_;
  FaultyDisk disk_;
  TemporaryEventLog temporary_{&clock_, Options(), disk_.env()};
};

TEST_F(EventLogFailure, WhatALostBatchLeftNeverFollowsWhatIsAcknowledged) {
  ASSERT_TRUE(Append({"ana"}));
  LoseAppend({"lost 1", "lost 2", "lost 3"});
  EXPECT_EQ(Append({"ben"})->at(0).offset, 1u);
  EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben"));
  temporary_.Reopen();
  EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben"));
  EXPECT_EQ(Append({"cleo"})->at(0).offset, 2u);
  EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben", "cleo"));
}

TEST_F(EventLogFailure, ALostBatchThatFilledSegmentsLeavesNoneOfThem) {
  ASSERT_TRUE(Append({"ana"}));
  LoseAppend(Values(10'000, "lost"));
  ASSERT_TRUE(Append({"ben"}));
  temporary_.Reopen();
  EXPECT_EQ(State().end, 2u);
  EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben"));
}

TEST_F(EventLogFailure, AShorterLostBatchDoesNotHideALongerOneBeforeIt) {
  ASSERT_TRUE(Append({"ana"}));
  LoseAppend({"lost 1", "lost 2", "lost 3"});
  clock_.Advance(Duration(1'000));
  LoseAppend({"lost 4"});
  clock_.Advance(Duration(1'000));
  ASSERT_TRUE(Append({"ben"}));
  temporary_.Reopen();
  EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben"));
}

TEST_F(EventLogFailure, ALostBatchIsThereAsAWholeOrNotAtAllAfterARestart) {
  ASSERT_TRUE(Append({"ana"}));
  LoseAppend({"lost 1", "lost 2"});
  temporary_.Reopen();
  EXPECT_THAT(ReadAll(), AnyOf(ElementsAre("ana"), ElementsAre("ana", "lost 1", "lost 2")));
  const auto end = State().end;
  EXPECT_EQ(Append({"ben"})->at(0).offset, end);
}

TEST_F(EventLogFailure, TheIdOfATopicWhoseCreationFailedIsGivenToNoOther) {
  disk_.FailNextSyncs();
  ASSERT_FALSE(TryCreateTopic("lost"));
  CreateTopic("likes");
  ASSERT_TRUE(Append({"ana"}, "likes"));
  temporary_.Reopen();
  CreateTopic("lost");
  ASSERT_TRUE(Append({"ben"}, "lost"));
  temporary_.Reopen();
  EXPECT_THAT(ReadAll("likes"), ElementsAre("ana"));
  EXPECT_THAT(ReadAll("lost"), ElementsAre("ben"));
}

TEST_F(EventLogFailure, TheLastOfTheSpaceIsLeftToOthers) {
  LoseAppend({"lost"});
  disk_.SayFree(1 << 20);
  const auto written = disk_.written();
  const auto refused = Append({"ana"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "disk_full");
  EXPECT_EQ(disk_.written(), written);
  disk_.SayFree(1 << 30);
  clock_.Advance(Duration(1'000));
  EXPECT_TRUE(Append({"ana"}));
}

TEST_F(EventLogFailure, ADiskThatRefusesIsAskedOnceASecond) {
  disk_.Fill();
  ASSERT_FALSE(Append({"ana"}));
  ASSERT_FALSE(Append({"ana"}));
  const auto refusals = disk_.refusals();
  for (int i = 0; i < 5; ++i) {
    const auto refused = Append({"ana"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), "disk_full");
  }
  EXPECT_EQ(disk_.refusals(), refusals);
  clock_.Advance(Duration(1'000));
  ASSERT_FALSE(Append({"ana"}));
  EXPECT_GT(disk_.refusals(), refusals);
}

TEST_F(EventLogFailure, WhatStandsBeforeADamagedRecordCanBeRead) {
  ASSERT_TRUE(Append({"ana", "ben", "cleo"}));
  Damage({0, 0}, 2);
  EXPECT_THAT(ReadAll(), ElementsAre("ana", "ben"));
  const auto damaged = RunBlocking(log().Read({"posts", 0, 2}, 10, Soon()));
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind(), ErrorKind::kCorrupt);
}

TEST_F(EventLogFailure, ADamagedPartitionDoesNotKeepOthersFromBeingPolled) {
  CreateTopic("likes");
  ASSERT_TRUE(Append({"ana"}));
  ASSERT_TRUE(Append({"like 1"}, "likes"));
  Damage({0, 0}, 0);
  const auto reader = *RunBlocking(log().Join("fanout", {"posts", "likes"}, Soon()));
  const auto past = Deadline::After(clock_, Duration(0));
  for (const std::string value : {"like 1", "like 2", "like 3"}) {
    if (value != "like 1") ASSERT_TRUE(Append({value}, "likes"));
    const auto polled = RunBlocking(reader->Poll(10, past));
    ASSERT_TRUE(polled) << polled.error().ToString();
    EXPECT_EQ(polled->at(0).records.at(0).record.value, value);
  }
  const auto rest = RunBlocking(reader->Poll(10, past));
  ASSERT_FALSE(rest);
  EXPECT_EQ(rest.error().kind(), ErrorKind::kCorrupt);
}

TEST_F(EventLogFailure, DamagedRecordsExpireWithTheirNeighbours) {
  ASSERT_TRUE(Append({"1", "2", "3", "4", "5"}));
  clock_.Advance(Duration(1'000));
  ASSERT_TRUE(Append({"6", "7"}));
  Damage({0, 0}, 2);
  Damage({0, 0}, 3);
  Damage({0, 0}, 6);
  const auto found = RunBlocking(log().FindTime("posts", clock_.Now(), Soon()));
  ASSERT_TRUE(found) << found.error().ToString();
  EXPECT_EQ(found->at(0).offset, 5u);
  clock_.Advance(kWeek);
  const auto enforced = log().EnforceRetention();
  ASSERT_TRUE(enforced) << enforced.error().ToString();
  EXPECT_EQ(State().begin, 5u);
}

TEST_F(EventLogFailure, ATopicThatCannotBeTrimmedDoesNotKeepTheOthersFromIt) {
  CreateTopic("a-first");
  ASSERT_TRUE(Append({"ana"}, "a-first"));
  ASSERT_TRUE(Append({"ben"}));
  clock_.Advance(kWeek + Duration(1));
  disk_.FailNextSyncs();
  EXPECT_FALSE(log().EnforceRetention());
  EXPECT_EQ(State("a-first").begin, 0u);
  EXPECT_EQ(State("posts").begin, 1u);
}

}  // namespace
}  // namespace freshet::stores
