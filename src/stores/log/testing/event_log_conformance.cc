#include "stores/log/testing/event_log_conformance.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <numeric>
#include <set>

#include "base/bytes.h"
#include "stores/log/murmur2.h"

namespace freshet::stores {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

void PrintTo(const EventLogAdapter& adapter, std::ostream* out) { *out << adapter.name; }

Texts Numbered(const std::string& key, int count) {
  Texts texts;
  for (int i = 1; i <= count; ++i) texts.push_back(key + ":" + std::to_string(i));
  return texts;
}

Texts Spread(int keys, const std::string& rest) {
  Texts texts;
  for (int i = 0; i < keys; ++i) texts.push_back(std::to_string(i) + ":" + rest);
  return texts;
}

namespace {

Texts operator+(Texts a, const Texts& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

EventLogConformance::EventLogConformance()
    : suffix_("-" + EncodeHex(RandomBytes(4))), harness_(GetParam().start()) {}

void EventLogConformance::CreateTopic(const std::string& topic, std::uint32_t partitions) {
  const auto made = TryCreateTopic(Name(topic), partitions);
  ASSERT_TRUE(made) << made.error().ToString();
}

Result<> EventLogConformance::TryCreateTopic(const std::string& topic, std::uint32_t partitions) {
  return RunBlocking(log().CreateTopic(topic, {.partitions = partitions}, Soon()));
}

std::vector<PartitionPosition> EventLogConformance::Append(const std::string& topic,
                                                           const Texts& texts) {
  std::vector<Record> records;
  for (const auto& text : texts) {
    records.push_back({.key = text.substr(0, text.find(':')), .value = text, .headers = {}});
  }
  auto positions = TryAppend(topic, std::move(records));
  EXPECT_TRUE(positions) << positions.error().ToString();
  return positions ? *positions : std::vector<PartitionPosition>{};
}

Result<std::vector<PartitionPosition>> EventLogConformance::TryAppend(const std::string& topic,
                                                                      std::vector<Record> records) {
  return RunBlocking(log().Append(Name(topic), std::move(records), Soon()));
}

EventLogConformance::Member EventLogConformance::Join(const std::string& group,
                                                      const Texts& topics) {
  Texts names;
  for (const auto& topic : topics) names.push_back(Name(topic));
  auto consumer = RunBlocking(log().Join(Name(group), names, Soon()));
  EXPECT_TRUE(consumer) << consumer.error().ToString();
  return {*this, *std::move(consumer)};
}

Texts EventLogConformance::PollTogether(std::initializer_list<Member*> members, std::size_t count) {
  Texts texts;
  const auto until = std::chrono::steady_clock::now() + GetParam().patience;
  while (texts.size() < count && std::chrono::steady_clock::now() < until) {
    for (auto* member : members) texts = texts + member->PollBriefly();
  }
  return texts;
}

Texts EventLogConformance::ReadAll(const std::string& topic, std::uint32_t partition, Offset from) {
  Texts texts;
  for (;;) {
    const auto records = RunBlocking(log().Read({Name(topic), partition, from}, 100, Soon()));
    EXPECT_TRUE(records) << records.error().ToString();
    if (!records || records->empty()) return texts;
    for (const auto& stored : *records) texts.push_back(stored.record.value);
    from = records->back().offset + 1;
  }
}

Result<> EventLogConformance::Seek(const std::string& group, const std::string& topic,
                                   std::uint32_t partition, Offset offset) {
  return RunBlocking(log().Seek(Name(group), {{Name(topic), partition, offset}}, Soon()));
}

EventLogState EventLogConformance::Describe() {
  auto state = RunBlocking(log().Describe(Soon()));
  EXPECT_TRUE(state) << state.error().ToString();
  return state ? *std::move(state) : EventLogState{};
}

std::uint64_t EventLogConformance::Lag(const std::string& group) {
  std::uint64_t lag = 0;
  for (const auto& state : Describe().groups) {
    if (state.name != Name(group)) continue;
    for (const auto& partition : state.partitions) lag += partition.lag;
  }
  return lag;
}

EventLogConformance::Member::Member(EventLogConformance& test, std::unique_ptr<Consumer> consumer)
    : test_(test), consumer_(std::move(consumer)) {}

Texts EventLogConformance::Member::PollOnce(std::size_t most, Duration wait) {
  Texts texts;
  const auto batches =
      RunBlocking(consumer_->Poll(most, Deadline::After(test_.harness_->clock(), wait)));
  EXPECT_TRUE(batches) << batches.error().ToString();
  if (!batches) return texts;
  for (const auto& batch : *batches) {
    auto next = std::ranges::find_if(next_, [&](const PartitionPosition& position) {
      return position.topic == batch.topic && position.partition == batch.partition;
    });
    if (next == next_.end()) next = next_.insert(next, {batch.topic, batch.partition, 0});
    next->offset = batch.records.back().offset + 1;
    for (const auto& stored : batch.records) texts.push_back(stored.record.value);
  }
  uncommitted_ = uncommitted_ + texts;
  return texts;
}

Texts EventLogConformance::Member::Poll(std::size_t count) {
  Texts texts;
  const auto until = std::chrono::steady_clock::now() + test_.GetParam().patience;
  while (texts.size() < count && std::chrono::steady_clock::now() < until) {
    texts = texts + PollOnce(count - texts.size(), test_.GetParam().patience);
  }
  return texts;
}

Texts EventLogConformance::Member::PollBriefly() {
  return PollOnce(1'000, test_.GetParam().silence);
}

Result<> EventLogConformance::Member::CommitAll() {
  auto outcome = Commit(next_);
  if (outcome) uncommitted_.clear();
  return outcome;
}

Result<> EventLogConformance::Member::Commit(std::vector<PartitionPosition> positions) {
  return RunBlocking(consumer_->Commit(std::move(positions), test_.Soon()));
}

void EventLogConformance::Member::Leave() { RunBlocking(consumer_->Leave()); }

namespace {

TEST_P(EventLogConformance, ARecordIsReadBackAsItWasAppended) {
  CreateTopic("posts");
  const Record whole{.key = std::string("k\0ey", 4),
                     .value = std::string("\xff\0 any bytes", 12),
                     .headers = {{"traceparent", "00-1-2-01"}, {"again", ""}, {"again", "x"}}};
  const Record empty;
  ASSERT_TRUE(TryAppend("posts", {whole, empty}));
  const auto records = RunBlocking(log().Read({Name("posts"), 0, 0}, 10, Soon()));
  ASSERT_TRUE(records);
  ASSERT_THAT(*records, SizeIs(2));
  EXPECT_EQ((*records)[0].record, whole);
  EXPECT_EQ((*records)[1].record, empty);
}

TEST_P(EventLogConformance, EqualKeysGoToThePartitionThatKafkaChooses) {
  CreateTopic("posts", 4);
  const auto positions = Append("posts", Spread(40));
  for (int key = 0; key < 40; ++key) {
    EXPECT_EQ(positions[static_cast<std::size_t>(key)].partition,
              PartitionOf(std::to_string(key), 4));
  }
}

TEST_P(EventLogConformance, RecordsWithEqualKeysKeepTheirOrder) {
  CreateTopic("posts", 4);
  Append("posts", Spread(20, "first"));
  Append("posts", Spread(20, "second"));
  Texts all;
  for (std::uint32_t partition = 0; partition < 4; ++partition) {
    const auto texts = ReadAll("posts", partition);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      EXPECT_EQ(texts[i].ends_with("second"), i >= texts.size() / 2) << texts[i];
    }
    all = all + texts;
  }
  EXPECT_THAT(all, SizeIs(40));
}

TEST_P(EventLogConformance, OffsetsCountWithoutGapsAndArePassedBackInOrder) {
  CreateTopic("posts");
  Offset expected = 0;
  for (int batch = 1; batch <= 5; ++batch) {
    for (const auto& position : Append("posts", Numbered("ana", batch))) {
      EXPECT_EQ(position, (PartitionPosition{Name("posts"), 0, expected++}));
    }
  }
}

TEST_P(EventLogConformance, AReadStartsAnywhereAndTakesNoMoreThanAsked) {
  CreateTopic("posts");
  Append("posts", Numbered("ana", 10));
  const auto records = RunBlocking(log().Read({Name("posts"), 0, 4}, 3, Soon()));
  ASSERT_TRUE(records);
  ASSERT_THAT(*records, SizeIs(3));
  EXPECT_EQ(records->front().offset, 4u);
  EXPECT_EQ(records->front().record.value, "ana:5");
  EXPECT_THAT(ReadAll("posts", 0, 10), IsEmpty());
}

TEST_P(EventLogConformance, WhatDoesNotExistIsNotFound) {
  CreateTopic("posts");
  const auto nowhere = TryAppend("nowhere", {Record{}});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind(), ErrorKind::kNotFound);
  const auto partition = RunBlocking(log().Read({Name("posts"), 1, 0}, 1, Soon()));
  ASSERT_FALSE(partition);
  EXPECT_EQ(partition.error().kind(), ErrorKind::kNotFound);
  const auto joined = RunBlocking(log().Join(Name("readers"), {Name("nowhere")}, Soon()));
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().kind(), ErrorKind::kNotFound);
}

TEST_P(EventLogConformance, ATopicIsMadeOnceAndKeepsItsPartitions) {
  CreateTopic("posts", 2);
  EXPECT_TRUE(TryCreateTopic(Name("posts"), 2));
  const auto other = TryCreateTopic(Name("posts"), 3);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind(), ErrorKind::kConflict);
}

TEST_P(EventLogConformance, ATopicNeedsAProperNameAndPartitions) {
  for (const std::string name : {"", "Posts", "a/b", "a b"}) {
    const auto made = TryCreateTopic(name, 1);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().kind(), ErrorKind::kInvalid) << name;
  }
  EXPECT_EQ(TryCreateTopic(Name("posts"), 0).error().kind(), ErrorKind::kInvalid);
}

