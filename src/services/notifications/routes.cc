#include "services/notifications/routes.h"

namespace freshet::notifications {
namespace {

using net::Body;
using net::Caller;
using net::Query;
using net::RateClass;
using net::Rendered;
using net::Scope;

using NotificationPage = net::Page<Notification>;

struct StreamQuery {
  std::optional<std::string> posts;

  static constexpr auto Describe() {
    return Description(
        "StreamQuery", "What to be told of besides one's own.",
        Field("posts", &StreamQuery::posts)
            .Length(1, 2'100)
            .Doc("Posts whose counts to tell of, with commas between. A WebSocket may say it "
                 "later, and anew."));
  }
};

Result<std::vector<PostId>> ReadPosts(std::string_view text) {
  std::vector<PostId> posts;
  for (;;) {
    const auto comma = text.find(',');
    const auto id = ParseId(text.substr(0, comma));
    if (!id) {
      return InvalidField("posts", "invalid", "name posts by their ids, with commas between");
    }
    posts.push_back(PostId{*id});
    if (comma == std::string_view::npos) return posts;
    text.remove_prefix(comma + 1);
  }
}

void AddInboxRoutes(net::Routes& routes, NotificationsService& notifications) {
  routes.Get("/v1/notifications", Scope::kRead, RateClass::kRead)
      .Summary("The reader's notifications")
      .Tag("Notifications")
      .Doc(
          "Newest first. What happened to one thing within a day is one notification, which "
          "moves to the front when somebody joins. What the reader may no longer see, or what "
          "was taken back, is not there.")
      .Answers<200, NotificationPage>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&notifications](
                  const Caller& caller,
                  Query<NotificationQuery> query) -> Awaitable<Result<Rendered<NotificationPage>>> {
        return notifications.List(caller.account, std::move(query.value), caller.deadline);
      });
  routes.Post("/v1/notifications/read", Scope::kWrite, RateClass::kWrite)
      .Summary("Mark notifications as read")
      .Tag("Notifications")
      .Doc("All up to the one that is named; answers how many are left.")
      .Answers<200, UnreadCount>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&notifications](const Caller& caller,
                               Body<MarkRead> request) -> Awaitable<Result<UnreadCount>> {
        return notifications.Read(caller.account, request.value.up_to, caller.deadline);
      });
  routes.Get("/v1/notifications/unread-count", Scope::kRead, RateClass::kRead)
      .Summary("How many notifications are not read")
      .Tag("Notifications")
      .Answers<200, UnreadCount>()
      .Handle([&notifications](const Caller& caller) -> Awaitable<Result<UnreadCount>> {
        return notifications.Unread(caller.account, caller.deadline);
      });
}

void AddPreferenceRoutes(net::Routes& routes, NotificationsService& notifications) {
  routes.Get("/v1/me/notification-preferences", Scope::kRead, RateClass::kRead)
      .Summary("What the reader wants to be told of")
      .Tag("Notifications")
      .Conditional()
      .Answers<200, Preferences>()
      .Handle([&notifications](const Caller& caller) -> Awaitable<Result<Preferences>> {
        return notifications.ShowPreferences(caller.account, caller.deadline);
      });
  routes.Put("/v1/me/notification-preferences", Scope::kWrite, RateClass::kWrite)
      .Summary("Say what to be told of")
      .Tag("Notifications")
      .Doc("Replaces all preferences. They count for what happens from now on.")
      .Answers<200, Preferences>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&notifications](const Caller& caller,
                               Body<Preferences> request) -> Awaitable<Result<Preferences>> {
        return notifications.ReplacePreferences(caller.account, std::move(request.value),
                                                caller.deadline);
      });
}

void AddStreamRoute(net::Routes& routes, StreamService& streams) {
  routes.Get("/v1/stream", Scope::kPublic, RateClass::kRead)
      .Summary("Live updates")
      .Tag("Live")
      .Doc(
          "A WebSocket, or Server-Sent Events. Messages are {id, event, data}; events: "
          "post.created, post.updated, post.deleted, post.unshared (id, and account_id of who had "
          "shared it), post.counts, notification, subscribed, error, ping, and reset when the "
          "reader should read its feed and inbox afresh, because it was "
          "too slow or away for too long.\n\n"
          "A WebSocket sends its access token in Sec-WebSocket-Protocol, or as its first message "
          "{\"token\": \"...\"}; for Server-Sent Events it comes in the Authorization header.\n\n"
          "Who comes back sends the greatest id that it has seen, as the header Last-Event-ID or "
          "as {\"last_event_id\": \"...\"} in a WebSocket's message, and is sent the posts and "
          "notifications that it missed. A message may come twice; its id tells.\n\n"
          "{\"subscribe\": {\"posts\": [\"1\", \"2\"]}} on a WebSocket, or the parameter posts, "
          "asks for the counts of these posts: subscribed answers with those that the reader may "
          "see, and post.counts tells of changes, at most once a second for each post.")
      .AnswersWith<101>("", "WebSocket.")
      .AnswersWith<200>("text/event-stream", "Server-Sent Events.")
      .Fails(ErrorKind::kInvalid, ErrorKind::kUnauthenticated, ErrorKind::kForbidden)
      .Handle([&streams](const Caller& caller, Query<StreamQuery> query,
                         const net::Request& request) -> Awaitable<Result<net::RawResponse>> {
        std::vector<PostId> posts;
        if (query.value.posts) {
          CO_ASSIGN_OR_RETURN(posts, ReadPosts(*query.value.posts));
        }
        CO_ASSIGN_OR_RETURN(auto response,
                            co_await streams.Open(request, std::move(posts), caller.deadline));
        co_return net::RawResponse{std::move(response)};
      });
}

}  // namespace

void AddRoutes(net::Routes& routes, NotificationsService& notifications, StreamService& streams) {
  AddInboxRoutes(routes, notifications);
  AddPreferenceRoutes(routes, notifications);
  AddStreamRoute(routes, streams);
}

}  // namespace freshet::notifications
