// The embedded log against a model that is too simple to be wrong.
#include <gmock/gmock.h>

#include <algorithm>
#include <deque>
#include <random>
#include <set>

#include "base/io_threads.h"
#include "stores/log/murmur2.h"
#include "stores/log/testing/temporary_event_log.h"

namespace freshet::stores {
namespace {

constexpr std::uint32_t kPartitions = 3;
constexpr std::array<const char*, 2> kTopics{"posts", "likes"};
constexpr std::array<const char*, 2> kGroups{"fanout", "index"};

using Place = std::pair<std::string, std::uint32_t>;

struct ModelPartition {
  Offset begin = 0;
  std::vector<std::string> values;  // from offset 0 on
};

struct ModelMember {
  std::unique_ptr<Consumer> consumer;
  std::map<Place, Offset> polled;  // where each partition was polled to
};

struct ModelGroup {
  std::map<Place, Offset> committed;
  std::vector<ModelMember> members;
};

class Simulation {
 public:
  explicit Simulation(std::uint32_t seed) : random_(seed) {
    Check(RunBlocking(log().CreateTopic("posts", Options(1 << 30), Soon())));
    Check(RunBlocking(log().CreateTopic("likes", Options(40'000), Soon())));
    for (const auto* topic : kTopics) {
      for (std::uint32_t p = 0; p < kPartitions; ++p) partitions_[{topic, p}];
    }
    for (const auto* group : kGroups) groups_[group];
  }

  void Step() {
    switch (random_() % 16) {
      case 0:
      case 1:
      case 2:
      case 3: return Append();
      case 4:
      case 5:
      case 6:
      case 7: return Poll();
      case 8:
      case 9: return Commit();
      case 10: return Join();
      case 11: return random_() % 2 == 0 ? Leave() : Join();
      case 12: return Seek();
      case 13: return Read();
      case 14: return random_() % 4 == 0 ? Reopen() : Retain();
      default: return Compare();
    }
  }

  // Every group gets what it has not committed, in order and once, when one member reads alone.
  void ReadToTheEnd() {
    for (auto& [name, group] : groups_) {
      group.members.clear();
      auto consumer = *RunBlocking(log().Join(name, {"posts", "likes"}, Soon()));
      std::map<Place, Offset> next = group.committed;
      for (;;) {
        const auto batches = *RunBlocking(consumer->Poll(50, Past()));
        if (batches.empty()) break;
        for (const auto& batch : batches) Follow(batch, next);
      }
      for (const auto& [place, partition] : partitions_) {
        const auto reached = std::max(next[place], partition.begin);
        EXPECT_EQ(reached, partition.values.size()) << name << " " << place.first << place.second;
      }
    }
  }

  std::size_t fenced() const { return fenced_; }
  std::size_t committed() const { return commits_; }

 private:
  static TopicOptions Options(std::uint64_t retention_bytes) {
    return {.partitions = kPartitions, .retention_bytes = retention_bytes};
  }
  EventLog& log() { return temporary_.log(); }
  Deadline Soon() { return Deadline::After(clock_, Duration(1'000'000)); }
  Deadline Past() { return Deadline::After(clock_, Duration(0)); }
  template <class T>
  static void Check(const Result<T>& result) {
    EXPECT_TRUE(result) << result.error().ToString();
  }
  template <class Container>
  auto& Any(Container& container) {
    return *std::next(container.begin(), static_cast<long>(random_() % container.size()));
  }
  ModelGroup& AnyGroup() { return Any(groups_).second; }

  void Append() {
    const std::string topic = Any(kTopics);
    std::vector<Record> records;
    for (auto count = 1 + random_() % 30; count > 0; --count) {
      const auto key = std::to_string(random_() % 20);
      records.push_back({.key = key,
                         .value = std::to_string(++appended_) + std::string(random_() % 300, '.'),
                         .headers = {}});
    }
    const auto positions = RunBlocking(log().Append(topic, records, Soon()));
    Check(positions);
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto p = PartitionOf(records[i].key, kPartitions);
      auto& values = partitions_[{topic, p}].values;
      EXPECT_EQ(positions->at(i), (PartitionPosition{topic, p, values.size()}));
      values.push_back(records[i].value);
    }
  }

  // Records of a batch follow `next` without a gap, but for what is not kept any more.
  void Follow(const PartitionBatch& batch, std::map<Place, Offset>& next) {
    const Place place{batch.topic, batch.partition};
    const auto& partition = partitions_[place];
    auto expected = std::max(next[place], partition.begin);
    for (const auto& stored : batch.records) {
      EXPECT_EQ(stored.offset, expected) << place.first << place.second;
      EXPECT_EQ(stored.record.value, partition.values.at(stored.offset));
      expected = stored.offset + 1;
    }
    next[place] = expected;
  }

  void Poll() {
    auto& group = AnyGroup();
    if (group.members.empty()) return;
    auto& member = Any(group.members);
    const auto batches = RunBlocking(member.consumer->Poll(1 + random_() % 60, Past()));
    Check(batches);
    for (const auto& batch : *batches) {
      const Place place{batch.topic, batch.partition};
      // It goes on where it was, or starts at the committed offset.
      auto next = member.polled;
      const auto first = batch.records.front().offset;
      const auto start = std::max(group.committed[place], partitions_[place].begin);
      if (!next.contains(place) || std::max(next[place], partitions_[place].begin) != first) {
        EXPECT_EQ(first, start);
        next[place] = start;
      }
      Follow(batch, next);
      member.polled[place] = next[place];
    }
  }

  void Commit() {
    auto& group = AnyGroup();
    if (group.members.empty()) return;
    auto& member = Any(group.members);
    if (member.polled.empty()) return;
    const auto& [place, offset] = Any(member.polled);
    const auto outcome =
        RunBlocking(member.consumer->Commit({{place.first, place.second, offset}}, Soon()));
    if (outcome) {
      group.committed[place] = offset;
      ++commits_;
    } else {
      EXPECT_EQ(outcome.error().code(), "fenced");
      ++fenced_;
    }
  }

  void Join() {
    auto& [name, group] = Any(groups_);
    if (group.members.size() >= 4) return;
    auto consumer = RunBlocking(log().Join(name, {"posts", "likes"}, Soon()));
    Check(consumer);
    group.members.push_back({*std::move(consumer), {}});
  }

  void Leave() {
    auto& group = AnyGroup();
    if (group.members.empty()) return;
    const auto gone = group.members.begin() + static_cast<long>(random_() % group.members.size());
    if (random_() % 2 == 0) RunBlocking(gone->consumer->Leave());
    group.members.erase(gone);
  }

  void Seek() {
    auto& [name, group] = Any(groups_);
    const auto& [place, partition] = Any(partitions_);
    const Offset offset = random_() % (partition.values.size() + 1);
    Check(RunBlocking(log().Seek(name, {{place.first, place.second, offset}}, Soon())));
    group.committed[place] = offset;
  }

  void Read() {
    const auto& [place, partition] = Any(partitions_);
    const Offset from = random_() % (partition.values.size() + 1);
    const auto records = RunBlocking(log().Read({place.first, place.second, from}, 20, Soon()));
    Check(records);
    const auto start = std::max(from, partition.begin);
    const auto count = std::min<std::size_t>(20, partition.values.size() - start);
    EXPECT_EQ(records->size(), count);
    for (const auto& stored : *records) {
      EXPECT_EQ(stored.record.value, partition.values.at(stored.offset));
    }
  }

  void Retain() {
    clock_.Advance(Duration(1'000));
    Check(temporary_.log().EnforceRetention());
    const auto state = RunBlocking(log().Describe(Soon()));
    for (const auto& topic : state->topics) {
      for (const auto& partition : topic.partitions) {
        auto& begin = partitions_[{topic.name, partition.partition}].begin;
        EXPECT_GE(partition.begin, begin);
        begin = partition.begin;
      }
    }
  }

  void Reopen() {
    for (auto& [name, group] : groups_) group.members.clear();
    temporary_.Reopen();
  }

  void Compare() {
    const auto state = RunBlocking(log().Describe(Soon()));
    Check(state);
    for (const auto& topic : state->topics) {
      for (const auto& partition : topic.partitions) {
        const auto& model = partitions_[{topic.name, partition.partition}];
        EXPECT_EQ(partition.begin, model.begin);
        EXPECT_EQ(partition.end, model.values.size());
      }
    }
    for (const auto& group : state->groups) {
      for (const auto& entry : group.partitions) {
        const Place place{entry.topic, entry.partition};
        EXPECT_EQ(entry.committed, groups_[group.name].committed[place]);
      }
    }
  }

  std::mt19937 random_;
  FakeClock clock_;
  TemporaryEventLog temporary_{&clock_, [] {
                                 auto options = TemporaryEventLog::FastOptions();
                                 options.tail_bytes = 0;
                                 options.session_timeout = Duration(3'600'000);
                                 return options;
                               }()};
  std::map<Place, ModelPartition> partitions_;
  std::map<std::string, ModelGroup> groups_;
  std::uint64_t appended_ = 0;
  std::size_t fenced_ = 0;
  std::size_t commits_ = 0;
};

TEST(EventLogModel, TheLogDoesWhatTheModelDoes) {
  const auto seed = std::random_device{}();
  testing::Test::RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Simulation simulation(seed);
  for (int step = 0; step < 1'500 && !testing::Test::HasFailure(); ++step) simulation.Step();
  EXPECT_GT(simulation.committed(), 0u);
  EXPECT_GT(simulation.fenced(), 0u);
  simulation.ReadToTheEnd();
}

}  // namespace
}  // namespace freshet::stores