TEST_P(EventLogConformance, ARecordThatIsTooLargeIsRefusedWithItsWholeBatch) {
  CreateTopic("posts");
  const Record large{
      .key = {}, .value = std::string(GetParam().largest_record, 'x'), .headers = {}};
  const auto appended = TryAppend("posts", {Record{}, large});
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().kind(), ErrorKind::kInvalid);
  EXPECT_THAT(ReadAll("posts"), IsEmpty());
}

TEST_P(EventLogConformance, NothingIsAppendedAfterTheDeadline) {
  CreateTopic("posts");
  const auto late = RunBlocking(log().Append(Name("posts"), {Record{}}, Past()));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind(), ErrorKind::kDeadline);
  EXPECT_THAT(ReadAll("posts"), IsEmpty());
}

TEST_P(EventLogConformance, AppendedRecordsAndCommittedOffsetsSurviveAReopening) {
  if (!GetParam().reopens) GTEST_SKIP() << "this adapter's log does not end with the process";
  CreateTopic("posts");
  Append("posts", Numbered("ana", 5));
  {
    auto reader = Join("fanout", {"posts"});
    EXPECT_THAT(reader.Poll(3), SizeIs(3));
    ASSERT_TRUE(reader.CommitAll());
  }
  Reopen();
  Append("posts", {"ana:6"});
  EXPECT_THAT(ReadAll("posts"), ElementsAreArray(Numbered("ana", 6)));
  EXPECT_EQ(Join("fanout", {"posts"}).Poll(3), (Texts{"ana:4", "ana:5", "ana:6"}));
}

