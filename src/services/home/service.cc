#include "services/home/service.h"

#include <algorithm>

namespace freshet::home {
namespace {

constexpr std::string_view kNextCursor = "feed";
constexpr std::int64_t kMostNewer = 100;
// Readings of the timeline for one page, each larger than the one before, when most of what is
// found may not be shown.
constexpr int kMostReadings = 4;
constexpr std::size_t kLargerReading = 100;
constexpr std::size_t kLargestReading = 500;

Counter RungCounter(Metrics& metrics, FeedRung rung) {
  return metrics.GetCounter("freshet_feed_rung_total",
                            "Home pages by the rung of the ladder that answered",
                            {{"rung", std::string(NameOf(rung))}});
}

// The entries that a cursor holds.
template <std::size_t N>
Result<std::array<PostId, N>> ReadCursor(const net::CursorCodec& cursors, std::string_view kind,
                                         std::string_view text) {
  ASSIGN_OR_RETURN(const auto values, cursors.Decode(kind, text));
  if (values.size() != N)
    return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
  std::array<PostId, N> entries;
  std::ranges::transform(values, entries.begin(), [](auto value) { return PostId{value}; });
  return entries;
}

}  // namespace

HomeService::HomeService(social::SocialReads& social, RankedHome& ranked,
                         const net::CursorCodec& cursors, Metrics& metrics)
    : social_(social),
      ranked_(ranked),
      cursors_(cursors),
      rungs_{RungCounter(metrics, FeedRung::kRanked), RungCounter(metrics, FeedRung::kLatest),
             RungCounter(metrics, FeedRung::kRebuilt), RungCounter(metrics, FeedRung::kPartial)} {}

Awaitable<Result<std::string>> HomeService::Page(AccountId person, FeedQuery query,
                                                 Deadline deadline) {
  if (query.order == FeedOrder::kLatest)
    co_return co_await LatestPage(person, std::move(query), deadline);
  CO_ASSIGN_OR_RETURN(auto page, co_await ranked_.Read(person, query, deadline));
  Count(page.rung);
  co_return std::move(page.json);
}

Awaitable<Result<std::string>> HomeService::LatestPage(AccountId person, FeedQuery query,
                                                       Deadline deadline) {
  PostId before;
  PostId began;  // when the first page was read
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto entries, ReadCursor<2>(cursors_, kNextCursor, *query.cursor));
    before = entries[0];
    began = entries[1];
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  PageWriter writer(limit);
  FeedRung rung = FeedRung::kLatest;
  PostId newest;
  PostId last;
  PostId next = before;
  std::size_t wanted = limit;
  for (int reading = 0; reading < kMostReadings && writer.count() < limit; ++reading) {
    CO_ASSIGN_OR_RETURN(const auto page, co_await social_.Latest(person, next, wanted, deadline));
    rung = std::max(rung, ToFeedRung(page.rung));
    std::vector<std::uint64_t> ids;
    ids.reserve(page.entries.size());
    for (const auto& entry : page.entries) ids.push_back(entry.post.value);
    CO_ASSIGN_OR_RETURN(
        const auto shown,
        co_await social_.ShowList({.viewer = person, .entries = ids, .began = began, .owner = {}},
                                  deadline));
    if (!began && !ids.empty()) began = social_.Began(PostId{ids.front()});
    next = page.next;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (!shown[i]) continue;
      if (writer.count() == limit) {
        next = last;
        break;
      }
      writer.Add(*shown[i], ToFeedSource(page.entries[i].source));
      last = shown[i]->entry();
      if (!newest) newest = last;
    }
    if (!next) break;
    wanted = std::clamp(wanted * 4, kLargerReading, kLargestReading);
  }
  Count(rung);
  std::vector<std::string_view> late;
  if (rung == FeedRung::kPartial) late.push_back("celebrity");
  co_return std::move(writer).Finish(
      {.next =
           next ? cursors_.Encode(kNextCursor, std::array{next.value, began.value}) : std::string(),
       .newest = cursors_.Encode(kNewestCursor, std::array{newest.value}),
       .rung = rung,
       .late = late});
}

Awaitable<Result<NewerCount>> HomeService::Newer(AccountId person, std::string since,
                                                 Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto since_entry, ReadCursor<1>(cursors_, kNewestCursor, since));
  const PostId newest = since_entry.front();
  CO_ASSIGN_OR_RETURN(const auto page,
                      co_await social_.Latest(person, PostId{}, kMostNewer, deadline));
  std::vector<std::uint64_t> ids;
  for (const auto& entry : page.entries) {
    if (entry.post > newest) ids.push_back(entry.post.value);
  }
  CO_ASSIGN_OR_RETURN(const auto shown,
                      co_await social_.ShowList(
                          {.viewer = person, .entries = ids, .began = {}, .owner = {}}, deadline));
  co_return NewerCount{
      .count = std::ranges::count_if(shown, [](const auto& post) { return post.has_value(); })};
}

}  // namespace freshet::home
