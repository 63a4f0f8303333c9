#include "services/engagement/post_counts.h"

#include <algorithm>
#include <array>

#include "services/engagement/counter_spaces.h"
#include "stores/counters/counter_changes.h"

namespace freshet::engagement {
namespace {

constexpr std::array kCounted{kPostLikes, kPostComments, kPostShares};
constexpr std::size_t kRecordsAtOnce = 1'000;
constexpr std::size_t kPostsAtOnce = 1'000;
constexpr Duration kFlushTime{120'000};

bool IsCounted(const stores::CounterKey& key) {
  return std::ranges::any_of(kCounted,
                             [&](const auto& space) { return space.number == key.space.number; });
}

}  // namespace

double EngagementScore(const social::PostCounts& counts) {
  return static_cast<double>(counts.likes) + 2 * static_cast<double>(counts.comments) +
         3 * static_cast<double>(counts.shares);
}

Result<std::vector<social::PostCounts>> ReadPostCounts(stores::Transaction& tx,
                                                       std::span<const std::uint64_t> posts) {
  std::vector<social::PostCounts> counts(posts.size());
  for (std::size_t i = 0; i < posts.size(); ++i) {
    RETURN_IF_ERROR(
        tx.Query("SELECT likes, comments, shares FROM post_counts WHERE post_id = $1", {posts[i]},
                 [&](const stores::Row& row) {
                   counts[i] = {.likes = row.Int(0), .comments = row.Int(1), .shares = row.Int(2)};
                 }));
  }
  return counts;
}

Result<> WritePostCounts(stores::Transaction& tx, std::uint64_t post,
                         const social::PostCounts& counts, Timestamp now) {
  if (counts.likes == 0 && counts.comments == 0 && counts.shares == 0) {
    RETURN_IF_ERROR(tx.Execute("DELETE FROM post_counts WHERE post_id = $1", {post}));
    return {};
  }
  RETURN_IF_ERROR(tx.Execute(
      "INSERT INTO post_counts (post_id, likes, comments, shares, score, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (post_id) DO UPDATE SET likes = $2, "
      "comments = $3, shares = $4, score = $5, updated_at = $6",
      {post, counts.likes, counts.comments, counts.shares, EngagementScore(counts), now}));
  return {};
}

Awaitable<Result<std::vector<social::PostCounts>>> CountPosts(stores::Counters& counters,
                                                              std::span<const std::uint64_t> posts,
                                                              Deadline deadline) {
  // The removal of nobody: the counts include all that was told before.
  std::vector<stores::Membership> nobody;
  nobody.reserve(posts.size() * kCounted.size());
  for (const auto post : posts) {
    for (const auto& space : kCounted) {
      nobody.push_back({.set = {.space = space, .id = post}, .member = AccountId{}});
    }
  }
  CO_ASSIGN_OR_RETURN(const auto looks,
                      co_await counters.RemoveMembers(std::move(nobody), deadline));
  std::vector<social::PostCounts> counts;
  counts.reserve(posts.size());
  for (std::size_t i = 0; i < looks.size(); i += kCounted.size()) {
    counts.push_back(
        {.likes = looks[i].count, .comments = looks[i + 1].count, .shares = looks[i + 2].count});
  }
  co_return counts;
}

PostCountsKeeper::PostCountsKeeper(EngagementOptions options, stores::Database& database,
                                   stores::Counters& counters, stores::EventLog& log,
                                   const Clock& clock, Logger& logger, Metrics& metrics)
    : options_(options),
      database_(database),
      counters_(counters),
      log_(log),
      clock_(clock),
      logger_(logger),
      written_(metrics.GetCounter("freshet_engagement_counts_written_total",
                                  "Posts whose counts were written into the database")),
      failures_(metrics.GetCounter("freshet_engagement_counts_failures_total",
                                   "Failures to write counts into the database")) {}

struct PostCountsKeeper::Pass {
  Progress progress;
  std::set<std::uint64_t> posts;  // read of, not yet written
  bool moved = false;             // progress is ahead of the database's
  std::int64_t written = 0;
};

Awaitable<Result<std::int64_t>> PostCountsKeeper::Flush(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto state, co_await log_.Describe(deadline));
  const auto topic =
      std::ranges::find(state.topics, stores::kCountersTopic, &stores::TopicState::name);
  if (topic == state.topics.end()) co_return 0;
  Pass pass;
  CO_ASSIGN_OR_RETURN(pass.progress, co_await ReadProgress(deadline));
  for (const auto& partition : topic->partitions) {
    CO_RETURN_IF_ERROR(co_await ReadPartition(pass, partition, deadline));
  }
  if (pass.moved) CO_RETURN_IF_ERROR(co_await Write(pass, deadline));
  co_return pass.written;
}

Awaitable<Result<>> PostCountsKeeper::ReadPartition(Pass& pass,
                                                    const stores::PartitionState& partition,
                                                    Deadline deadline) {
  auto& next = pass.progress[partition.partition];
  while (next < partition.end) {
    CO_ASSIGN_OR_RETURN(const auto records, co_await log_.Read({std::string(stores::kCountersTopic),
                                                                partition.partition, next},
                                                               kRecordsAtOnce, deadline));
    if (records.empty()) break;
    for (const auto& stored : records) {
      CO_ASSIGN_OR_RETURN(const auto changes,
                          stores::DecodeChanges(stored.record.key, stored.record.value));
      if (!changes.empty() && IsCounted(changes.front().key)) {
        pass.posts.insert(changes.front().key.id);
      }
    }
    next = records.back().offset + 1;
    pass.moved = true;
    if (pass.posts.size() >= kPostsAtOnce) CO_RETURN_IF_ERROR(co_await Write(pass, deadline));
  }
  co_return Result<>();
}

Awaitable<Result<PostCountsKeeper::Progress>> PostCountsKeeper::ReadProgress(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<Progress> {
        Progress progress;
        RETURN_IF_ERROR(tx.Query("SELECT partition_number, next_offset FROM counters_read", {},
                                 [&](const stores::Row& row) {
                                   progress[static_cast<std::uint32_t>(row.Int(0))] =
                                       static_cast<stores::Offset>(row.Int(1));
                                 }));
        return progress;
      },
      deadline);
}

