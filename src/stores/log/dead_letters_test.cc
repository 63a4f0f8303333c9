#include "stores/log/dead_letters.h"

#include <gmock/gmock.h>

#include "base/io_threads.h"
#include "stores/log/testing/faulty_event_log.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DeadLettersTest : public testing::Test {
 protected:
  DeadLettersTest() {
    EXPECT_TRUE(RunBlocking(log_.CreateTopic("posts", {.partitions = 1}, Soon())));
  }
  Deadline Soon() { return Deadline::After(clock_, Duration(60'000)); }

  // A record of "posts" that "fanout" gave up; returns the letter's id.
  std::string Bury(const std::string& value) {
    const Record record{.key = "k", .value = value, .headers = {{"traceparent", "00-1"}}};
    const auto positions = RunBlocking(log_.Append("posts", {record}, Soon()));
    BuryAt(positions->at(0).offset, record);
    return "fanout:0:" + std::to_string(positions->at(0).offset);
  }
  void BuryAt(Offset offset, const Record& record) {
    DeadLetter letter;
    letter.topic = "posts";
    letter.offset = offset;
    letter.group = "fanout";
    letter.error = "invalid: no text";
    letter.attempts = 3;
    letter.record = record;
    const auto kept = RunBlocking(letters_.Add(std::move(letter), Soon()));
    ASSERT_TRUE(kept) << kept.error().ToString();
  }
  std::vector<std::string> Listed() {
    std::vector<std::string> values;
    const auto page = RunBlocking(letters_.List("posts", "", 100, Soon()));
    EXPECT_TRUE(page) << page.error().ToString();
    for (const auto& letter : page->letters) values.push_back(letter.record.value);
    return values;
  }
  std::vector<StoredRecord> Posts() {
    return *RunBlocking(log_.Read({"posts", 0, 0}, 100, Soon()));
  }
  Result<> Replay(const std::string& id) {
    return RunBlocking(letters_.Replay("posts", id, Soon()));
  }
  Result<> Discard(const std::string& id) {
    return RunBlocking(letters_.Discard("posts", id, Soon()));
  }

  FakeClock clock_;
  TemporaryEventLog temporary_{&clock_};
  FaultPlan plan_;
  FaultyEventLog log_{temporary_.log(), plan_};
  DeadLetters letters_{log_, clock_};
};

TEST_F(DeadLettersTest, ATopicWithoutLettersIsEmpty) {
  EXPECT_THAT(Listed(), IsEmpty());
  EXPECT_EQ(Discard("fanout:0:0").error().kind(), ErrorKind::kNotFound);
}

TEST_F(DeadLettersTest, ALetterSaysWhatFailedWhereAndWhy) {
  const auto id = Bury("broken");
  const auto letter = RunBlocking(letters_.Get("posts", id, Soon()));
  ASSERT_TRUE(letter) << letter.error().ToString();
  EXPECT_EQ(letter->id, id);
  EXPECT_EQ(letter->topic, "posts");
  EXPECT_EQ(letter->offset, 0u);
  EXPECT_EQ(letter->group, "fanout");
  EXPECT_EQ(letter->error, "invalid: no text");
  EXPECT_EQ(letter->attempts, 3);
  EXPECT_EQ(letter->failed_at, clock_.Now());
  EXPECT_EQ(letter->record, Posts()[0].record);
}

TEST_F(DeadLettersTest, LettersAreListedInPagesOldestFirst) {
  for (int i = 0; i < 5; ++i) Bury(std::to_string(i));
  std::vector<std::string> values;
  std::string after;
  for (int pages = 1;; ++pages) {
    const auto page = RunBlocking(letters_.List("posts", after, 2, Soon()));
    ASSERT_TRUE(page);
    for (const auto& letter : page->letters) values.push_back(letter.record.value);
    if (!page->next) {
      EXPECT_EQ(pages, 3);
      break;
    }
    after = *page->next;
  }
  EXPECT_THAT(values, ElementsAre("0", "1", "2", "3", "4"));
}

TEST_F(DeadLettersTest, APageFollowsTheOneBeforeWhateverWasResolvedMeanwhile) {
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(Bury(std::to_string(i)));
  const auto first = RunBlocking(letters_.List("posts", "", 2, Soon()));
  ASSERT_TRUE(first && first->next);
  ASSERT_TRUE(Discard(ids[1]));
  const auto second = RunBlocking(letters_.List("posts", *first->next, 2, Soon()));
  ASSERT_TRUE(second);
  ASSERT_THAT(second->letters, SizeIs(2));
  EXPECT_EQ(second->letters[0].id, ids[2]);
  EXPECT_FALSE(second->next);
  EXPECT_EQ(RunBlocking(letters_.List("posts", "no cursor", 2, Soon())).error().kind(),
            ErrorKind::kInvalid);
}

TEST_F(DeadLettersTest, APageOfLargeLettersEndsEarlyAndTheNextGoesOn) {
  for (int i = 0; i < 20; ++i) Bury(std::string(900'000, 'x'));
  std::size_t listed = 0;
  std::string after;
  for (;;) {
    const auto page = RunBlocking(letters_.List("posts", after, 100, Soon()));
    ASSERT_TRUE(page);
    EXPECT_LE(page->letters.size(), 10u);
    listed += page->letters.size();
    if (!page->next) break;
    after = *page->next;
  }
  EXPECT_EQ(listed, 20u);
}

TEST_F(DeadLettersTest, LettersThatAreNotKeptAnyLongerAreNotListed) {
  const auto old = Bury("old");
  EXPECT_THAT(Listed(), ElementsAre("old"));
  clock_.Advance(Duration(31LL * 24 * 3'600'000));
  Bury("new");
  ASSERT_TRUE(temporary_.log().EnforceRetention());
  EXPECT_THAT(Listed(), ElementsAre("new"));
  EXPECT_EQ(Discard(old).error().kind(), ErrorKind::kNotFound);
}

TEST_F(DeadLettersTest, ALetterThatWasKeptTwiceIsListedOnceAndResolvedOnce) {
  const auto id = Bury("broken");
  BuryAt(0, Posts()[0].record);
  EXPECT_THAT(Listed(), ElementsAre("broken"));
  ASSERT_TRUE(Discard(id));
  EXPECT_THAT(Listed(), IsEmpty());
}

TEST_F(DeadLettersTest, ADiscardedLetterIsGoneAndItsRecordIsNotAppendedAgain) {
  const auto id = Bury("broken");
  Bury("other");
  ASSERT_TRUE(Discard(id));
  EXPECT_THAT(Listed(), ElementsAre("other"));
  EXPECT_THAT(Posts(), SizeIs(2));
  EXPECT_EQ(Discard(id).error().kind(), ErrorKind::kNotFound);
}

TEST_F(DeadLettersTest, AReplayedRecordIsAppendedAgainForItsGroup) {
  ASSERT_TRUE(Replay(Bury("broken")));
  EXPECT_THAT(Listed(), IsEmpty());
  const auto posts = Posts();
  ASSERT_THAT(posts, SizeIs(2));
  EXPECT_EQ(posts[1].record.key, "k");
  EXPECT_EQ(posts[1].record.value, "broken");
  EXPECT_THAT(posts[1].record.headers,
              ElementsAre(std::pair("traceparent", "00-1"), std::pair("replay-group", "fanout")));
}

TEST_F(DeadLettersTest, ALetterWhoseReplayFailedBeforeTheAppendCanBeReplayed) {
  const auto id = Bury("broken");
  plan_.FailNext(1, "Append");
  EXPECT_FALSE(Replay(id));
  EXPECT_THAT(Posts(), SizeIs(1));
  EXPECT_THAT(Listed(), ElementsAre("broken"));
  EXPECT_TRUE(Replay(id));
  EXPECT_THAT(Posts(), SizeIs(2));
}

TEST_F(DeadLettersTest, ARecordThatFailsAgainAfterItsReplayIsALetterAgain) {
  ASSERT_TRUE(Replay(Bury("broken")));
  BuryAt(1, Posts()[1].record);
  EXPECT_THAT(Listed(), ElementsAre("broken"));
  ASSERT_TRUE(Replay("fanout:0:1"));
  EXPECT_THAT(Posts()[2].record.headers, SizeIs(2));
}

TEST_F(DeadLettersTest, ARecordTooLargeToKeepTwiceIsReadAtItsOldPlace) {
  const Record large{.key = "k",
                     .value = std::string((1 << 20) - 1, 'x'),
                     .headers = {{"big", std::string(65'500, 'h')}}};
  ASSERT_TRUE(RunBlocking(log_.Append("posts", {large}, Soon())));
  BuryAt(0, large);
  const auto letter = RunBlocking(letters_.Get("posts", "fanout:0:0", Soon()));
  ASSERT_TRUE(letter);
  EXPECT_TRUE(letter->omitted);
  ASSERT_TRUE(Replay("fanout:0:0"));
  const auto replayed = RunBlocking(log_.Read({"posts", 0, 1}, 1, Soon()));
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->at(0).record.value, large.value);
}

}  // namespace
}  // namespace freshet::stores
