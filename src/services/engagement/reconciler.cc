#include "services/engagement/reconciler.h"

#include <algorithm>
#include <map>

#include "services/engagement/comment_rows.h"
#include "services/engagement/counter_spaces.h"

namespace freshet::engagement {
namespace {

constexpr Duration kSliceTime{60'000};
constexpr Duration kTurnWait{50};
constexpr int kMostWaits = 30;
constexpr std::size_t kIdsAtOnce = 1'000;
constexpr std::uint64_t kNoEnd = ~std::uint64_t{0};

std::uint64_t HashOf(const social::PostCounts& counts) {
  std::uint64_t hash = 0;
  for (const auto count : {counts.likes, counts.comments, counts.shares}) {
    hash = MixBits(hash ^ static_cast<std::uint64_t>(count));
  }
  return hash;
}

bool Same(const social::PostCounts& a, const social::PostCounts& b) {
  return a.likes == b.likes && a.comments == b.comments && a.shares == b.shares;
}

}  // namespace

Reconciler::Reconciler(EngagementOptions options, ReconcilerParts parts)
    : options_(options),
      parts_(parts),
      drift_(parts.metrics.GetCounter("freshet_engagement_drift_total",
                                      "Members and counts that were not what they should be")),
      compared_(parts.metrics.GetCounter("freshet_engagement_reconciled_posts_total",
                                         "Posts whose counts were compared with the truth")) {}

Awaitable<> Reconciler::Run(std::stop_token stop) {
  while (co_await Sleep(options_.reconcile_interval, stop)) {
    if (busy_.exchange(true)) continue;
    auto compared = co_await CompareSlice(stop);
    busy_ = false;
    if (!compared) {
      parts_.logger.Warn("Counts could not be compared with what they count",
                         {{"error", compared.error().ToString()}});
    }
  }
}

Awaitable<Result<std::int64_t>> Reconciler::CompareAll(
    const std::function<void(std::int64_t)>& compared, std::stop_token stop) {
  while (busy_.exchange(true)) {
    if (!co_await Sleep(kTurnWait, stop)) co_return Unavailable("It was stopped.");
  }
  struct Turn {
    std::atomic<bool>& busy;
    ~Turn() { busy = false; }
  } const turn{busy_};
  after_ = 0;
  std::int64_t drift = 0;
  for (int waits = 0; !stop.stop_requested();) {
    const std::uint64_t before = after_;
    CO_ASSIGN_OR_RETURN(const auto found, co_await CompareSlice(stop));
    drift += found;
    if (after_ == 0) co_return drift;
    waits = after_ == before ? waits + 1 : 0;
    if (waits == kMostWaits) {
      after_ = 0;
      co_return Unavailable("The workers of engagement are not done; try again when they are.");
    }
    if (after_ != before) compared(options_.reconcile_posts);
  }
  co_return Unavailable("It was stopped.");
}

Awaitable<Result<std::int64_t>> Reconciler::CountPostsToCompare(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      parts_.database,
      [](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t count = 0;
        RETURN_IF_ERROR(tx.Query("SELECT count(*) FROM post_counts", {},
                                 [&](const stores::Row& row) { count = row.Int(0); }));
        return count;
      },
      deadline);
}

Awaitable<Result<std::int64_t>> Reconciler::CompareSlice(std::stop_token stop) {
  const auto deadline = [&] { return Deadline::After(parts_.clock, kSliceTime); };
  CO_ASSIGN_OR_RETURN(const Ids posts, co_await NextPosts(deadline()));
  if (posts.empty()) {
    after_ = 0;
    co_return 0;
  }
  CO_ASSIGN_OR_RETURN(const auto suspected, co_await Compare(posts, deadline()));
  if (!suspected.empty()) {
    if (!co_await Sleep(options_.reconcile_patience, stop)) co_return 0;
    CO_ASSIGN_OR_RETURN(const bool quiet, co_await NothingWaits(deadline()));
    if (!quiet) co_return 0;  // the same slice comes again
    CO_RETURN_IF_ERROR(co_await parts_.counts.Flush(deadline()));
    CO_ASSIGN_OR_RETURN(auto found, co_await Compare(posts, deadline()));
    std::erase_if(found, [&](const Drift& drift) {
      return std::ranges::find(suspected, drift) == suspected.end();
    });
    CO_RETURN_IF_ERROR(co_await Mend(found, deadline()));
    drift_.Add(static_cast<double>(found.size()));
    for (const auto& drift : found) {
      parts_.logger.Error("A count was not what it should be; it was mended",
                          {{"post", drift.set.id}, {"set", drift.set.space.name}});
    }
    after_ = posts.back();
    compared_.Add(static_cast<double>(posts.size()));
    co_return static_cast<std::int64_t>(found.size());
  }
  after_ = posts.back();
  compared_.Add(static_cast<double>(posts.size()));
  co_return 0;
}

Awaitable<Result<Reconciler::Ids>> Reconciler::NextPosts(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      parts_.database,
      [&](stores::Transaction& tx) -> Result<Ids> {
        Ids posts;
        RETURN_IF_ERROR(
            tx.Query("SELECT post_id FROM post_counts WHERE post_id > $1 ORDER BY post_id LIMIT $2",
                     {after_, options_.reconcile_posts}, [&](const stores::Row& row) {
                       posts.push_back(static_cast<std::uint64_t>(row.Int(0)));
                     }));
        return posts;
      },
      deadline);
}

