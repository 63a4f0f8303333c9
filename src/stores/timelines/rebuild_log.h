// What has to be known of one timeline while it is being rebuilt: who rebuilds it, and what
// happened to it since.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "stores/timelines/timelines.h"

namespace freshet::stores {

// Bounded: of many pushes it keeps the newest `capacity` at least; when more posts than that are
// removed meanwhile, the rebuilds are broken. Not thread-safe.
class RebuildLog {
 public:
  // What a finished rebuild puts into the timeline.
  struct Content {
    std::vector<TimelineEntry> entries;  // oldest first
    PostId complete_from;
  };

  void Begin(RebuildToken token, SteadyTime expires_at);
  void Pushed(TimelineEntry entry, std::size_t capacity);
  void Removed(PostId post, std::size_t capacity);
  void Expire(SteadyTime now);

  // Ends the rebuild `token` and returns `slice` united with what was pushed since its Begin, less
  // what was removed; nullopt when another builder was first. Errors: kConflict for a token that is
  // not here (any more).
  Result<std::optional<Content>> Finish(RebuildToken token, const TimelineSlice& slice,
                                        std::size_t capacity);

  // Whether nobody rebuilds, so that the log can go.
  bool idle() const { return builders_.empty(); }
  // Whether somebody rebuilds whose outcome still counts.
  bool active() const;
  std::size_t bytes() const {
    return sizeof(*this) + builders_.capacity() * sizeof(Builder) +
           events_.capacity() * sizeof(Event);
  }

 private:
  struct Builder {
    RebuildToken token;
    std::uint64_t first_event;  // earlier ones the source knew
    SteadyTime expires_at;
    bool superseded = false;  // another was first
  };
  struct Event {
    TimelineEntry entry;
    std::uint64_t number;
    bool removed;
  };

  void Record(Event event, std::size_t capacity);
  void KeepLastOfEachPost();
  void Compact(std::size_t capacity);
  Content Unite(std::uint64_t first_event, const TimelineSlice& slice, std::size_t capacity);

  std::vector<Builder> builders_;
  std::vector<Event> events_;
  std::uint64_t next_event_ = 0;
  PostId floor_;  // events of older posts were let go
};

}  // namespace freshet::stores
