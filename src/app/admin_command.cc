#include <fmt/core.h>

#include <boost/json/parse.hpp>
#include <functional>

#include "app/commands.h"
#include "app/installation.h"
#include "app/remote.h"
#include "base/io_threads.h"
#include "net/json/json_reader.h"

namespace freshet::app {
namespace {

// Who acts when the command line does: no account, so that nothing is done in a person's name.
constexpr AccountId kOperator{1};
constexpr Duration kOperatorToken{60'000};

int Finish(const Result<>& outcome) {
  if (outcome) return 0;
  fmt::print(stderr, "{}\n", outcome.error().message());
  return 1;
}

int WithConfig(const ConfigArguments& arguments,
               const std::function<Result<>(const Config&)>& run) {
  auto config = LoadConfig(arguments);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message());
    return 2;
  }
  return Finish(run(*config));
}

// Signs with the installation's keys, beside a running server.
class Signer {
 public:
  explicit Signer(const Config& config) : config_(config), platform_(config) {}

  Result<std::string> Sign(AccountId account, net::Scopes scopes, Duration lifetime) {
    const std::filesystem::path folder = config_.Get<DataOptions>().folder;
    if (!std::filesystem::exists(folder / "keys" / "signing")) {
      return NotFound(
          fmt::format("{} holds no installation; name its folder with --data", folder.string()));
    }
    ASSIGN_OR_RETURN(const auto keys, net::SigningKeys::Open(folder / "keys" / "signing",
                                                             config_.Get<net::SigningKeysOptions>(),
                                                             platform_.clock, platform_.logger));
    const net::TokenIssuer issuer(config_.Get<net::TokenOptions>(), *keys, platform_.clock);
    IdGenerator ids(platform_.clock,
                    static_cast<std::uint32_t>(config_.Get<ProcessOptions>().node));
    ASSIGN_OR_RETURN(auto token, issuer.IssueAccess(account, ids.Next(), scopes, lifetime));
    return std::move(token.token);
  }

  Platform& platform() { return platform_; }
  std::string Server() const {
    return DataFolder::PublishedAddress(config_.Get<DataOptions>().folder);
  }

 private:
  const Config& config_;
  Platform platform_;
};

Result<AccountId> FindAccount(Signer& signer, const Config& config, const std::string& username) {
  if (const std::string server = signer.Server(); !server.empty()) {
    ASSIGN_OR_RETURN(const auto token, signer.Sign(kOperator, {net::Scope::kRead}, kOperatorToken));
    Remote signed_remote(server, token, config, signer.platform());
    auto body = signed_remote.Call(net::Method::kGet, "/v1/accounts/lookup?username=" + username);
    if (body) {
      ASSIGN_OR_RETURN(const auto account, net::ReadJson<accounts::Account>(*body));
      return account.id;
    }
    if (body.error().kind() != ErrorKind::kUnavailable)
      return std::unexpected(std::move(body).error());
  }
  ASSIGN_OR_RETURN(auto installation, Installation::Open(config));
  ASSIGN_OR_RETURN(const auto account, RunBlocking(installation->services->profiles.FindByUsername(
                                           username, Deadline::Never())));
  return account.id;
}

Result<net::Scopes> ParseScopes(std::string text) {
  net::Scopes scopes;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto scope = EnumNamed<net::Scope>(text.substr(0, comma));
    if (!scope || *scope == net::Scope::kPublic)
      return Invalid("scopes are read, write and admin, with commas between them");
    scopes.Add(*scope);
    text = comma == std::string::npos ? "" : text.substr(comma + 1);
  }
  return scopes;
}

Result<Duration> ParseLifetime(const std::string& text) {
  char* unit = nullptr;
  const auto count = std::strtoll(text.c_str(), &unit, 10);
  const std::string_view rest(unit);
  const std::int64_t scale = rest == "s"   ? 1'000
                             : rest == "m" ? 60'000
                             : rest == "h" ? 3'600'000
                             : rest == "d" ? 86'400'000
                                           : 0;
  if (count <= 0 || scale == 0 || count > 10'000'000)
    return Invalid("a lifetime looks like 30m, 1h or 7d");
  return Duration(count * scale);
}

Result<> CallServer(const Config& config, net::Method method, const std::string& path) {
  Signer signer(config);
  const std::string server = signer.Server();
  if (server.empty()) {
    return Unavailable(fmt::format("no server runs on {}; start it with: freshet serve --data {}",
                                   config.Get<DataOptions>().folder,
                                   config.Get<DataOptions>().folder));
  }
  ASSIGN_OR_RETURN(
      auto token,
      signer.Sign(kOperator, {net::Scope::kRead, net::Scope::kWrite, net::Scope::kAdmin},
                  kOperatorToken));
  Remote remote(server, std::move(token), config, signer.platform());
  ASSIGN_OR_RETURN(const auto body, remote.Call(method, path));
  if (!body.empty()) fmt::print("{}\n", body);
  return {};
}

}  // namespace

int RunAdminToken(const TokenCommand& command, const ConfigArguments& arguments) {
  return WithConfig(arguments, [&](const Config& config) -> Result<> {
    ASSIGN_OR_RETURN(const auto scopes, ParseScopes(command.scopes));
    ASSIGN_OR_RETURN(const auto lifetime, ParseLifetime(command.lifetime));
    Signer signer(config);
    ASSIGN_OR_RETURN(const auto account, FindAccount(signer, config, command.username));
    ASSIGN_OR_RETURN(const auto token, signer.Sign(account, scopes, lifetime));
    fmt::print("{}\n", token);
    return {};
  });
}

int RunGrantAdmin(const std::string& username, const ConfigArguments& arguments) {
  return WithConfig(arguments, [&](const Config& config) -> Result<> {
    Signer signer(config);
    if (!signer.Server().empty()) {
      auto called =
          CallServer(config, net::Method::kPost, "/v1/admin/accounts/" + username + "/grant-admin");
      if (called || called.error().kind() != ErrorKind::kUnavailable) return called;
    }
    ASSIGN_OR_RETURN(auto installation, Installation::Open(config));
    return RunBlocking(installation->services->accounts.GrantAdmin(username, Deadline::Never()));
  });
}

int RunAdminGet(const std::string& path, const ConfigArguments& arguments) {
  return WithConfig(
      arguments, [&](const Config& config) { return CallServer(config, net::Method::kGet, path); });
}

int RunAdminSend(const std::string& method, const std::string& path,
                 const ConfigArguments& arguments) {
  const auto verb = method == "DELETE" ? net::Method::kDelete : net::Method::kPost;
  return WithConfig(arguments,
                    [&](const Config& config) { return CallServer(config, verb, path); });
}

int RunConfig(ConfigAction action, const ConfigArguments& arguments) {
  if (action == ConfigAction::kReference) {
    fmt::print("{}", MakeConfigLoader().RenderReference());
    return 0;
  }
  return WithConfig(arguments, [&](const Config& config) -> Result<> {
    if (action == ConfigAction::kPrint) {
      fmt::print("{}", config.RenderToml());
    } else {
      fmt::print("the configuration is good\n");
    }
    return {};
  });
}

}  // namespace freshet::app
