#include "services/social/fanout.h"

#include <algorithm>
#include <unordered_map>

#include "base/task_group.h"
#include "net/json/json_reader.h"

namespace freshet::social {
namespace {

// For a store that hangs; the record is then tried again.
constexpr Duration kCallDeadline{30'000};
// Posts that change this often while they are delivered are left to the events of the changes.
constexpr int kMostRounds = 5;

using stores::ActivityItem;
using stores::ActivityKind;

ActivityItem ListItem(ActivityKind kind, const PostEvent& event) {
  return {.list = {.kind = kind, .owner = event.author_id},
          .entry = {.id = event.post_id.value, .payload = {}}};
}

Histogram LagHistogram(Metrics& metrics, std::string size) {
  return metrics.GetHistogram("freshet_fanout_lag_seconds",
                              "From a post's creation to its last delivery",
                              {{"author", std::move(size)}});
}

// Runs `work(i)`, a coroutine that returns Result<>, for each i below `count`, at most `parallel`
// at the same time. Every one is run; the first error is returned.
template <class Work>
Awaitable<Result<>> ForEach(std::size_t count, std::size_t parallel, Logger& logger, Work work) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  std::vector<Result<>> outcomes(count, Failure(Error(ErrorKind::kInternal, "It was given up.")));
  std::size_t next = 0;
  const auto run = [&]() -> Awaitable<void> {
    while (next < count) {
      const std::size_t mine = next++;
      outcomes[mine] = co_await work(mine);
    }
  };
  TaskGroup tasks("fan-out", logger);
  for (std::size_t i = 0; i < std::min(count, parallel); ++i) tasks.Spawn(executor, run());
  co_await tasks.Stop();
  for (auto& outcome : outcomes) CO_RETURN_IF_ERROR(std::move(outcome));
  co_return Result<>();
}

}  // namespace

Fanout::Fanout(FanoutOptions options, FanoutParts parts)
    : options_(options),
      parts_(parts),
      skipped_(parts.metrics.GetCounter("freshet_fanout_celebrity_posts_total",
                                        "Posts that are merged when read instead of pushed")),
      handed_over_(parts.metrics.GetCounter("freshet_fanout_large_posts_total",
                                            "Posts that the worker for large authors pushes")),
      small_lag_(LagHistogram(parts.metrics, "small")),
      large_lag_(LagHistogram(parts.metrics, "large")) {}

Awaitable<Result<>> Fanout::Handle(std::span<const stores::StoredRecord> records) {
  CO_ASSIGN_OR_RETURN(auto deliveries, co_await Read(records));
  CO_RETURN_IF_ERROR(co_await Forget(deliveries));
  // The authors' lists come first: a timeline that is being rebuilt either finds a post there or is
  // pushed to below.
  CO_RETURN_IF_ERROR(co_await PutIntoLists(deliveries));
  CO_RETURN_IF_ERROR(co_await PutIntoOwnTimelines(deliveries));
  CO_RETURN_IF_ERROR(co_await parts_.delivery.TellAuthors(deliveries));
  CO_ASSIGN_OR_RETURN(auto plan, co_await MakePlan(deliveries, records));
  if (!plan.large.empty()) {
    handed_over_.Add(static_cast<double>(plan.large.size()));
    CO_RETURN_IF_ERROR(
        co_await parts_.log.Append(std::string(kLargeFanoutTopic), std::move(plan.large), Soon()));
  }
  CO_RETURN_IF_ERROR(co_await DeliverAll(std::move(plan.small), small_lag_));
  co_return co_await Settle(std::move(deliveries));
}

Awaitable<Result<>> Fanout::HandleLarge(std::span<const stores::StoredRecord> records) {
  CO_ASSIGN_OR_RETURN(auto deliveries, co_await Read(records));
  std::vector<Run> runs;
  std::unordered_map<AccountId, std::size_t> places;
  for (const auto& delivery : deliveries) {
    const AccountId author = delivery.event.author_id;
    if (!IsPushed(author)) continue;  // a celebrity by now
    const auto [place, is_new] = places.try_emplace(author, runs.size());
    if (is_new) runs.push_back({.author = author, .deliveries = {}});
    runs[place->second].deliveries.push_back(delivery);
  }
  CO_RETURN_IF_ERROR(co_await DeliverAll(std::move(runs), large_lag_));
  co_return co_await Settle(std::move(deliveries));
}

Awaitable<Result<std::vector<PostDelivery>>> Fanout::Read(
    std::span<const stores::StoredRecord> records) {
  std::vector<PostDelivery> deliveries;
  deliveries.reserve(records.size());
  for (const auto& stored : records) {
    CO_ASSIGN_OR_RETURN(deliveries.emplace_back().event,
                        net::ReadJson<PostEvent>(stored.record.value));
  }
  CO_RETURN_IF_ERROR(co_await ReadStates(deliveries));
  co_return deliveries;
}

Awaitable<Result<>> Fanout::ReadStates(std::span<PostDelivery> deliveries) {
  std::vector<std::uint64_t> ids;
  ids.reserve(deliveries.size());
  for (const auto& delivery : deliveries) ids.push_back(delivery.event.post_id.value);
  CO_ASSIGN_OR_RETURN(const auto states, co_await parts_.posts.StatesOf(std::move(ids), Soon()));
  for (std::size_t i = 0; i < deliveries.size(); ++i) deliveries[i].now = states[i];
  co_return Result<>();
}

Awaitable<Result<>> Fanout::Forget(std::span<const PostDelivery> deliveries) {
  for (const auto& [event, now, doubtful] : deliveries) {
    if (event.type != PostEventType::kCreated) {
      CO_RETURN_IF_ERROR(co_await parts_.posts.Forget(event.post_id, Soon()));
    }
    if (event.share_of) {
      CO_RETURN_IF_ERROR(co_await parts_.shares.Forget(*event.share_of, Soon()));
    }
  }
  co_return Result<>();
}

Awaitable<Result<>> Fanout::PutIntoLists(std::span<const PostDelivery> deliveries) {
  std::vector<ActivityItem> put, removed;
  for (const auto& delivery : deliveries) {
    const PostEvent& event = delivery.event;
    const bool was_elsewhere = !delivery.Appears() || delivery.doubtful;
    for (const auto kind : {ActivityKind::kAuthorPosts, ActivityKind::kPrivatePosts}) {
      const bool for_others = kind == ActivityKind::kAuthorPosts;
      if (delivery.now.exists && delivery.ForOthers() == for_others) {
        put.push_back(ListItem(kind, event));
      } else if (was_elsewhere) {
        removed.push_back(ListItem(kind, event));
      }
    }
  }
  if (!put.empty()) CO_RETURN_IF_ERROR(co_await parts_.activity.Put(std::move(put), Soon()));
  if (removed.empty()) co_return Result<>();
  co_return co_await parts_.activity.Remove(std::move(removed), Soon());
}

Awaitable<Result<>> Fanout::PutIntoOwnTimelines(std::span<const PostDelivery> deliveries) {
  for (const auto& delivery : deliveries) {
    const AccountId author = delivery.event.author_id;
    const stores::TimelineEntry entry{.post = delivery.event.post_id, .author = author};
    for (const auto kind : {stores::TimelineKind::kAuthor, stores::TimelineKind::kHome}) {
      const bool belongs =
          kind == stores::TimelineKind::kHome ? delivery.now.exists : delivery.ForOthers();
      if (belongs) {
        CO_RETURN_IF_ERROR(co_await parts_.timelines.Push(kind, {&author, 1}, entry, Soon()));
      } else if (!delivery.Appears() || delivery.doubtful) {
        CO_RETURN_IF_ERROR(
            co_await parts_.timelines.Remove(kind, {&author, 1}, entry.post, Soon()));
      }
    }
  }
  co_return Result<>();
}

Awaitable<Result<Fanout::Plan>> Fanout::MakePlan(std::span<const PostDelivery> deliveries,
                                                 std::span<const stores::StoredRecord> records) {
  std::vector<AccountId> authors;
  for (const auto& delivery : deliveries) authors.push_back(delivery.event.author_id);
  std::ranges::sort(authors);
  const auto repeats = std::ranges::unique(authors);
  authors.erase(repeats.begin(), repeats.end());
  const std::int64_t enter = options_.celebrity_threshold;
  CO_RETURN_IF_ERROR(co_await parts_.graph.celebrities().Review(
      authors, {.enter = enter,
                .leave = enter * options_.celebrity_leave_percent / 100,
                .batch = static_cast<std::size_t>(options_.batch)}));
  CO_ASSIGN_OR_RETURN(const auto counts, co_await parts_.graph.FollowerCounts(authors, Soon()));

  Plan plan;
  std::unordered_map<AccountId, std::size_t> places;
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    const PostDelivery& delivery = deliveries[i];
    const AccountId author = delivery.event.author_id;
    if (!IsPushed(author)) {
      if (delivery.ForOthers() && delivery.Appears()) skipped_.Add();
      continue;
    }
    const auto at = std::ranges::lower_bound(authors, author) - authors.begin();
    if (counts[static_cast<std::size_t>(at)] >= options_.large_from) {
      plan.large.push_back(records[i].record);
      plan.large.back().headers.clear();
      continue;
    }
    const auto [place, is_new] = places.try_emplace(author, plan.small.size());
    if (is_new) plan.small.push_back({.author = author, .deliveries = {}});
    plan.small[place->second].deliveries.push_back(delivery);
  }
  co_return plan;
}

