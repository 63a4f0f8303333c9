// Posts on their way to the followers of one author: timelines, then live streams.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/metrics.h"
#include "services/social/api.h"
#include "services/social/events.h"
#include "services/social/graph.h"
#include "services/social/posts.h"
#include "services/social/visibility.h"
#include "stores/pubsub/pubsub.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

// An event, and what is so now of the post that it is about.
struct PostDelivery {
  PostEvent event;
  PostState now;
  // The event did not say what is so now: nothing may be taken for done already.
  bool doubtful = false;

  bool ForOthers() const { return now.exists && now.privacy != Privacy::kPrivate; }
  // Whether the event made the post appear, so that it was nowhere before.
  bool Appears() const {
    return event.type == PostEventType::kCreated || event.type == PostEventType::kShared;
  }
  // What becomes of the post in the followers' timelines.
  enum class Change { kNone, kPush, kRemove };
  Change ForFollowers() const;
};

// Thread-safe. Everything may be repeated.
class Delivery {
 public:
  Delivery(Graph& graph, Posts& posts, Visibility& visibility, stores::Timelines& timelines,
           stores::PubSub& pubsub, const Clock& clock, Metrics& metrics);

  // Tells the author's own connections.
  Awaitable<Result<>> TellAuthors(std::span<const PostDelivery> deliveries);

  // Brings posts of one author to the followers, `batch` of them at a time: each gets them in
  // order. Errors: the stores'; some may have been reached.
  Awaitable<Result<>> ToFollowers(AccountId author, std::span<const PostDelivery> deliveries,
                                  std::size_t batch);

 private:
  // What a follower is told, by what they may see. Null: nothing.
  struct Messages {
    stores::Message shown;
    stores::Message without_quote;
    stores::Message gone;  // for those who may see it no longer
    std::optional<PostAudience> original;
    std::optional<PostAudience> quote;
  };

  Awaitable<Result<std::vector<Messages>>> Compose(std::span<const PostDelivery> deliveries);
  Awaitable<Result<>> ToBatch(AccountId author, std::span<const PostDelivery> deliveries,
                              std::span<const Messages> messages, const FolloweeSet& friends,
                              std::span<const AccountId> followers);
  Awaitable<Result<>> TellBatch(const PostDelivery& delivery, const Messages& messages,
                                const FolloweeSet& friends, std::span<const AccountId> followers);
  Awaitable<Result<>> Tell(std::span<const AccountId> people, const stores::Message& message);
  Deadline Soon() const;

  Graph& graph_;
  Posts& posts_;
  Visibility& visibility_;
  stores::Timelines& timelines_;
  stores::PubSub& pubsub_;
  const Clock& clock_;
  Counter delivered_;
};

}  // namespace freshet::social
