#include "services/home/ranked_home.h"

#include <algorithm>
#include <utility>

#include "algorithms/ranking/diversify.h"

namespace freshet::home {
namespace {

constexpr std::string_view kCursor = "feed-ranked";
constexpr std::size_t kPositionValues = 5;
// Of one segment, when entries came into it late; and of segments for one page, when most of what
// stands in them may not be shown.
constexpr int kMostReadings = 4;

}  // namespace

void RankedHome::Reading::Fall(FeedRung to, std::string_view late_source) {
  rung = std::max(rung, to);
  if (!late_source.empty() && std::ranges::find(late, late_source) == late.end())
    late.push_back(late_source);
}

Result<RankedHome::Position> RankedHome::Decode(const std::optional<std::string>& cursor) const {
  Position position;
  if (!cursor) return position;
  ASSIGN_OR_RETURN(const auto values, cursors_.Decode(kCursor, *cursor));
  if (values.size() < kPositionValues)
    return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
  position.before = PostId{values[0]};
  if (values[1] > 0) position.floor = PostId{values[1] - 1};
  position.began = PostId{values[2]};
  position.newest = PostId{values[3]};
  position.last_author = AccountId{values[4]};
  // Ascending, each as its distance from the one before.
  std::uint64_t id = 0;
  for (const auto distance : std::span(values).subspan(kPositionValues)) {
    position.served.push_back(PostId{id += distance});
  }
  return position;
}

std::string RankedHome::Encode(const Position& position) const {
  std::vector<std::uint64_t> values{
      position.before.value, position.floor ? position.floor->value + 1 : 0, position.began.value,
      position.newest.value, position.last_author.value};
  std::vector<PostId> served(position.served);
  std::ranges::sort(served);
  PostId before;
  for (const auto post : served) {
    values.push_back(post.value - before.value);
    before = post;
  }
  return cursors_.Encode(kCursor, values);
}

Awaitable<Result<RankedHome::Page>> RankedHome::Read(AccountId person, const FeedQuery& query,
                                                     Deadline deadline) {
  Reading reading{.person = person, .deadline = deadline};
  CO_ASSIGN_OR_RETURN(reading.position, Decode(query.cursor));
  const auto limit = static_cast<std::size_t>(query.limit);
  // Who asks for the next page has seen this one.
  co_await seen_.Add(person, reading.position.served, deadline);
  reading.served_before = reading.position.served.size();
  PageWriter writer(limit);
  for (int segments = 0; segments < kMostReadings && writer.count() < limit; ++segments) {
    CO_ASSIGN_OR_RETURN(auto segment, co_await ReadSegment(reading));
    co_await AddScores(reading, segment);
    const auto order = co_await Order(reading, segment);
    const std::size_t taken = std::min(order.size(), limit - writer.count());
    for (const auto index : std::span(order).first(taken)) Serve(segment, index, reading, writer);
    if (taken < order.size()) break;
    LeaveSegment(reading);
    if (reading.ends) break;
  }
  const std::string next = reading.ends ? std::string() : Encode(reading.position);
  const std::string newest =
      cursors_.Encode(kNewestCursor, std::array{reading.position.newest.value});
  co_return Page{.json = std::move(writer).Finish(
                     {.next = next, .newest = newest, .rung = reading.rung, .late = reading.late}),
                 .rung = reading.rung};
}

Awaitable<Result<RankedHome::Entries>> RankedHome::ReadEntries(Reading& reading) {
  const std::optional<PostId> floor = reading.position.floor;
  const auto size = static_cast<std::size_t>(options_.candidates);
  Entries entries{.next = reading.position.before};
  for (int readings = 0; readings < kMostReadings; ++readings) {
    CO_ASSIGN_OR_RETURN(const auto page, co_await social_.Latest(reading.person, entries.next, size,
                                                                 reading.deadline));
    if (page.rung == social::HomeRung::kRebuilt) reading.Fall(FeedRung::kRebuilt);
    if (page.rung == social::HomeRung::kPartial) reading.Fall(FeedRung::kPartial, "celebrity");
    for (const auto& entry : page.entries) {
      if (floor && entry.post < *floor) break;
      entries.ids.push_back(entry.post.value);
      entries.sources.push_back(ToFeedSource(entry.source));
    }
    entries.next = page.next;
    if (!floor || !page.next || page.next <= *floor) break;
  }
  if (floor) entries.next = std::max(entries.next, *floor);
  co_return entries;
}

Awaitable<Result<RankedHome::Segment>> RankedHome::ReadSegment(Reading& reading) {
  Position& position = reading.position;
  const bool is_new = !position.floor;
  CO_ASSIGN_OR_RETURN(const auto entries, co_await ReadEntries(reading));
  const auto& ids = entries.ids;
  if (is_new && !position.before && !ids.empty()) {
    position.newest = PostId{ids.front()};
    position.before = PostId{ids.front() + 1};
  }
  position.floor = entries.next;
  CO_ASSIGN_OR_RETURN(
      auto shown,
      co_await social_.ShowList(
          {.viewer = reading.person, .entries = ids, .began = position.began, .owner = {}},
          reading.deadline));
  if (!position.began && !ids.empty()) position.began = social_.Began(PostId{ids.front()});
  Segment segment;
  segment.posts.reserve(ids.size());
  segment.sources.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!shown[i]) continue;
    segment.posts.push_back(*std::move(shown[i]));
    segment.sources.push_back(entries.sources[i]);
  }
  if (!is_new) KeepServedOf(segment, reading);
  co_return segment;
}