TEST_P(EventLogConformance, ANewGroupStartsAtTheOldestRecordAndReadsEachOnce) {
  CreateTopic("posts", 3);
  Append("posts", Spread(30));
  auto reader = Join("fanout", {"posts"});
  EXPECT_THAT(reader.Poll(30), UnorderedElementsAreArray(Spread(30)));
  EXPECT_THAT(reader.PollBriefly(), IsEmpty());
}

TEST_P(EventLogConformance, GroupsDoNotDisturbOneAnother) {
  CreateTopic("posts");
  Append("posts", Numbered("ana", 3));
  auto fanout = Join("fanout", {"posts"}), index = Join("index", {"posts"});
  EXPECT_THAT(fanout.Poll(3), SizeIs(3));
  ASSERT_TRUE(fanout.CommitAll());
  EXPECT_THAT(index.Poll(3), ElementsAreArray(Numbered("ana", 3)));
}

TEST_P(EventLogConformance, AMemberReadsAllItsTopics) {
  CreateTopic("posts", 2);
  CreateTopic("likes", 2);
  auto reader = Join("fanout", {"posts", "likes"});
  Append("posts", Spread(10, "post"));
  Append("likes", Spread(10, "like"));
  EXPECT_THAT(reader.Poll(20), UnorderedElementsAreArray(Spread(10, "post") + Spread(10, "like")));
}