Awaitable<Result<std::vector<Drift>>> Reconciler::Compare(const Ids& posts, Deadline deadline) {
  std::vector<Drift> found;
  for (const auto post : posts) {
    const ReadIds comments = [&](std::uint64_t after, std::size_t limit) -> Awaitable<Result<Ids>> {
      co_return co_await stores::ReadReturning(
          parts_.database,
          [&](stores::Transaction& tx) { return LiveComments(tx, PostId{post}, after, limit); },
          deadline);
    };
    CO_RETURN_IF_ERROR(
        co_await CompareSet({.space = kPostComments, .id = post}, comments, found, deadline));
    CO_RETURN_IF_ERROR(co_await CompareShares(PostId{post}, found, deadline));
  }
  CO_RETURN_IF_ERROR(co_await CompareCounts(posts, found, deadline));
  co_return found;
}

// Both sides part by part: as far as both have been read, they are the same or differ.
Awaitable<Result<>> Reconciler::CompareSet(stores::CounterKey set, const ReadIds& truth,
                                           std::vector<Drift>& found, Deadline deadline) {
  for (std::uint64_t after = 0;;) {
    CO_ASSIGN_OR_RETURN(const Ids right, co_await truth(after, kIdsAtOnce));
    CO_ASSIGN_OR_RETURN(const Ids counted, co_await Members(set, after, kIdsAtOnce, deadline));
    const auto end_of = [](const Ids& ids) {
      return ids.size() < kIdsAtOnce ? kNoEnd : ids.back();
    };
    const std::uint64_t end = std::min(end_of(right), end_of(counted));
    const auto add = [&](const Ids& from, const Ids& other, Drift::Kind kind) {
      for (const auto id : from) {
        if (id > end || std::ranges::binary_search(other, id)) continue;
        found.push_back({.kind = kind, .set = set, .member = id});
      }
    };
    add(right, counted, Drift::Kind::kMissing);
    add(counted, right, Drift::Kind::kExtra);
    if (end == kNoEnd) co_return Result<>();
    after = end;
  }
}

