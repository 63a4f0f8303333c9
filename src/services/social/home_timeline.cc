#include "services/social/home_timeline.h"

#include <algorithm>
#include <array>

namespace freshet::social {
namespace {

constexpr std::size_t kRebuildEntries = 500;
constexpr int kRebuildAttempts = 3;

// Both are sorted; walks the shorter one.
std::vector<AccountId> Intersect(std::span<const AccountId> a, std::span<const AccountId> b) {
  if (a.size() > b.size()) std::swap(a, b);
  std::vector<AccountId> both;
  for (const AccountId id : a) {
    if (std::ranges::binary_search(b, id)) both.push_back(id);
  }
  return both;
}

std::vector<AccountId> WithSelf(const FolloweeSet& followees, AccountId person) {
  std::vector<AccountId> authors(followees.ids().begin(), followees.ids().end());
  authors.push_back(person);
  return authors;
}

// Leaves what Timelines::Read would have returned.
void Cut(stores::TimelineSlice& slice, PostId before, std::size_t limit) {
  if (before) {
    std::erase_if(slice.entries, [&](const auto& entry) { return entry.post >= before; });
  }
  if (slice.entries.size() > limit) slice.entries.resize(limit);
}

void Append(HomePage& page, std::span<const stores::TimelineEntry> entries, EntrySource source) {
  for (const auto& entry : entries) {
    page.entries.push_back({.post = entry.post, .author = entry.author, .source = source});
  }
}

// Both pages in one, descending, each post once, as far down as both were read and at most `limit`.
// A post that was both pushed and merged counts as merged.
HomePage Unite(HomePage pushed, const HomePage& merged, std::size_t limit) {
  auto& entries = pushed.entries;
  pushed.next = std::max(pushed.next, merged.next);
  entries.insert(entries.end(), merged.entries.begin(), merged.entries.end());
  std::ranges::sort(entries, {}, [](const HomeEntry& entry) {
    return std::tuple(~entry.post.value, entry.source != EntrySource::kCelebrity);
  });
  const auto repeats = std::ranges::unique(entries, {}, &HomeEntry::post);
  entries.erase(repeats.begin(), repeats.end());
  std::erase_if(entries, [&](const HomeEntry& entry) { return entry.post < pushed.next; });
  if (entries.size() > limit) {
    entries.resize(limit);
    pushed.next = entries.back().post;
  }
  return pushed;
}

}  // namespace

HomeTimeline::HomeTimeline(Graph& graph, Visibility& visibility, stores::Timelines& timelines,
                           stores::Activity& activity, const Clock& clock, Logger& logger,
                           Metrics& metrics)
    : graph_(graph),
      visibility_(visibility),
      timelines_(timelines),
      activity_(activity),
      clock_(clock),
      logger_(logger),
      hits_(metrics.GetCounter("freshet_timeline_reads_total",
                               "Home timeline readings by what they found",
                               {{"found", "present"}})),
      rebuilds_(metrics.GetCounter("freshet_timeline_reads_total",
                                   "Home timeline readings by what they found",
                                   {{"found", "absent"}})),
      deep_reads_(metrics.GetCounter("freshet_timeline_deep_reads_total",
                                     "Readings beyond the range that a timeline holds")) {}

Awaitable<Result<HomePage>> HomeTimeline::Latest(AccountId person, PostId before, std::size_t limit,
                                                 Deadline deadline) {
  const Request request{.person = person, .before = before, .limit = limit, .deadline = deadline};
  CO_ASSIGN_OR_RETURN(auto page, co_await ReadPushed(request));
  CO_ASSIGN_OR_RETURN(const auto followees, co_await graph_.Followees(person, deadline));
  auto celebrities = co_await ReadCelebrities(request, followees);
  if (celebrities) {
    page = Unite(std::move(page), *celebrities, limit);
  } else {
    logger_.Warn("A home was served without celebrities",
                 {{"error", celebrities.error().ToString()}});
    page.rung = HomeRung::kPartial;
  }
  // A post may have been pushed just before its author was unfollowed. Mutes come and go with
  // time, so the timelines know nothing of them.
  CO_ASSIGN_OR_RETURN(const auto unwanted, co_await visibility_.UnwantedBy(person, deadline));
  const Timestamp now = clock_.Now();
  std::erase_if(page.entries, [&](const HomeEntry& entry) {
    return entry.author != person &&
           (!followees.Contains(entry.author) || unwanted.Mutes(entry.author, now));
  });
  co_return page;
}

Awaitable<Result<HomePage>> HomeTimeline::ReadPushed(const Request& request) {
  HomePage page;
  const stores::TimelineKey key{.kind = stores::TimelineKind::kHome, .owner = request.person};
  auto read = co_await timelines_.Read({&key, 1}, request.before, request.limit, request.deadline);
  stores::TimelineSlice slice;
  if (read && read->front()) {
    hits_.Add();
    slice = *std::move(read->front());
  } else {
    rebuilds_.Add();
    page.rung = HomeRung::kRebuilt;
    auto rebuilt = co_await RebuildHome(request.person, request.deadline);
    if (rebuilt) {
      slice = *std::move(rebuilt);
    } else {
      logger_.Warn("A timeline could not be rebuilt", {{"error", rebuilt.error().ToString()}});
      slice.complete_from = PostId{kMaxIdValue};
    }
    Cut(slice, request.before, request.limit);
  }
  Append(page, slice.entries, EntrySource::kTimeline);

  if (page.entries.size() < request.limit && slice.complete_from) {
    deep_reads_.Add();
    const PostId deeper =
        request.before ? std::min(request.before, slice.complete_from) : slice.complete_from;
    CO_ASSIGN_OR_RETURN(const auto older,
                        co_await MergeHome(request.person, deeper,
                                           request.limit - page.entries.size(), request.deadline));
    Append(page, older, EntrySource::kTimeline);
  }
  if (page.entries.size() == request.limit) page.next = page.entries.back().post;
  co_return page;
}

Awaitable<Result<std::int64_t>> HomeTimeline::Renew(AccountId account, Deadline deadline) {
  const std::array keys{
      stores::TimelineKey{.kind = stores::TimelineKind::kHome, .owner = account},
      stores::TimelineKey{.kind = stores::TimelineKind::kAuthor, .owner = account}};
  CO_ASSIGN_OR_RETURN(const auto present, co_await timelines_.Read(keys, PostId{}, 1, deadline));
  std::int64_t renewed = 0;
  if (present[0]) {
    CO_RETURN_IF_ERROR(co_await RebuildHome(account, deadline));
    ++renewed;
  }
  if (present[1]) {
    CO_RETURN_IF_ERROR(co_await RebuildAuthor(account, deadline));
    ++renewed;
  }
  co_return renewed;
}

template <class Read>
Awaitable<Result<stores::TimelineSlice>> HomeTimeline::Rebuild(stores::TimelineKey key,
                                                               Deadline deadline, Read read) {
  for (int attempt = 1;; ++attempt) {
    CO_ASSIGN_OR_RETURN(const auto token, co_await timelines_.BeginRebuild(key, deadline));
    // Read after Begin: a change that commits later drops the timeline or is pushed to it, and
    // Finish then refuses or adds to what was read here.
    stores::TimelineSlice slice;
    CO_ASSIGN_OR_RETURN(slice.entries, co_await read());
    if (slice.entries.size() == kRebuildEntries) slice.complete_from = slice.entries.back().post;
    auto finished = co_await timelines_.FinishRebuild(key, token, slice, deadline);
    if (finished) co_return slice;
    if (finished.error().kind() != ErrorKind::kConflict || attempt == kRebuildAttempts) {
      co_return std::unexpected(std::move(finished).error());
    }
  }
}

Awaitable<Result<stores::TimelineSlice>> HomeTimeline::RebuildHome(AccountId person,
                                                                   Deadline deadline) {
  const auto merge = [&] { return MergeHome(person, PostId{}, kRebuildEntries, deadline); };
  co_return co_await Rebuild({.kind = stores::TimelineKind::kHome, .owner = person}, deadline,
                             merge);
}

Awaitable<Result<stores::TimelineSlice>> HomeTimeline::RebuildAuthor(AccountId author,
                                                                     Deadline deadline) {
  const auto read = [&] { return MergeLists({author}, PostId{}, kRebuildEntries, deadline); };
  co_return co_await Rebuild({.kind = stores::TimelineKind::kAuthor, .owner = author}, deadline,
                             read);
}

Awaitable<Result<HomePage>> HomeTimeline::ReadCelebrities(const Request& request,
                                                          const FolloweeSet& followees) {
  HomePage page;
  const auto all = graph_.celebrities().All();
  const std::vector<AccountId> followed = Intersect(*all, followees.ids());
  if (followed.empty()) co_return page;

  std::vector<stores::TimelineKey> keys;
  keys.reserve(followed.size());
  for (const auto author : followed) {
    keys.push_back({.kind = stores::TimelineKind::kAuthor, .owner = author});
  }
  auto slices = co_await timelines_.Read(keys, request.before, request.limit, request.deadline);

  std::vector<AccountId> elsewhere;  // whose lists the timelines do not hold as far as is needed
  for (std::size_t i = 0; i < followed.size(); ++i) {
    std::optional<stores::TimelineSlice> slice;
    if (slices && (*slices)[i]) {
      slice = std::move((*slices)[i]);
    } else if (auto rebuilt = co_await RebuildAuthor(followed[i], request.deadline)) {
      slice = *std::move(rebuilt);
      Cut(*slice, request.before, request.limit);
    }
    const bool full = slice && slice->entries.size() == request.limit;
    if (!full && !(slice && !slice->complete_from)) {
      elsewhere.push_back(followed[i]);
      continue;
    }
    Append(page, slice->entries, EntrySource::kCelebrity);
    if (full) page.next = std::max(page.next, slice->entries.back().post);
  }
  if (!elsewhere.empty()) {
    CO_ASSIGN_OR_RETURN(
        const auto entries,
        co_await MergeLists(std::move(elsewhere), request.before, request.limit, request.deadline));
    Append(page, entries, EntrySource::kCelebrity);
    if (entries.size() == request.limit) page.next = std::max(page.next, entries.back().post);
  }
  co_return page;
}

Awaitable<Result<std::vector<stores::TimelineEntry>>> HomeTimeline::MergeHome(AccountId person,
                                                                              PostId before,
                                                                              std::size_t limit,
                                                                              Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto followees, co_await graph_.Followees(person, deadline));
  CO_ASSIGN_OR_RETURN(auto entries,
                      co_await MergeLists(WithSelf(followees, person), before, limit, deadline));
  const stores::ActivityList own{.kind = stores::ActivityKind::kPrivatePosts, .owner = person};
  CO_ASSIGN_OR_RETURN(const auto own_private,
                      co_await activity_.Page(own, before.value, limit, deadline));
  if (own_private.empty()) co_return entries;
  for (const auto& entry : own_private) {
    entries.push_back({.post = PostId{entry.id}, .author = person});
  }
  std::ranges::sort(entries, std::ranges::greater(), &stores::TimelineEntry::post);
  if (entries.size() > limit) entries.resize(limit);
  co_return entries;
}

Awaitable<Result<std::vector<stores::TimelineEntry>>> HomeTimeline::MergeLists(
    std::vector<AccountId> authors, PostId before, std::size_t limit, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto items,
                      co_await activity_.Merge(stores::ActivityKind::kAuthorPosts,
                                               std::move(authors), before.value, limit, deadline));
  std::vector<stores::TimelineEntry> entries;
  entries.reserve(items.size());
  for (const auto& item : items) {
    entries.push_back({.post = PostId{item.entry.id}, .author = item.list.owner});
  }
  co_return entries;
}

}  // namespace freshet::social