// On one thread the poll runs until it waits, and only then does what it waits for begin.
TEST_P(EventLogConformance, AWaitingPollGetsARecordWhenItComes) {
  CreateTopic("posts", 3);
  auto reader = Join("fanout", {"posts"});
  boost::asio::io_context thread(1);
  std::optional<Result<std::vector<PartitionBatch>>> polled;
  boost::asio::co_spawn(
      thread.get_executor(), reader.consumer().Poll(10, Soon()),
      [&](const std::exception_ptr&, auto batches) { polled = std::move(batches); });
  boost::asio::co_spawn(thread.get_executor(), log().Append(Name("posts"), {Record{}}, Soon()),
                        [&](const std::exception_ptr&, auto appended) { EXPECT_TRUE(appended); });
  thread.run();
  ASSERT_TRUE(polled && *polled);
  EXPECT_THAT(**polled, SizeIs(1));
}

TEST_P(EventLogConformance, WakeEndsAWaitingPollAndOneThatComesLater) {
  CreateTopic("posts");
  auto reader = Join("fanout", {"posts"});
  boost::asio::io_context thread(1);
  std::optional<Result<std::vector<PartitionBatch>>> polled;
  boost::asio::co_spawn(
      thread.get_executor(), reader.consumer().Poll(10, Deadline::Never()),
      [&](const std::exception_ptr&, auto batches) { polled = std::move(batches); });
  boost::asio::post(thread, [&] { reader.consumer().Wake(); });
  thread.run();
  ASSERT_TRUE(polled && *polled);
  EXPECT_THAT(**polled, IsEmpty());
  reader.consumer().Wake();
  EXPECT_TRUE(RunBlocking(reader.consumer().Poll(10, Deadline::Never())));
}

TEST_P(EventLogConformance, APollOfNothingTakesNothing) {
  CreateTopic("posts");
  Append("posts", {"ana:1"});
  auto reader = Join("fanout", {"posts"});
  const auto batches = RunBlocking(reader.consumer().Poll(0, Past()));
  ASSERT_TRUE(batches);
  EXPECT_THAT(*batches, IsEmpty());
  EXPECT_THAT(reader.Poll(1), SizeIs(1));
}

TEST_P(EventLogConformance, PartitionsAreSharedOutEvenly) {
  CreateTopic("posts", 6);
  auto first = Join("fanout", {"posts"}), second = Join("fanout", {"posts"}),
       third = Join("fanout", {"posts"});
  PollTogether({&first, &second, &third}, 0);
  Append("posts", Spread(200));
  const auto texts = PollTogether({&first, &second, &third}, 200);
  EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), 200u);
  std::map<std::string, int> partitions;
  for (const auto& group : Describe().groups) {
    if (group.name != Name("fanout")) continue;
    for (const auto& partition : group.partitions) ++partitions[partition.member];
  }
  EXPECT_THAT(partitions, SizeIs(3));
  for (const auto& [member, count] : partitions) EXPECT_EQ(count, 2) << member;
}

TEST_P(EventLogConformance, AGroupThatLosesAMemberGetsItsUncommittedRecordsAgain) {
  CreateTopic("posts", 2);
  auto first = Join("fanout", {"posts"}), second = Join("fanout", {"posts"});
  Append("posts", Spread(20));
  EXPECT_THAT(PollTogether({&first, &second}, 20), UnorderedElementsAreArray(Spread(20)));
  ASSERT_TRUE(first.CommitAll());
  ASSERT_THAT(second.Uncommitted(), testing::Not(IsEmpty()));
  second.Die();
  EXPECT_THAT(first.Poll(second.Uncommitted().size()),
              UnorderedElementsAreArray(second.Uncommitted()));
}

TEST_P(EventLogConformance, AMemberThatLeavesGivesItsPartitionsBack) {
  CreateTopic("posts", 2);
  auto first = Join("fanout", {"posts"}), second = Join("fanout", {"posts"});
  Append("posts", Spread(20));
  PollTogether({&first, &second}, 20);
  ASSERT_TRUE(first.CommitAll());
  second.Leave();
  EXPECT_THAT(first.Poll(second.Uncommitted().size()),
              UnorderedElementsAreArray(second.Uncommitted()));
  EXPECT_THAT(second.PollBriefly(), IsEmpty());
}

