// The port to activity lists: long, durable, newest first, one per owner and kind.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace freshet::stores {

// The kinds are part of the stored format (docs/formats/activity.md): never reuse a number.
enum class ActivityKind : std::uint8_t {
  kAuthorPosts = 1,       // what the owner posted for others; entry id: post
  kPrivatePosts = 2,      // what the owner posted for nobody else; entry id: post
  kLikedPosts = 10,       // what the owner likes; entry id: post
  kSavedPosts = 11,       // what the owner saved; entry id: by the time of saving
  kSavedPostPlaces = 12,  // where each post stands in kSavedPosts; entry id: post
};

struct ActivityList {
  ActivityKind kind = ActivityKind::kAuthorPosts;
  AccountId owner;

  auto operator<=>(const ActivityList&) const = default;
};

struct ActivityEntry {
  std::uint64_t id = 0;  // orders the list; unique in it
  std::string payload;   // small; the services' business

  bool operator==(const ActivityEntry&) const = default;
};

struct ActivityItem {
  ActivityList list;
  ActivityEntry entry;

  bool operator==(const ActivityItem&) const = default;
};

// Thread-safe. Writes to different lists are independent of each other, also within one call: after
// an error some may be done.
class Activity {
 public:
  virtual ~Activity() = default;

  // Puts each entry at its place, replacing one with the same id. Idempotent. On success durable
  // like an event-log append. Errors: kExhausted (disk full), kUnavailable, kDeadline (outcome
  // unknown: put again).
  virtual Awaitable<Result<>> Put(std::vector<ActivityItem> items, Deadline deadline) = 0;

  // Removes the entries with these lists and ids; those that are not there are no error. Errors as
  // Put.
  virtual Awaitable<Result<>> Remove(std::vector<ActivityItem> items, Deadline deadline) = 0;

  // The newest entries of `list` with ids below `before` (0: the newest of all), descending, at
  // most `limit`. Errors: kCorrupt, kUnavailable, kDeadline.
  virtual Awaitable<Result<std::vector<ActivityEntry>>> Page(ActivityList list,
                                                             std::uint64_t before,
                                                             std::size_t limit,
                                                             Deadline deadline) = 0;

  // The newest `limit` entries below `before` over all lists of `kind` of these owners, descending
  // by id: a k-way merge that reads little more than it returns. Owners may be thousands. Errors as
  // Page.
  virtual Awaitable<Result<std::vector<ActivityItem>>> Merge(ActivityKind kind,
                                                             std::vector<AccountId> owners,
                                                             std::uint64_t before,
                                                             std::size_t limit,
                                                             Deadline deadline) = 0;

  // Removes whole lists.
  virtual Awaitable<Result<>> Erase(std::vector<ActivityList> lists, Deadline deadline) = 0;
};

}  // namespace freshet::stores
