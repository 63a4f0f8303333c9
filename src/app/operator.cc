#include "app/operator.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "app/data_folder.h"
#include "app/progress_line.h"
#include "app/remote.h"
#include "base/id.h"
#include "net/auth/keys.h"
#include "net/auth/token_authenticator.h"
#include "net/json/json_reader.h"

namespace freshet::app {
namespace {

constexpr Duration kTokenLifetime{60'000};
constexpr std::chrono::milliseconds kFirstWait(50), kLongestWait(500);

}  // namespace

Result<std::string> Operator::Sign(AccountId account, net::Scopes scopes, Duration lifetime) {
  const std::filesystem::path folder = config_.Get<DataOptions>().folder;
  if (!std::filesystem::exists(folder / "keys" / "signing")) {
    return NotFound(
        fmt::format("{} holds no installation; name its folder with --data", folder.string()));
  }
  ASSIGN_OR_RETURN(const auto keys, net::SigningKeys::Open(folder / "keys" / "signing",
                                                           config_.Get<net::SigningKeysOptions>(),
                                                           platform_.clock, platform_.logger));
  const net::TokenIssuer issuer(config_.Get<net::TokenOptions>(), *keys, platform_.clock);
  IdGenerator ids(platform_.clock, static_cast<std::uint32_t>(config_.Get<ProcessOptions>().node));
  ASSIGN_OR_RETURN(auto token, issuer.IssueAccess(account, ids.Next(), scopes, lifetime));
  return std::move(token.token);
}

std::string Operator::Server() const {
  return DataFolder::PublishedAddress(config_.Get<DataOptions>().folder);
}

Result<std::string> Operator::Call(net::Method method, const std::string& path, std::string body) {
  const std::string server = Server();
  if (server.empty()) {
    return Unavailable(fmt::format("no server runs on {0}; start it with: freshet serve --data {0}",
                                   config_.Get<DataOptions>().folder));
  }
  ASSIGN_OR_RETURN(auto token,
                   Sign(ops::kOperator, {net::Scope::kRead, net::Scope::kWrite, net::Scope::kAdmin},
                        kTokenLifetime));
  Remote remote(server, std::move(token), config_, platform_);
  return remote.Call(method, path, std::move(body));
}

Result<ops::RunReport> Operator::Watch(const std::string& path) {
  ProgressLine line;
  for (auto wait = kFirstWait;; wait = std::min(2 * wait, kLongestWait)) {
    ASSIGN_OR_RETURN(const auto body, Call(net::Method::kGet, path));
    ASSIGN_OR_RETURN(auto report, net::ReadJson<ops::RunReport>(body));
    line.Show(report);
    if (report.state == ops::RunState::kDone) return report;
    if (report.state == ops::RunState::kFailed) return Unavailable(report.error.value_or("failed"));
    std::this_thread::sleep_for(wait);
  }
}

}  // namespace freshet::app