TEST_P(EventLogConformance, ACommitOfAPartitionThatWasLostIsFenced) {
  CreateTopic("posts", 2);
  Append("posts", Spread(20));
  auto first = Join("fanout", {"posts"});
  EXPECT_THAT(first.Poll(20), SizeIs(20));
  auto second = Join("fanout", {"posts"});
  const auto again = PollTogether({&second}, 1);
  EXPECT_THAT(again, testing::Not(IsEmpty()));
  const auto fenced = first.CommitAll();
  ASSERT_FALSE(fenced);
  EXPECT_EQ(fenced.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(fenced.error().code(), "fenced");
  EXPECT_EQ(Lag("fanout"), 20u);
  EXPECT_TRUE(second.CommitAll());
}

TEST_P(EventLogConformance, AMemberThatKeepsAPartitionReadsNothingTwice) {
  CreateTopic("posts", 2);
  auto first = Join("fanout", {"posts"}), second = Join("fanout", {"posts"});
  PollTogether({&first, &second}, 0);
  Append("posts", Spread(20, "a"));
  PollTogether({&first, &second}, 20);
  const auto firsts = first.Uncommitted();
  second.Die();
  auto third = Join("fanout", {"posts"});
  Append("posts", Spread(20, "b"));
  PollTogether({&first, &third}, 40 - firsts.size());
  const auto all = first.Uncommitted();
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

TEST_P(EventLogConformance, ACommitBeyondTheEndIsRefused) {
  CreateTopic("posts");
  Append("posts", {"ana:1"});
  auto reader = Join("fanout", {"posts"});
  reader.Poll(1);
  const auto outcome = reader.Commit({{Name("posts"), 0, 2}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind(), ErrorKind::kInvalid);
}

TEST_P(EventLogConformance, SeekMovesAGroupWithoutMembers) {
  CreateTopic("posts");
  Append("posts", Numbered("ana", 5));
  ASSERT_TRUE(Seek("fanout", "posts", 0, 3));
  EXPECT_EQ(Join("fanout", {"posts"}).Poll(2), (Texts{"ana:4", "ana:5"}));
}

TEST_P(EventLogConformance, SeekMakesMembersStartAgainAndFencesWhatTheyPolledBefore) {
  if (!GetParam().seeks_while_read) GTEST_SKIP() << "this adapter seeks groups without members";
  CreateTopic("posts");
  Append("posts", Numbered("ana", 3));
  auto reader = Join("fanout", {"posts"});
  reader.Poll(3);
  ASSERT_TRUE(Seek("fanout", "posts", 0, 1));
  ASSERT_TRUE(RunBlocking(reader.consumer().Poll(0, Past())));
  EXPECT_FALSE(reader.CommitAll());
  EXPECT_EQ(reader.Poll(2), (Texts{"ana:2", "ana:3"}));
  EXPECT_TRUE(reader.CommitAll());
}

TEST_P(EventLogConformance, SeekChecksWhereItGoes) {
  CreateTopic("posts");
  EXPECT_EQ(Seek("fanout", "posts", 0, 1).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(Seek("fanout", "posts", 1, 0).error().kind(), ErrorKind::kNotFound);
}

TEST_P(EventLogConformance, FindTimeGivesTheFirstRecordAtOrAfterATime) {
  CreateTopic("posts");
  Append("posts", Numbered("ana", 3));
  const auto records = RunBlocking(log().Read({Name("posts"), 0, 0}, 3, Soon()));
  ASSERT_TRUE(records);
  const auto find = [&](Timestamp time) {
    const auto found = RunBlocking(log().FindTime(Name("posts"), time, Soon()));
    EXPECT_TRUE(found);
    return found->at(0).offset;
  };
  EXPECT_EQ(find(records->front().appended_at), 0u);
  EXPECT_EQ(find(records->front().appended_at - Duration(1)), 0u);
  EXPECT_EQ(find(records->back().appended_at + Duration(1)), 3u);
}

TEST_P(EventLogConformance, DescribeShowsHowMuchAGroupHasStillToRead) {
  CreateTopic("posts", 2);
  Append("posts", Spread(10));
  auto reader = Join("fanout", {"posts"});
  EXPECT_THAT(reader.Poll(10), SizeIs(10));
  EXPECT_EQ(Lag("fanout"), 10u);
  ASSERT_TRUE(reader.CommitAll());
  EXPECT_EQ(Lag("fanout"), 0u);
  Append("posts", Spread(3));
  EXPECT_EQ(Lag("fanout"), 3u);
  for (const auto& topic : Describe().topics) {
    if (topic.name != Name("posts")) continue;
    ASSERT_THAT(topic.partitions, SizeIs(2));
    EXPECT_EQ(topic.partitions[0].end + topic.partitions[1].end, 13u);
  }
}

}  // namespace
}  // namespace freshet::stores
