#include "app/services.h"

#include "app/version.h"
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

Services::Services(const Config& config, Ports p, Secrets s, Platform& pl)
    : ports(p),
      secrets(std::move(s)),
      platform(pl),
      ids(pl.clock, static_cast<std::uint32_t>(config.Get<ProcessOptions>().node)),
      cursors(secrets.cursor_key),
      token_issuer(config.Get<net::TokenOptions>(), *secrets.signing_keys, pl.clock),
      revocations(pl.clock),
      passwords(config.Get<net::PasswordOptions>(), pl.pool),
      profiles(p.database, p.cache, pl.clock),
      graph(config.Get<social::GraphOptions>(), profiles, p.database, p.cache, p.timelines,
            pl.clock),
      tallies(p.counters),
      posts(p.database, p.cache, graph, profiles, tallies, ids, pl.clock),
      home_timeline(graph, p.timelines, p.activity, pl.logger, pl.metrics),
      social_reads(home_timeline, posts),
      social(graph, posts, profiles, cursors),
      engagement(social_reads, p.counters, p.log, pl.clock),
      bulk(p.database, pl.clock),
      fanout(config.Get<social::FanoutOptions>(), graph, posts, p.timelines, p.activity, p.pubsub,
             pl.clock, pl.metrics),
      accounts(config.Get<accounts::AccountsOptions>(), p.database, profiles, graph, passwords,
               token_issuer, revocations, ids, pl.clock),
      foreign(config.Get<net::OidcOptions>().issuers.empty()
                  ? nullptr
                  : std::make_unique<ForeignIssuers>(config, pl)),
      authenticator(config.Get<net::TokenOptions>(),
                    {.keys = *secrets.signing_keys,
                     .revocations = revocations,
                     .issuers = foreign ? &foreign->issuers : nullptr,
                     .accounts = &accounts},
                    pl.clock, pl.metrics),
      home(social_reads, cursors, pl.metrics),
      streams(config.Get<notifications::StreamOptions>(), p.pubsub, authenticator, revocations,
              pl.clock, pl.metrics),
      dead_letters(p.log, pl.clock),
      ops(std::string(kVersion), p.database, p.log, dead_letters, pl.clock, pl.metrics),
      relay(p.database, p.log, config.Get<stores::OutboxRelayOptions>(), pl.clock, pl.logger,
            pl.metrics),
      fanout_worker(p.log, social::FanoutSubscription(), config.Get<stores::LogWorkerOptions>(),
                    social::FanoutHandler(fanout), pl.clock, pl.logger, pl.metrics),
      follow_worker(p.log, social::FollowSubscription(), config.Get<stores::LogWorkerOptions>(),
                    social::FollowHandler(graph, pl.clock), pl.clock, pl.logger, pl.metrics) {}

Awaitable<Result<>> Services::Start(Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await accounts.Start(deadline));
  CO_RETURN_IF_ERROR(co_await graph.Start(deadline));
  CO_ASSIGN_OR_RETURN(const auto newest_account, co_await accounts.NewestId(deadline));
  CO_ASSIGN_OR_RETURN(const auto newest_post, co_await posts.NewestId(deadline));
  ids.StartAfter(std::max(newest_account, newest_post));
  co_return Result<>();
}

}  // namespace freshet::app
