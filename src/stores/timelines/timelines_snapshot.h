// The file that timelines in memory are kept in over a restart: docs/formats/timelines-snapshot.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "stores/timelines/timelines.h"

namespace freshet::stores {

struct SnapshotTimeline {
  TimelineKey key;
  PostId complete_from;
  Timestamp last_read;
  std::vector<std::uint32_t> posts;  // numbers of posts, oldest first
};

// Writes to "<path>.tmp" and renames at the end, so that `path` is the old file or the whole new
// one. Not thread-safe; blocks.
class TimelinesSnapshotWriter {
 public:
  // Errors: kUnavailable (the file system says no), here and below.
  static Result<std::unique_ptr<TimelinesSnapshotWriter>> Open(const std::filesystem::path& path,
                                                               Timestamp saved_at,
                                                               std::string_view position);
  ~TimelinesSnapshotWriter();
  TimelinesSnapshotWriter(const TimelinesSnapshotWriter&) = delete;
  TimelinesSnapshotWriter& operator=(const TimelinesSnapshotWriter&) = delete;

  // Posts are numbered from 0 in the order of these calls. Both only fill a buffer.
  void Add(TimelineEntry post);
  void Add(const SnapshotTimeline& timeline);
  // Writes the buffer, if it is large.
  Result<> FlushIfLarge();
  // Writes everything, also the directory's entry, to the device.
  Result<> Finish();

 private:
  TimelinesSnapshotWriter(std::filesystem::path path, int file);
  Result<> Flush();
  Result<> WriteBlock(char kind, std::uint64_t count, std::string_view payload);
  Result<> Write(std::string_view bytes);

  const std::filesystem::path path_;
  const std::filesystem::path temporary_;
  int file_;
  std::string posts_;
  std::string timelines_;
  std::uint64_t buffered_posts_ = 0;
  std::uint64_t buffered_timelines_ = 0;
  std::uint64_t written_posts_ = 0;
  std::uint64_t written_timelines_ = 0;
};

struct SnapshotVisitor {
  // In the order of their numbers, each before the first timeline that holds it.
  std::function<void(TimelineEntry)> post;
  // `timeline` is valid during the call; its numbers are of posts seen.
  std::function<Result<>(const SnapshotTimeline& timeline)> timeline;
};

// Reads the file and returns the position it was written with. Blocks. Errors: kNotFound (no such
// file), kCorrupt (not what was written, or cut short: the visitor has seen a part), kConflict
// (written by a newer version), kUnavailable, and the visitor's.
Result<std::string> ReadSnapshot(const std::filesystem::path& path, const SnapshotVisitor& visitor);

}  // namespace freshet::stores
