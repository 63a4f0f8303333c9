// One connected reader, whatever the transport.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "base/metrics.h"
#include "services/notifications/inbox.h"
#include "services/notifications/preferences.h"
#include "services/notifications/presenter.h"
#include "services/social/api.h"
#include "stores/pubsub/pubsub.h"

namespace freshet::notifications {

struct StreamOptions {
  std::int64_t queue = 256;
  Duration authentication_timeout{10'000};
  Duration heartbeat{25'000};
  std::int64_t watched_posts = 100;
  Duration counts_interval{1'000};
  Duration resume_window{86'400'000};
  std::int64_t resume_messages = 200;

  static constexpr auto Describe() {
    using O = StreamOptions;
    return Description(
        "stream", "Live updates to connected readers.",
        Field("queue", &O::queue)
            .Range(1, 100'000)
            .Unit("messages")
            .Doc("That may wait for one reader; beyond it the reader is sent `reset` and starts "
                 "afresh."),
        Field("authentication_timeout", &O::authentication_timeout)
            .Range(100, 600'000)
            .Unit("ms")
            .Doc("For a WebSocket to send its token."),
        Field("heartbeat", &O::heartbeat)
            .Range(100, 600'000)
            .Unit("ms")
            .Doc("Longest silence; a `ping` is sent then."),
        Field("watched_posts", &O::watched_posts)
            .Range(0, 1'000)
            .Unit("posts")
            .Doc("Whose counts one reader may subscribe to at once."),
        Field("counts_interval", &O::counts_interval)
            .Range(10, 600'000)
            .Unit("ms")
            .Doc("Shortest time between two post.counts of one post."),
        Field("resume_window", &O::resume_window)
            .Range(0, 3.1536e10)
            .Unit("ms")
            .Doc("A reader who comes back later than this is sent `reset`."),
        Field("resume_messages", &O::resume_messages)
            .Range(0, 10'000)
            .Unit("messages")
            .Doc("A reader who missed more than this is sent `reset`."));
  }
};

// What every session stands on. All must outlive it.
struct StreamParts {
  stores::PubSub& pubsub;
  social::SocialReads& social;
  Inbox& inbox;
  PreferenceStore& preferences;
  Presenter& presenter;
  const Clock& clock;
};

struct StreamCounters {
  Counter sent;
  Counter resets;
  Counter resumed;
};

// Where a session's messages go.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // Returns when there is room for the next. Errors: kUnavailable (the reader is gone), kDeadline.
  virtual Awaitable<Result<>> Send(stores::Message message) = 0;
};

// Posts to watch from now on.
struct Watch {
  std::vector<PostId> posts;

  static constexpr auto Describe() {
    return Description("Watch", "Posts whose counts to tell of; replaces those of before.",
                       Field("posts", &Watch::posts));
  }
};

// Every method runs on one executor.
class StreamSession {
 public:
  StreamSession(const StreamOptions& options, const StreamParts& parts, StreamCounters& counters,
                AccountId reader, stores::Subscription& subscription)
      : options_(options),
        parts_(parts),
        counters_(counters),
        reader_(reader),
        subscription_(subscription) {}

  // Sends what was missed since `last_event_id`, before anything newer; `reset` when that cannot be
  // told.
  void Resume(std::string_view last_event_id);
  // Subscribes to the counts of those of the posts that the reader may see, and tells which.
  Awaitable<Result<>> WatchPosts(const std::vector<PostId>& posts);
  // Sends a ping as soon as there is nothing older to send.
  void Ping();
  // Tells the client that it asked for something that is wrong.
  void Refuse(const Error& error);

  // The next thing to do, until `until` at the longest. Returns whether the stream goes on.
  // Errors: the sink's; kUnavailable when the subscription is closed.
  Awaitable<Result<>> Step(StreamSink& sink, Deadline until);

 private:
  struct Watched {
    PostId post;
    SteadyTime next_at{};
    bool touched = false;
  };
  struct Missed {
    std::uint64_t id = 0;
    stores::Message message;
  };

  Awaitable<Result<>> Take(StreamSink& sink, stores::Message message);
  Awaitable<Result<>> SendNow(StreamSink& sink, stores::Message message);
  Awaitable<Result<>> SendCounts(StreamSink& sink);
  Awaitable<Result<>> Replay(StreamSink& sink, std::string_view last_event_id);
  // Nothing: too much was missed. Ascending.
  Awaitable<Result<std::optional<std::vector<Missed>>>> FindMissed(std::uint64_t after);
  Awaitable<Result<std::vector<std::uint64_t>>> MissedPosts(std::uint64_t after);
  Awaitable<Result<std::vector<Missed>>> MissedNotifications(std::uint64_t after);
  Deadline Soon() const;

  const StreamOptions& options_;
  const StreamParts& parts_;
  StreamCounters& counters_;
  const AccountId reader_;
  stores::Subscription& subscription_;
  SteadyTime sent_at_ = parts_.clock.Steady();
  std::vector<Watched> watched_;         // sorted by post
  std::vector<std::uint64_t> replayed_;  // sorted
};

// The members of a message that say what it is; empty where there are none. `message` must outlive
// them.
struct Envelope {
  std::string_view id;
  std::string_view event;
};
Envelope ReadEnvelope(std::string_view message);

}  // namespace freshet::notifications
