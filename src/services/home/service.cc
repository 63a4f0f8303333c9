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

Result<HomeService::Position> HomeService::DecodePosition(
    const std::optional<std::string>& cursor) const {
  if (!cursor) return Position();
  ASSIGN_OR_RETURN(const auto entries, ReadCursor<2>(cursors_, kNextCursor, *cursor));
  return Position{.next = entries[0], .began = entries[1]};
}

Awaitable<Result<HomeService::Stretch>> HomeService::ReadStretch(AccountId person,
                                                                 Position& position,
                                                                 std::size_t limit,
                                                                 Deadline deadline) {
  Stretch stretch;
  CO_ASSIGN_OR_RETURN(stretch.page,
                      co_await social_.Latest(person, position.next, limit, deadline));
  std::vector<std::uint64_t> ids;
  ids.reserve(stretch.page.entries.size());
  for (const auto& entry : stretch.page.entries) ids.push_back(entry.post.value);
  CO_ASSIGN_OR_RETURN(
      stretch.shown,
      co_await social_.ShowList(
          {.viewer = person, .entries = ids, .began = position.began, .owner = {}}, deadline));
  if (!position.began && !ids.empty()) position.began = social_.Began(PostId{ids.front()});
  position.next = stretch.page.next;
  co_return stretch;
}

Awaitable<Result<std::string>> HomeService::LatestPage(AccountId person, FeedQuery query,
                                                       Deadline deadline) {
  CO_ASSIGN_OR_RETURN(Position position, DecodePosition(query.cursor));
  const auto limit = static_cast<std::size_t>(query.limit);
  PageWriter writer(limit);
  FeedRung rung = FeedRung::kLatest;
  PostId newest;
  PostId last;
  std::size_t wanted = limit;
  for (int reading = 0; reading < kMostReadings && writer.count() < limit; ++reading) {
    CO_ASSIGN_OR_RETURN(const auto stretch,
                        co_await ReadStretch(person, position, wanted, deadline));
    rung = std::max(rung, ToFeedRung(stretch.page.rung));
    for (std::size_t i = 0; i < stretch.shown.size(); ++i) {
      const auto& post = stretch.shown[i];
      if (!post) continue;
      if (writer.count() == limit) {
        position.next = last;
        break;
      }
      writer.Add(*post, ToFeedSource(stretch.page.entries[i].source));
      last = post->entry();
      if (!newest) newest = last;
    }
    if (!position.next) break;
    wanted = std::clamp(wanted * 4, kLargerReading, kLargestReading);
  }
  Count(rung);
  std::vector<std::string_view> late;
  if (rung == FeedRung::kPartial) late.push_back("celebrity");
  std::string next;
  if (position.next) {
    next = cursors_.Encode(kNextCursor, std::array{position.next.value, position.began.value});
  }
  co_return std::move(writer).Finish(
      {.next = std::move(next),
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