// What is gone, or was served of another segment, need not be remembered.
void RankedHome::KeepServedOf(const Segment& segment, Reading& reading) {
  std::vector<PostId> here;
  here.reserve(segment.posts.size());
  for (const auto& post : segment.posts) here.push_back(post.id());
  std::ranges::sort(here);
  auto& served = reading.position.served;
  std::erase_if(served, [&](PostId post) { return !std::ranges::binary_search(here, post); });
  reading.served_before = served.size();
}

Awaitable<> RankedHome::AddScores(Reading& reading, Segment& segment) {
  auto scores = co_await ranker_.Rank(reading.person, segment.posts, reading.deadline);
  if (scores) {
    segment.scores = *std::move(scores);
    co_return;
  }
  logger_.Warn("A home was served by time, without scores", {{"error", scores.error().ToString()}});
  reading.Fall(FeedRung::kLatest, "ranking");
}

Awaitable<std::vector<std::size_t>> RankedHome::Order(const Reading& reading,
                                                      const Segment& segment) {
  std::vector<PostId> served(reading.position.served);
  std::ranges::sort(served);
  std::vector<std::size_t> unserved;
  for (std::size_t i = 0; i < segment.posts.size(); ++i) {
    if (!std::ranges::binary_search(served, segment.posts[i].id())) unserved.push_back(i);
  }
  if (segment.scores.empty()) co_return unserved;
  const SeenSet seen = co_await seen_.Find(reading.person, reading.deadline);
  std::vector<algorithms::RankedPost> ranked;
  ranked.reserve(unserved.size());
  for (const auto i : unserved) {
    const auto& post = segment.posts[i];
    ranked.push_back({.id = post.entry().value,
                      .author = post.author(),
                      .score = segment.scores[i].value,
                      .seen = seen.Contains(post.id())});
  }
  auto order = algorithms::Diversify(ranked, reading.position.last_author);
  for (auto& index : order) index = unserved[index];
  co_return order;
}

void RankedHome::Serve(const Segment& segment, std::size_t index, Reading& reading,
                       PageWriter& writer) {
  const auto& post = segment.posts[index];
  std::optional<Ranking> ranking;
  if (!segment.scores.empty()) {
    const auto& score = segment.scores[index];
    ranking = {.score = score.value, .why = score.why()};
  }
  writer.Add(post, segment.sources[index], ranking);
  reading.position.served.push_back(post.id());
  reading.position.last_author = post.author();
}

void RankedHome::LeaveSegment(Reading& reading) {
  Position& position = reading.position;
  position.before = *position.floor;
  position.floor.reset();
  position.served.erase(
      position.served.begin(),
      position.served.begin() + static_cast<std::ptrdiff_t>(reading.served_before));
  reading.served_before = 0;
  reading.ends = !position.before;
}

}  // namespace freshet::home