Awaitable<Result<>> Fanout::DeliverAll(std::vector<Run> runs, Histogram& lag) {
  const auto deliver = [&](std::size_t i) -> Awaitable<Result<>> {
    const Run& run = runs[i];
    CO_RETURN_IF_ERROR(co_await parts_.delivery.ToFollowers(
        run.author, run.deliveries, static_cast<std::size_t>(options_.batch)));
    for (const auto& delivery : run.deliveries) {
      if (!delivery.Appears() || delivery.event.imported) continue;
      const auto age = parts_.clock.Now() - IdTime(delivery.event.post_id.value);
      lag.Observe(std::chrono::duration<double>(age).count());
    }
    co_return Result<>();
  };
  co_return co_await ForEach(runs.size(), static_cast<std::size_t>(options_.parallel_authors),
                             parts_.logger, deliver);
}

Awaitable<Result<>> Fanout::Settle(std::vector<PostDelivery> deliveries) {
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<PostState> before;
    for (const auto& delivery : deliveries) before.push_back(delivery.now);
    CO_RETURN_IF_ERROR(co_await ReadStates(deliveries));
    std::vector<PostDelivery> changed;
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (deliveries[i].now == before[i]) continue;
      changed.push_back(deliveries[i]);
      changed.back().doubtful = true;
    }
    if (changed.empty()) co_return Result<>();
    CO_RETURN_IF_ERROR(co_await PutIntoLists(changed));
    CO_RETURN_IF_ERROR(co_await PutIntoOwnTimelines(changed));
    for (const auto& delivery : changed) {
      if (!IsPushed(delivery.event.author_id)) continue;
      CO_RETURN_IF_ERROR(co_await parts_.delivery.ToFollowers(
          delivery.event.author_id, {&delivery, 1}, static_cast<std::size_t>(options_.batch)));
    }
    deliveries = std::move(changed);
  }
  co_return Result<>();
}

Deadline Fanout::Soon() const { return Deadline::After(parts_.clock, kCallDeadline); }

}  // namespace freshet::social
