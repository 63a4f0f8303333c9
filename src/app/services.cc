#include "app/services.h"

#include "app/rebuilds.h"
#include "app/version.h"
#include "services/accounts/workers.h"
#include "services/home/workers.h"
#include "services/social/workers.h"

namespace freshet::app {

Result<Secrets> Secrets::Open(const Config& config, const DataFolder& folder, Platform& platform) {
  Secrets secrets;
  ASSIGN_OR_RETURN(std::string cursor_key, folder.CursorKey());
  secrets.cursor_key = Secret(std::move(cursor_key));
  ASSIGN_OR_RETURN(secrets.signing_keys,
                   net::SigningKeys::Open(folder.path() / "keys" / "signing",
                                          config.Get<net::SigningKeysOptions>(), platform.clock,
                                          platform.logger));
  return secrets;
}

ForeignIssuers::ForeignIssuers(const Config& config, Platform& platform)
    : client(config.Get<net::HttpClientOptions>(), platform.clock, platform.logger,
             platform.metrics),
      documents(net::MakeHttpDocumentSource(client)),
      issuers(config.Get<net::OidcOptions>(), *documents, platform.clock, platform.logger) {}

Services::Services(const Config& config, Ports p, Secrets s, Couriers c, Platform& pl)
    : ports(p),
      secrets(std::move(s)),
      couriers(std::move(c)),
      platform(pl),
      ids(pl.clock, static_cast<std::uint32_t>(config.Get<ProcessOptions>().node)),
      cursors(secrets.cursor_key),
      token_issuer(config.Get<net::TokenOptions>(), *secrets.signing_keys, pl.clock),
      revocations(pl.clock),
      passwords(config.Get<net::PasswordOptions>(), pl.pool),
      profiles(p.database, p.cache, pl.clock),
      graph(config.Get<social::GraphOptions>(), p.database, p.cache, p.timelines, pl.clock),
      tallies(config.Get<engagement::EngagementOptions>(), p.counters, p.database, pl.clock,
              pl.metrics),
      restrictions(config.Get<social::RestrictionOptions>(), p.database, p.cache, pl.clock),
      visibility(graph, restrictions, profiles, pl.clock),
      relationships(config.Get<social::GraphOptions>(), graph, restrictions, profiles, p.database,
                    pl.clock),
      people_lists({.graph = graph,
                    .restrictions = restrictions,
                    .visibility = visibility,
                    .profiles = profiles,
                    .cursors = cursors,
                    .clock = pl.clock}),
      suggestions(graph, visibility, profiles),
      affinity(config.Get<social::GraphOptions>(), graph, p.database, pl.clock),
      posts(p.database, p.cache, visibility, profiles, tallies, ids, pl.clock),
      shares(p.database, p.cache, visibility, posts, tallies, ids, pl.clock),
      post_edits(p.database, posts, visibility, pl.clock),
      deleted_posts(config.Get<social::PostsOptions>(), p.database, posts, pl.clock, pl.logger,
                    pl.metrics),
      hashtag_search(p.database, visibility),
      home_timeline(graph, visibility, p.timelines, p.activity, pl.clock, pl.logger, pl.metrics),
      social_reads(home_timeline, affinity, posts, shares, visibility, pl.clock),
      social({.posts = posts,
              .shares = shares,
              .post_edits = post_edits,
              .deleted_posts = deleted_posts,
              .hashtag_search = hashtag_search,
              .visibility = visibility,
              .profiles = profiles,
              .cursors = cursors}),
      comments({.social = social_reads,
                .profiles = profiles,
                .database = p.database,
                .counters = p.counters,
                .cursors = cursors,
                .ids = ids,
                .clock = pl.clock}),
      reaction_lists(p.activity),
      engagement(config.Get<engagement::EngagementOptions>(), {.social = social_reads,
                                                               .profiles = profiles,
                                                               .standings = graph,
                                                               .counters = p.counters,
                                                               .lists = reaction_lists,
                                                               .cursors = cursors}),
      post_counts(config.Get<engagement::EngagementOptions>(), p.database, p.counters, p.log,
                  pl.clock, pl.logger, pl.metrics),
      reconciler(config.Get<engagement::EngagementOptions>(), {.social = social_reads,
                                                               .counts = post_counts,
                                                               .database = p.database,
                                                               .counters = p.counters,
                                                               .log = p.log,
                                                               .clock = pl.clock,
                                                               .logger = pl.logger,
                                                               .metrics = pl.metrics}),
      engagement_worker({.social = social_reads,
                         .comments = comments,
                         .lists = reaction_lists,
                         .counters = p.counters,
                         .log = p.log,
                         .clock = pl.clock}),
      engagement_bulk(p.database, p.counters),
      bulk(p.database, pl.clock),
      delivery(graph, posts, visibility, p.timelines, p.pubsub, pl.clock, pl.metrics),
      fanout(config.Get<social::FanoutOptions>(), {.graph = graph,
                                                   .posts = posts,
                                                   .shares = shares,
                                                   .delivery = delivery,
                                                   .timelines = p.timelines,
                                                   .activity = p.activity,
                                                   .log = p.log,
                                                   .clock = pl.clock,
                                                   .logger = pl.logger,
                                                   .metrics = pl.metrics}),
      accounts(config.Get<accounts::AccountsOptions>(),
               config.Get<accounts::SignInThrottleOptions>(),
               {p.database, profiles, graph, passwords, token_issuer, revocations, cursors, ids,
                pl.clock, pl.metrics}),
      emails(config.Get<accounts::AccountsOptions>(),
             {.database = p.database,
              .cursors = cursors,
              .mailer = couriers.mailer.get(),
              .clock = pl.clock,
              .logger = pl.logger},
             pl.metrics),
      foreign(config.Get<net::OidcOptions>().issuers.empty()
                  ? nullptr
                  : std::make_unique<ForeignIssuers>(config, pl)),
      authenticator(config.Get<net::TokenOptions>(),
                    {.keys = *secrets.signing_keys,
                     .revocations = revocations,
                     .issuers = foreign ? &foreign->issuers : nullptr,
                     .accounts = &accounts},
                    pl.clock, pl.metrics),
      noticing_authenticator(authenticator, accounts.last_active()),
      collector(social_reads, p.log, pl.clock, pl.metrics),
      seen_posts(p.cache),
      ranker(config.Get<home::RankingOptions>(), social_reads, p.scorer, pl.clock),
      ranked_home(config.Get<home::RankingOptions>(), social_reads, ranker, seen_posts, cursors,
                  pl.logger),
      home(social_reads, ranked_home, cursors, pl.metrics),
      inbox(config.Get<notifications::InboxOptions>(), p.database, ids, pl.clock),
      notification_preferences(config.Get<notifications::DigestOptions>(), p.database, pl.clock),
      notification_presenter(social_reads, profiles, graph),
      live_counts(p.pubsub, pl.clock),
      notifications(inbox, notification_preferences, notification_presenter, cursors),
      notifier({.inbox = inbox,
                .preferences = notification_preferences,
                .presenter = notification_presenter,
                .live_counts = live_counts,
                .social = social_reads,
                .pubsub = p.pubsub,
                .clock = pl.clock,
                .logger = pl.logger},
               pl.metrics),
      streams(config.Get<notifications::StreamOptions>(),
              {.pubsub = p.pubsub,
               .social = social_reads,
               .inbox = inbox,
               .preferences = notification_preferences,
               .presenter = notification_presenter,
               .clock = pl.clock},
              authenticator, revocations, pl.metrics),
      push_subscriptions(config.Get<notifications::PushOptions>(), p.database, ids, pl.clock),
      accounts_data(p.database, accounts.sessions(), pl.clock),
      social_data({.graph = graph,
                   .restrictions = restrictions,
                   .posts = posts,
                   .shares = shares,
                   .profiles = profiles,
                   .database = p.database,
                   .activity = p.activity,
                   .timelines = p.timelines,
                   .clock = pl.clock}),
      engagement_data({.comments = comments,
                       .lists = reaction_lists,
                       .social = social_reads,
                       .database = p.database,
                       .counters = p.counters,
                       .activity = p.activity,
                       .clock = pl.clock}),
      home_data(seen_posts),
      notifications_data(inbox, notification_preferences, push_subscriptions,
                         notification_presenter),
      personal_data{&accounts_data, &social_data, &engagement_data, &home_data,
                    &notifications_data},
      erasures(config.Get<accounts::AccountsOptions>(), {.data = personal_data,
                                                         .database = p.database,
                                                         .log = p.log,
                                                         .clock = pl.clock,
                                                         .logger = pl.logger,
                                                         .metrics = pl.metrics}),
      exports(config.Get<accounts::AccountsOptions>(), personal_data, pl.clock, pl.logger,
              pl.metrics),
      push_sender(couriers.push
                      ? std::make_unique<notifications::PushSender>(
                            config.Get<notifications::PushOptions>(),
                            notifications::PushSenderParts{.subscriptions = push_subscriptions,
                                                           .inbox = inbox,
                                                           .preferences = notification_preferences,
                                                           .presenter = notification_presenter,
                                                           .revocations = revocations,
                                                           .client = *couriers.push,
                                                           .clock = pl.clock,
                                                           .logger = pl.logger},
                            pl.metrics)
                      : nullptr),
      digests(couriers.mailer
                  ? std::make_unique<notifications::Digests>(
                        config.Get<notifications::DigestOptions>(),
                        notifications::DigestsParts{.database = p.database,
                                                    .inbox = inbox,
                                                    .preferences = notification_preferences,
                                                    .presenter = notification_presenter,
                                                    .emails = emails,
                                                    .cursors = cursors,
                                                    .mailer = *couriers.mailer,
                                                    .clock = pl.clock,
                                                    .logger = pl.logger},
                        pl.metrics)
                  : nullptr),
      dead_letters(p.log, pl.clock),
      ops(std::string(kVersion), p.database, p.log, dead_letters, pl.clock, pl.metrics),
      audit(config.Get<ops::AuditOptions>(), p.database, cursors, ids, pl.clock),
      upkeep(p.database),
      rebuilds(ids, pl.clock, pl.logger, pl.metrics),
      relay(p.database, p.log, config.Get<stores::OutboxRelayOptions>(), pl.clock, pl.logger,
            pl.metrics) {
  AddRebuilds(*this);
  Consume(config, social::FanoutSubscription(), social::FanoutHandler(fanout));
  Consume(config, social::LargeFanoutSubscription(), social::LargeFanoutHandler(fanout));
  Consume(config, social::FollowSubscription(), social::FollowHandler(relationships, pl.clock));
  Consume(config, social::AccountSubscription(), social::AccountHandler(relationships, pl.clock));
  Consume(config, social::AffinitySubscription(), social::AffinityHandler(affinity, pl.clock));
  Consume(config, engagement::EngagementWorker::ReactionsSubscription(),
          engagement_worker.ReactionsHandler());
  Consume(config, engagement::EngagementWorker::Subscription(), engagement_worker.Handler());
  Consume(config, home::SeenSubscription(), home::SeenHandler(seen_posts, pl.clock));
  Consume(config, accounts::CardsSubscription(), accounts::CardsHandler(profiles, pl.clock));
  Consume(config, notifications::NotifierSubscription(), notifications::NotifierHandler(notifier));
  Consume(config, notifications::EndedSessionsSubscription(),
          notifications::EndedSessionsHandler(push_subscriptions, pl.clock));
}

void Services::Consume(const Config& config, stores::LogSubscription subscription,
                       stores::LogHandler handler) {
  consumers.push_back(std::make_unique<stores::LogWorker>(
      ports.log, std::move(subscription), config.Get<stores::LogWorkerOptions>(),
      std::move(handler), platform.clock, platform.logger, platform.metrics));
}

Awaitable<Result<>> Services::Start(Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await accounts.Start(deadline));
  CO_RETURN_IF_ERROR(co_await graph.Start(deadline));
  CO_ASSIGN_OR_RETURN(const auto newest_account, co_await accounts.NewestId(deadline));
  CO_ASSIGN_OR_RETURN(const auto newest_post, co_await posts.NewestId(deadline));
  CO_ASSIGN_OR_RETURN(const auto newest_notification, co_await inbox.NewestId(deadline));
  CO_ASSIGN_OR_RETURN(const auto newest_comment, co_await comments.NewestId(deadline));
  CO_ASSIGN_OR_RETURN(const auto newest_action, co_await audit.NewestId(deadline));
  ids.StartAfter(
      std::max({newest_account, newest_post, newest_notification, newest_comment, newest_action}));
  co_return Result<>();
}

Awaitable<Result<>> Services::Deliver(Deadline deadline) {
  Result<> delivered = co_await relay.Drain(deadline);
  for (const auto& consumer : consumers) {
    auto drained = co_await consumer->Drain(deadline);
    if (delivered && !drained) delivered = std::move(drained);
  }
  co_return delivered;
}

Awaitable<Result<>> Services::Settle(Deadline deadline) {
  for (std::optional<std::uint64_t> end;;) {
    CO_RETURN_IF_ERROR(co_await Deliver(deadline));
    CO_ASSIGN_OR_RETURN(const auto state, co_await ports.log.Describe(deadline));
    std::uint64_t now = 0;
    for (const auto& topic : state.topics) {
      for (const auto& partition : topic.partitions) now += partition.end;
    }
    // Processing a fact may have brought new ones, into the log or into the outbox.
    CO_ASSIGN_OR_RETURN(const auto pending, co_await relay.Pending(deadline));
    if (now == end && pending == 0) co_return Result<>();
    end = now;
  }
}

}  // namespace freshet::app
