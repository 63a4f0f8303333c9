#include "stores/timelines/rebuild_log.h"

#include <algorithm>
#include <tuple>

namespace freshet::stores {

void RebuildLog::Begin(RebuildToken token, SteadyTime expires_at) {
  builders_.push_back({token, next_event_, expires_at});
}

void RebuildLog::Pushed(TimelineEntry entry, std::size_t capacity) {
  Record({entry, next_event_++, false}, capacity);
}

void RebuildLog::Removed(PostId post, std::size_t capacity) {
  Record({{.post = post, .author = {}}, next_event_++, true}, capacity);
}

void RebuildLog::Record(Event event, std::size_t capacity) {
  if (!active() || event.entry.post < floor_) return;
  events_.push_back(event);
  if (events_.size() >= capacity * 4 + 16) Compact(capacity);
}

void RebuildLog::KeepLastOfEachPost() {
  std::ranges::sort(events_, {}, [](const Event& e) { return std::tuple(e.entry.post, e.number); });
  const auto superseded = [](const Event& a, const Event& b) {
    return a.entry.post == b.entry.post;
  };
  // unique() keeps the first of equals: from the back that is the last event.
  const auto kept = std::unique(events_.rbegin(), events_.rend(), superseded);
  events_.erase(events_.begin(), kept.base());
}

void RebuildLog::Compact(std::size_t capacity) {
  KeepLastOfEachPost();
  if (events_.size() < capacity * 2 + 8) return;
  std::size_t pushed = 0;
  const auto oldest_needed =
      std::find_if(events_.rbegin(), events_.rend(),
                   [&](const Event& event) { return !event.removed && ++pushed == capacity; });
  if (oldest_needed == events_.rend()) {
    builders_.clear();
    events_.clear();
    return;
  }
  floor_ = oldest_needed->entry.post;
  events_.erase(events_.begin(), oldest_needed.base() - 1);
  if (events_.size() >= capacity * 2 + 8) {
    builders_.clear();
    events_.clear();
  }
}

void RebuildLog::Expire(SteadyTime now) {
  std::erase_if(builders_, [now](const Builder& b) { return now >= b.expires_at; });
}

bool RebuildLog::active() const {
  return std::ranges::any_of(builders_, [](const Builder& b) { return !b.superseded; });
}

Result<std::optional<RebuildLog::Content>> RebuildLog::Finish(RebuildToken token,
                                                              const TimelineSlice& slice,
                                                              std::size_t capacity) {
  const auto builder =
      std::ranges::find(builders_, token.value, [](const Builder& b) { return b.token.value; });
  if (builder == builders_.end()) {
    return Conflict("the timeline was dropped while it was rebuilt; read the source again",
                    "rebuild_broken");
  }
  const Builder finished = *builder;
  builders_.erase(builder);
  if (finished.superseded) return std::nullopt;
  Content content = Unite(finished.first_event, slice, capacity);
  for (Builder& other : builders_) other.superseded = true;
  events_ = {};
  floor_ = {};
  return content;
}

RebuildLog::Content RebuildLog::Unite(std::uint64_t first_event, const TimelineSlice& slice,
                                      std::size_t capacity) {
  std::erase_if(events_, [&](const Event& e) { return e.number < first_event; });
  KeepLastOfEachPost();
  Content content{.entries = {}, .complete_from = std::max(slice.complete_from, floor_)};
  const auto add = [&](TimelineEntry entry) {
    if (entry.post >= content.complete_from) content.entries.push_back(entry);
  };
  auto event = events_.begin();
  for (auto entry = slice.entries.rbegin(); entry != slice.entries.rend(); ++entry) {
    for (; event != events_.end() && event->entry.post < entry->post; ++event) {
      if (!event->removed) add(event->entry);
    }
    if (event != events_.end() && event->entry.post == entry->post) continue;
    add(*entry);
  }
  for (; event != events_.end(); ++event) {
    if (!event->removed) add(event->entry);
  }
  if (content.entries.size() > capacity) {
    const auto surplus = static_cast<std::ptrdiff_t>(content.entries.size() - capacity);
    content.entries.erase(content.entries.begin(), content.entries.begin() + surplus);
    content.complete_from = content.entries.front().post;
  }
  return content;
}

}  // namespace freshet::stores