Awaitable<Result<>> PostCountsKeeper::Write(Pass& pass, Deadline deadline) {
  const std::vector<std::uint64_t> posts(pass.posts.begin(), pass.posts.end());
  CO_ASSIGN_OR_RETURN(const auto counts, co_await CountPosts(counters_, posts, deadline));
  const Timestamp now = clock_.Now();
  CO_RETURN_IF_ERROR(co_await database_.Write(
      [&](stores::Transaction& tx) -> Result<> {
        for (std::size_t i = 0; i < posts.size(); ++i) {
          RETURN_IF_ERROR(WritePostCounts(tx, posts[i], counts[i], now));
        }
        for (const auto& [partition, next] : pass.progress) {
          RETURN_IF_ERROR(tx.Execute(
              "INSERT INTO counters_read (partition_number, next_offset) VALUES ($1, $2) "
              "ON CONFLICT (partition_number) DO UPDATE SET next_offset = $2",
              {partition, next}));
        }
        return {};
      },
      deadline));
  written_.Add(static_cast<double>(posts.size()));
  pass.written += static_cast<std::int64_t>(posts.size());
  pass.posts.clear();
  pass.moved = false;
  co_return Result<>();
}

Awaitable<> PostCountsKeeper::Run(std::stop_token stop) {
  while (co_await Sleep(options_.counts_interval, stop)) {
    if (auto flushed = co_await Flush(Deadline::After(clock_, kFlushTime)); !flushed) {
      failures_.Add();
      logger_.Warn("The counts of posts could not be written into the database",
                   {{"error", flushed.error().ToString()}});
    }
  }
}

}  // namespace freshet::engagement
