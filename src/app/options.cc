#include "app/options.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "app/backup.h"
#include "app/page.h"
#include "base/log.h"
#include "net/api/api.h"
#include "net/api/rate_limiter.h"
#include "net/auth/keys.h"
#include "net/auth/oidc.h"
#include "net/auth/password.h"
#include "net/auth/token_authenticator.h"
#include "net/client/http_client.h"
#include "net/http/options.h"
#include "net/mail/mailer.h"
#include "services/accounts/service.h"
#include "services/engagement/options.h"
#include "services/home/ranker.h"
#include "services/notifications/digest_options.h"
#include "services/notifications/inbox.h"
#include "services/notifications/push_types.h"
#include "services/notifications/stream_session.h"
#include "services/ops/audit.h"
#include "services/social/deleted_posts.h"
#include "services/social/fanout.h"
#include "services/social/graph.h"
#include "services/social/restrictions.h"
#include "stores/activity/rocksdb_activity.h"
#include "stores/cache/memory_cache.h"
#include "stores/counters/memory_counters.h"
#include "stores/database/outbox.h"
#include "stores/database/sqlite_options.h"
#include "stores/log/log_worker.h"
#include "stores/log/rocksdb_event_log.h"
#include "stores/pubsub/memory_pubsub.h"
#include "stores/timelines/memory_timelines.h"

extern char** environ;

namespace freshet::app {
namespace {

// The data folder decides where the configuration file is looked for, so it is found before the
// rest is read.
std::string FindDataFolder(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    for (const std::string_view flag : {"--data", "--data.folder"}) {
      if (argument == flag && i + 1 < arguments.size()) return arguments[i + 1];
      if (argument.starts_with(flag) && argument.substr(flag.size()).starts_with('=')) {
        return std::string(argument.substr(flag.size() + 1));
      }
    }
  }
  for (const char* name : {"FRESHET_DATA", "FRESHET_DATA_FOLDER"}) {
    if (const char* value = std::getenv(name)) return value;
  }
  return DataOptions().folder;
}

}  // namespace

ConfigLoader MakeConfigLoader() {
  ConfigLoader loader;
  loader.AddSection<DataOptions>("data");
  loader.AddSection<ProcessOptions>("process");
  loader.AddSection<BackupOptions>("backups");
  loader.AddSection<LogOptions>("log");
  loader.AddSection<net::HttpServerOptions>("http");
  loader.AddSection<net::HttpApiOptions>("http_api");
  loader.AddSection<WebOptions>("web");
  loader.AddSection<net::RateLimitOptions>("rate_limits");
  loader.AddSection<net::TokenOptions>("tokens");
  loader.AddSection<net::SigningKeysOptions>("signing_keys");
  loader.AddSection<net::OidcOptions>("oidc");
  loader.AddSection<net::HttpClientOptions>("http_client");
  loader.AddSection<net::MailOptions>("mail");
  loader.AddSection<net::PasswordOptions>("passwords");
  loader.AddSection<accounts::AccountsOptions>("accounts");
  loader.AddSection<accounts::SignInThrottleOptions>("sign_in");
  loader.AddSection<social::GraphOptions>("graph");
  loader.AddSection<social::RestrictionOptions>("restrictions");
  loader.AddSection<social::PostsOptions>("posts");
  loader.AddSection<social::FanoutOptions>("fanout");
  loader.AddSection<engagement::EngagementOptions>("engagement");
  loader.AddSection<home::RankingOptions>("ranking");
  loader.AddSection<notifications::InboxOptions>("notifications");
  loader.AddSection<notifications::StreamOptions>("stream");
  loader.AddSection<ops::AuditOptions>("audit");
  loader.AddSection<notifications::PushOptions>("push");
  loader.AddSection<notifications::DigestOptions>("digests");
  loader.AddSection<stores::SqliteOptions>("database");
  loader.AddSection<stores::OutboxRelayOptions>("outbox");
  loader.AddSection<stores::RocksDbEventLogOptions>("event_log");
  loader.AddSection<stores::LogWorkerOptions>("worker");
  loader.AddSection<stores::RocksDbActivityOptions>("activity");
  loader.AddSection<stores::TimelinesOptions>("timelines");
  loader.AddSection<stores::CacheOptions>("cache");
  loader.AddSection<stores::MemoryPubSubOptions>("pubsub");
  loader.AddSection<stores::MemoryCountersOptions>("counters_embedded");
  loader.AddAlias("data", "data.folder");
  loader.AddAlias("listen", "http.listen");
  loader.AddAlias("roles", "process.roles");
  return loader;
}

Result<Config> LoadConfig(const std::vector<std::string>& arguments) {
  ConfigSources sources;
  sources.arguments = arguments;
  for (char** variable = environ; *variable != nullptr; ++variable)
    sources.environment.emplace_back(*variable);
  sources.default_file =
      (std::filesystem::path(FindDataFolder(arguments)) / "freshet.toml").string();
  return MakeConfigLoader().Load(sources);
}

}  // namespace freshet::app
