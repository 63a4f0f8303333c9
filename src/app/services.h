// The services, wired on the ports.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/couriers.h"
#include "app/data_folder.h"
#include "app/platform.h"
#include "base/config.h"
#include "base/id.h"
#include "net/api/cursor.h"
#include "net/auth/keys.h"
#include "net/auth/oidc.h"
#include "net/auth/password.h"
#include "net/auth/session_revocations.h"
#include "net/auth/token_authenticator.h"
#include "net/client/http_client.h"
#include "services/accounts/emails.h"
#include "services/accounts/erasures.h"
#include "services/accounts/exports.h"
#include "services/accounts/personal_data.h"
#include "services/accounts/service.h"
#include "services/accounts/upkeep.h"
#include "services/clickstream/collector.h"
#include "services/engagement/bulk.h"
#include "services/engagement/comments.h"
#include "services/engagement/personal_data.h"
#include "services/engagement/post_counts.h"
#include "services/engagement/reaction_lists.h"
#include "services/engagement/reconciler.h"
#include "services/engagement/service.h"
#include "services/engagement/tallies.h"
#include "services/engagement/worker.h"
#include "services/home/personal_data.h"
#include "services/home/service.h"
#include "services/notifications/digests.h"
#include "services/notifications/notifier.h"
#include "services/notifications/personal_data.h"
#include "services/notifications/push_sender.h"
#include "services/notifications/push_subscriptions.h"
#include "services/notifications/service.h"
#include "services/notifications/stream.h"
#include "services/ops/audit.h"
#include "services/ops/rebuilds.h"
#include "services/ops/service.h"
#include "services/social/affinity.h"
#include "services/social/bulk.h"
#include "services/social/fanout.h"
#include "services/social/home_timeline.h"
#include "services/social/people_lists.h"
#include "services/social/personal_data.h"
#include "services/social/relationships.h"
#include "services/social/service.h"
#include "services/social/suggestions.h"
#include "stores/activity/activity.h"
#include "stores/cache/cache.h"
#include "stores/counters/counters.h"
#include "stores/database/database.h"
#include "stores/database/outbox.h"
#include "stores/log/dead_letters.h"
#include "stores/log/event_log.h"
#include "stores/log/log_worker.h"
#include "stores/pubsub/pubsub.h"
#include "stores/scorer/scorer.h"
#include "stores/timelines/timelines.h"

namespace freshet::app {

// The ports that the services stand on. All must outlive them.
struct Ports {
  stores::Database& database;
  stores::EventLog& log;
  stores::Timelines& timelines;
  stores::Activity& activity;
  stores::Cache& cache;
  stores::PubSub& pubsub;
  stores::Counters& counters;
  stores::Scorer& scorer;
};

// What only this installation knows.
struct Secrets {
  std::unique_ptr<net::SigningKeys> signing_keys;
  Secret cursor_key;

  // Errors: as DataFolder::CursorKey and SigningKeys::Open.
  static Result<Secrets> Open(const Config& config, const DataFolder& folder, Platform& platform);
};

// Other issuers' tokens, when some are configured.
struct ForeignIssuers {
  ForeignIssuers(const Config& config, Platform& platform);

  net::HttpClient client;
  std::unique_ptr<net::DocumentSource> documents;
  net::OidcIssuers issuers;
};

// Public members: this struct is the wiring, in the order in which things stand on each other.
struct Services {
  Services(const Config& config, Ports ports, Secrets secrets, Couriers couriers,
           Platform& platform);

  // Reads what the services keep in memory. Call once, before anything else. Errors: the stores'.
  Awaitable<Result<>> Start(Deadline deadline);

  // Relays and processes what is there, once. The first error; what can go on goes on.
  Awaitable<Result<>> Deliver(Deadline deadline);
  // Until every fact, and every fact that follows from it, has reached everybody, for tools and
  // tests. Errors: as Deliver.
  Awaitable<Result<>> Settle(Deadline deadline);

  Ports ports;
  Secrets secrets;
  Couriers couriers;
  Platform& platform;
  IdGenerator ids;
  net::CursorCodec cursors;
  net::TokenIssuer token_issuer;
  net::SessionRevocations revocations;
  net::PasswordHasher passwords;

  accounts::Profiles profiles;
  social::Graph graph;
  engagement::Tallies tallies;
  social::Restrictions restrictions;
  social::Visibility visibility;
  social::Relationships relationships;
  social::PeopleLists people_lists;
  social::Suggestions suggestions;
  social::Affinity affinity;
  social::Posts posts;
  social::Shares shares;
  social::PostEdits post_edits;
  social::DeletedPosts deleted_posts;
  social::HashtagSearch hashtag_search;
  social::HomeTimeline home_timeline;
  social::SocialReads social_reads;
  social::SocialService social;
  engagement::Comments comments;
  engagement::ReactionLists reaction_lists;
  engagement::EngagementService engagement;
  engagement::PostCountsKeeper post_counts;
  engagement::Reconciler reconciler;
  engagement::EngagementWorker engagement_worker;
  engagement::Bulk engagement_bulk;
  social::Bulk bulk;
  social::Delivery delivery;
  social::Fanout fanout;
  accounts::AccountsService accounts;
  accounts::Emails emails;
  std::unique_ptr<ForeignIssuers> foreign;  // null: only own tokens are accepted
  net::TokenAuthenticator authenticator;
  accounts::NoticingAuthenticator noticing_authenticator;  // the one for requests
  clickstream::Collector collector;
  home::SeenPosts seen_posts;
  home::Ranker ranker;
  home::RankedHome ranked_home;
  home::HomeService home;
  notifications::Inbox inbox;
  notifications::PreferenceStore notification_preferences;
  notifications::Presenter notification_presenter;
  notifications::LiveCounts live_counts;
  notifications::NotificationsService notifications;
  notifications::Notifier notifier;
  notifications::StreamService streams;
  notifications::PushSubscriptions push_subscriptions;
  accounts::OwnPersonalData accounts_data;
  social::SocialData social_data;
  engagement::EngagementData engagement_data;
  home::HomeData home_data;
  notifications::NotificationsData notifications_data;
  std::vector<accounts::PersonalData*> personal_data;
  accounts::Erasures erasures;
  accounts::Exports exports;
  std::unique_ptr<notifications::PushSender> push_sender;  // null: no push is sent
  std::unique_ptr<notifications::Digests> digests;         // null: no mail is sent
  stores::DeadLetters dead_letters;
  ops::OpsService ops;
  ops::Audit audit;
  accounts::Upkeep upkeep;
  ops::Rebuilds rebuilds;

  stores::OutboxRelay relay;
  std::vector<std::unique_ptr<stores::LogWorker>> consumers;

 private:
  void Consume(const Config& config, stores::LogSubscription subscription,
               stores::LogHandler handler);
};

}  // namespace freshet::app
