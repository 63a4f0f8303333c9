// What other services may ask of social.
#pragma once

#include <cstdint>
#include <memory>
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

// A share: somebody shows a post to their followers. It has an id of its own and comes into lists
// as a post does.
struct ShareOfPost {
  PostId id;
  PostId post;
  AccountId sharer;

  bool operator==(const ShareOfPost&) const = default;
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
  // Told after `share` of a post was made, or taken back, so that counts show it at once; the event
  // says the same later, for when this was lost. Does nothing unless overridden. Errors:
  // kUnavailable, kDeadline.
  virtual Awaitable<Result<>> ShareChanged(ShareOfPost share, bool present, Deadline deadline);
};

// One post as its reader may see it, ready to be copied into an answer.
class ShownPost {
 public:
  struct Source {
    PostId id;
    stores::CacheValue packed;
    stores::CacheValue author_card;
  };

  ShownPost(Source post, PostTallies tallies) : post_(std::move(post)), tallies_(tallies) {}
  // What brought it here.
  void AddShare(Source share) { share_ = std::make_shared<const Source>(std::move(share)); }
  // Null: what it quotes is gone, or not for this reader.
  void AddQuote(std::shared_ptr<const ShownPost> quote) { quote_ = std::move(quote); }

  PostId id() const { return post_.id; }
  AccountId author() const { return PackedPost(*post_.packed).author(); }
  Privacy privacy() const { return PackedPost(*post_.packed).privacy(); }
  std::string text() const { return PackedPost(*post_.packed).text(); }
  // What stands in lists: the share that brought the post here, or the post itself.
  PostId entry() const { return share_ ? share_->id : post_.id; }
  AccountId sharer() const { return share_ ? PackedPost(*share_->packed).author() : AccountId{}; }
  PostId quote_of() const { return PackedPost(*post_.packed).quote_of(); }
  const std::shared_ptr<const ShownPost>& quote() const { return quote_; }
  // Goes up with every edit of the text.
  std::int64_t version() const { return PackedPost(*post_.packed).version(); }
  bool has_link() const { return PackedPost(*post_.packed).has_link(); }
  // Whether anybody shares it, or did.
  bool was_shared() const { return PackedPost(*post_.packed).was_shared(); }
  const PostTallies& tallies() const { return tallies_; }

  void Write(std::string& out) const;
  std::string Json() const;

 private:
  void WriteQuoted(std::string& out) const;

  Source post_;
  PostTallies tallies_;
  std::shared_ptr<const Source> share_;
  std::shared_ptr<const ShownPost> quote_;
};

// A part of a list, newest first.
struct ListPart {
  AccountId viewer;
  std::span<const std::uint64_t> entries;
  // When the reader began to page through the list (see SocialReads::Began); 0 on the first page.
  PostId began;
  // Whose list it is; none: the viewer's home.
  AccountId owner;
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

// What a reader has to do with somebody.
struct Tie {
  double score = 0;      // the interaction score now; 0 also for whom the reader does not follow
  bool friends = false;  // they follow each other
};

class Affinity;
class HomeTimeline;
class Posts;
class Shares;
class Visibility;

// Thread-safe.
class SocialReads {
 public:
  SocialReads(HomeTimeline& timeline, Affinity& affinity, Posts& posts, Shares& shares,
              Visibility& visibility, const Clock& clock)
      : timeline_(timeline),
        affinity_(affinity),
        posts_(posts),
        shares_(shares),
        visibility_(visibility),
        clock_(clock) {}

  // The newest entries older than `before` (0: the newest of all) by those whom `person` follows
  // and by `person`. Errors: kUnavailable, kDeadline, when no rung could answer.
  Awaitable<Result<HomePage>> Latest(AccountId person, PostId before, std::size_t limit,
                                     Deadline deadline);

  // The posts of `ids` that exist and that `viewer` (0: anybody) may see, in their order; nullopt
  // for the others. A share is no post.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> Show(AccountId viewer,
                                                                std::span<const std::uint64_t> ids,
                                                                Deadline deadline);

  // Whether Show would show each of `ids`; costs less.
  Awaitable<Result<std::vector<bool>>> MaySee(AccountId viewer, std::span<const std::uint64_t> ids,
                                              Deadline deadline);

  // What must be forgotten after a post changed: who reads the fact may be quicker than who changed
  // it. Idempotent.
  Awaitable<Result<>> Forget(PostId post, Deadline deadline);

  // Who wrote each of the posts of `ids`, whoever may see them; none for those that do not exist.
  Awaitable<Result<std::vector<AccountId>>> Authors(std::span<const std::uint64_t> ids,
                                                    Deadline deadline);

  // What stands in a part of a list, in its order: posts, and for shares what they share. nullopt
  // for what `viewer` may not see, and for a post that came before, by another entry of this part
  // or of a newer part of the list: each comes once while somebody pages. In home, nullopt also for
  // what the viewer does not want to meet: posts of people who are muted, and muted words.
  Awaitable<Result<std::vector<std::optional<ShownPost>>>> ShowList(ListPart part,
                                                                    Deadline deadline);

  // The moment as an id: now, or later than that the newest entry that was found.
  PostId Began(PostId newest) const;

  // Whether each of `people` exists and may be named to `viewer` (0: anybody): neither blocks the
  // other. In their order.
  Awaitable<Result<std::vector<bool>>> MaySeePeople(AccountId viewer,
                                                    std::span<const std::uint64_t> people,
                                                    Deadline deadline);
  // The same, and that `reader` does not mute them: for whoever tells of what people do.
  Awaitable<Result<std::vector<bool>>> MayBeToldOf(AccountId reader,
                                                   std::span<const std::uint64_t> people,
                                                   Deadline deadline);

  // In the order of `people`; up to an hour old. Errors: kUnavailable, kDeadline.
  Awaitable<Result<std::vector<Tie>>> Ties(AccountId reader, std::span<const AccountId> people,
                                           Deadline deadline);

  // In the order of `shares`: what each shares and by whom, or nullopt when it was taken back.
  Awaitable<Result<std::vector<std::optional<ShareOfPost>>>> FindShares(std::vector<PostId> shares,
                                                                        Deadline deadline);
  // The share by which `sharer` shares `post` now, if there is one.
  Awaitable<Result<std::optional<ShareOfPost>>> FindShare(PostId post, AccountId sharer,
                                                          Deadline deadline);

 private:
  HomeTimeline& timeline_;
  Affinity& affinity_;
  Posts& posts_;
  Shares& shares_;
  Visibility& visibility_;
  const Clock& clock_;
};

}  // namespace freshet::social
