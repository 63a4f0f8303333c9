// What other services may ask of social.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "services/social/post_json.h"
#include "stores/cache/cache.h"

namespace freshet::social {

// What people did with a post, and what its reader did.
struct PostTallies {
  PostCounts counts;
  PostViewer viewer;
};

// What a post shows that another service knows. Social asks, engagement answers; this way round
// because engagement asks social who may see a post.
class PostEngagement {
 public:
  virtual ~PostEngagement() = default;
  // In the order of `posts`; for `viewer` 0 nothing is the viewer's. Errors: kUnavailable,
  // kDeadline.
  virtual Awaitable<Result<std::vector<PostTallies>>> Tally(AccountId viewer,
                                                            std::span<const std::uint64_t> posts,
                                                            Deadline deadline) = 0;
};

// One post, ready to be copied into an answer.
class ShownPost {
 public:
  ShownPost(PostId id, stores::CacheValue packed, stores::CacheValue author_card,
            PostTallies tallies)
      : id_(id),
        packed_(std::move(packed)),
        author_card_(std::move(author_card)),
        tallies_(tallies) {}

  PostId id() const { return id_; }
  AccountId author() const { return PackedPost(*packed_).author(); }
  const PostTallies& tallies() const { return tallies_; }
  void Write(std::string& out) const;
  std::string Json() const;

 private:
  PostId id_;
  stores::CacheValue packed_;
  stores::CacheValue author_card_;
  PostTallies tallies_;
};

enum class EntrySource { kTimeline, kCelebrity };

struct HomeEntry {
  PostId post;
  AccountId author;
  EntrySource source = EntrySource::kTimeline;
};

// How an answer came about, best first.
enum class HomeRung {
  kLatest,   // from the timeline
  kRebuilt,  // the timeline was absent or failing: merged from the authors' lists
  kPartial,  // without the celebrities: their lists failed
};

struct HomePage {
  std::vector<HomeEntry> entries;  // descending
  // Everything from here up to `before` was looked at: go on with it as the next `before`.
  // PostId{0}: there is nothing older.
  PostId next;
  HomeRung rung = HomeRung::kLatest;
};

class HomeTimeline;
class Posts;

// Thread-safe.
class SocialReads {
 public:
  SocialReads(HomeTimeline& timeline, Posts& posts) : timeline_(timeline), posts_(posts) {}

  // The newest entries older than `before` (0: the newest of all) by those whom `person` follows
  // and by `person`. Errors: kUnavailable, kDeadline, when no rung could answer.
  Awaitable<Result<HomePage>> Latest(AccountId person, PostId before, std::size_t limit,
                                     Deadline deadline);

  // The posts of `ids` that exist and that `viewer` (0: anybody) may see, in their order; nullopt
  // for the others.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> Show(AccountId viewer,
                                                                std::span<const std::uint64_t> ids,
                                                                Deadline deadline);

 private:
  HomeTimeline& timeline_;
  Posts& posts_;
};

}  // namespace freshet::social
