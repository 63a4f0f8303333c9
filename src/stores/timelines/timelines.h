// The port to timelines: the newest entries of each active person's home feed and of each author's
// own posts, ready to be served.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::stores {

enum class TimelineKind : std::uint8_t {
  kHome,    // what those whom the owner follows posted
  kAuthor,  // what the owner posted
};

struct TimelineKey {
  TimelineKind kind = TimelineKind::kHome;
  AccountId owner;

  auto operator<=>(const TimelineKey&) const = default;
};

// Ordered by post, newest first: ids are times.
struct TimelineEntry {
  PostId post;
  AccountId author;

  auto operator<=>(const TimelineEntry&) const = default;
};

// A part of a timeline, newest first.
struct TimelineSlice {
  std::vector<TimelineEntry> entries;
  // The timeline holds every entry from here on that was ever pushed or rebuilt into it, and
  // nothing older. A reader who needs older entries takes them from the source. PostId{0}: nothing
  // older exists.
  PostId complete_from;
};

// Names one rebuild of one timeline.
struct RebuildToken {
  std::uint64_t value = 0;
};

struct TimelinesState {
  std::uint64_t timelines = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t evictions = 0;
};

// A cache that never lies: a timeline is absent, or it is complete over a known range. It may
// vanish at any time (age, memory, failure); the range only shrinks from below. At most `capacity`
// (500) entries each; a timeline that nobody has read for the time to live (24 h) is absent.
// Thread-safe.
class Timelines {
 public:
  virtual ~Timelines() = default;

  // Adds `entry` to each timeline of `owners` that is present or being rebuilt; absent ones stay
  // absent, and so does an entry below a timeline's complete range. Idempotent: an entry that is
  // there already is not doubled. Returns how many took it or had it. Batches of up to thousands of
  // owners are cheap. Errors: kUnavailable, kDeadline (some may have it; push again).
  virtual Awaitable<Result<std::size_t>> Push(TimelineKind kind, std::span<const AccountId> owners,
                                              TimelineEntry entry, Deadline deadline) = 0;

  // For each key the newest entries older than `before` (PostId{0}: the newest of all), at most
  // `limit`; nullopt where absent or still being rebuilt. Reading keeps a timeline alive. In the
  // order of `keys`. Errors: kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<std::optional<TimelineSlice>>>> Read(
      std::span<const TimelineKey> keys, PostId before, std::size_t limit, Deadline deadline) = 0;

  // A rebuild fills an absent timeline from the source without losing what is pushed meanwhile:
  // begin, read the source, finish. From Begin on pushes are kept. Several may build the same
  // timeline at once; the first to finish wins, and the others' Finish changes nothing. A present
  // one is replaced. Errors: kExhausted (too many rebuilds under way), kUnavailable, kDeadline.
  virtual Awaitable<Result<RebuildToken>> BeginRebuild(TimelineKey key, Deadline deadline) = 0;
  // `slice` is what the source said, in descending order, complete from slice.complete_from; it is
  // united with what was pushed since Begin, less what was removed since. Errors: kConflict when
  // the timeline was dropped since Begin, or the rebuild took too long (30 s): read the source
  // again; kInvalid (not descending), kUnavailable, kDeadline.
  virtual Awaitable<Result<>> FinishRebuild(TimelineKey key, RebuildToken token,
                                            TimelineSlice slice, Deadline deadline) = 0;

  // Takes one post out of the timelines. Idempotent. Errors: kUnavailable, kDeadline.
  virtual Awaitable<Result<>> Remove(TimelineKind kind, std::span<const AccountId> owners,
                                     PostId post, Deadline deadline) = 0;

  // Makes the timelines absent and breaks rebuilds under way: for when their source changed (a
  // follow, an unfollow, a privacy change).
  virtual Awaitable<Result<>> Drop(std::span<const TimelineKey> keys, Deadline deadline) = 0;

  virtual Awaitable<Result<TimelinesState>> Describe(Deadline deadline) = 0;
};

}  // namespace freshet::stores

template <>
struct std::hash<freshet::stores::TimelineKey> {
  std::size_t operator()(freshet::stores::TimelineKey key) const noexcept {
    return freshet::MixBits(key.owner.value * 2 + static_cast<std::uint64_t>(key.kind));
  }
};