Awaitable<Result<>> Reconciler::CompareShares(PostId post, std::vector<Drift>& found,
                                              Deadline deadline) {
  const stores::CounterKey shares{.space = kPostShares, .id = post.value};
  const stores::CounterKey sharers{.space = kPostSharers, .id = post.value};
  for (std::uint64_t after = 0;;) {
    CO_ASSIGN_OR_RETURN(const Ids ids, co_await Members(shares, after, kIdsAtOnce, deadline));
    if (ids.empty()) break;
    after = ids.back();
    std::vector<PostId> asked;
    for (const auto id : ids) asked.push_back(PostId{id});
    CO_ASSIGN_OR_RETURN(const auto there, co_await parts_.social.FindShares(asked, deadline));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (there[i] && there[i]->post == post) continue;
      found.push_back({.kind = Drift::Kind::kExtra, .set = shares, .member = ids[i]});
    }
  }
  for (std::uint64_t after = 0;;) {
    CO_ASSIGN_OR_RETURN(const Ids ids, co_await Members(sharers, after, kIdsAtOnce, deadline));
    if (ids.empty()) co_return Result<>();
    after = ids.back();
    for (const auto id : ids) {
      CO_ASSIGN_OR_RETURN(const auto share,
                          co_await parts_.social.FindShare(post, AccountId{id}, deadline));
      if (share) continue;
      found.push_back({.kind = Drift::Kind::kExtra, .set = sharers, .member = id});
    }
  }
}

Awaitable<Result<>> Reconciler::CompareCounts(const Ids& posts, std::vector<Drift>& found,
                                              Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      const auto stored,
      co_await stores::ReadReturning(
          parts_.database, [&](stores::Transaction& tx) { return ReadPostCounts(tx, posts); },
          deadline));
  CO_ASSIGN_OR_RETURN(const auto counted, co_await CountPosts(parts_.counters, posts, deadline));
  for (std::size_t i = 0; i < posts.size(); ++i) {
    if (Same(stored[i], counted[i])) continue;
    found.push_back({.kind = Drift::Kind::kCounts,
                     .set = {.space = kPostLikes, .id = posts[i]},
                     .member = MixBits(HashOf(stored[i])) ^ HashOf(counted[i])});
  }
  co_return Result<>();
}

Awaitable<Result<>> Reconciler::Mend(const std::vector<Drift>& found, Deadline deadline) {
  std::vector<stores::Membership> missing, extra;
  Ids posts;
  for (const auto& drift : found) {
    switch (drift.kind) {
      case Drift::Kind::kMissing: missing.push_back({drift.set, AccountId{drift.member}}); break;
      case Drift::Kind::kExtra: extra.push_back({drift.set, AccountId{drift.member}}); break;
      case Drift::Kind::kCounts: posts.push_back(drift.set.id); break;
    }
  }
  CO_RETURN_IF_ERROR(co_await parts_.counters.AddMembers(std::move(missing), deadline));
  CO_RETURN_IF_ERROR(co_await parts_.counters.RemoveMembers(std::move(extra), deadline));
  if (posts.empty()) co_return Result<>();
  CO_ASSIGN_OR_RETURN(const auto counts, co_await CountPosts(parts_.counters, posts, deadline));
  co_return co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        for (std::size_t i = 0; i < posts.size(); ++i) {
          RETURN_IF_ERROR(WritePostCounts(tx, posts[i], counts[i], parts_.clock.Now()));
        }
        return {};
      },
      deadline);
}

Awaitable<Result<bool>> Reconciler::NothingWaits(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto state, co_await parts_.log.Describe(deadline));
  for (const auto& group : state.groups) {
    if (!group.name.starts_with("engagement")) continue;
    for (const auto& partition : group.partitions) {
      if (partition.lag > 0) co_return false;
    }
  }
  co_return true;
}

Awaitable<Result<Reconciler::Ids>> Reconciler::Members(stores::CounterKey set, std::uint64_t after,
                                                       std::size_t limit, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto members,
                      co_await parts_.counters.Members(set, AccountId{after}, limit, deadline));
  Ids ids;
  ids.reserve(members.size());
  for (const auto member : members) ids.push_back(member.value);
  co_return ids;
}

}  // namespace freshet::engagement
