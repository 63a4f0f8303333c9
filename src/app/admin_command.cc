#include <fmt/core.h>

#include <boost/json/parse.hpp>
#include <functional>

#include "app/commands.h"
#include "app/installation.h"
#include "app/operator.h"
#include "app/remote.h"
#include "base/io_threads.h"
#include "net/json/json_reader.h"
#include "net/json/json_writer.h"

namespace freshet::app {
namespace {

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

Result<AccountId> FindAccount(Operator& signer, const Config& config, const std::string& username) {
  if (const std::string server = signer.Server(); !server.empty()) {
    ASSIGN_OR_RETURN(const auto token,
                     signer.Sign(ops::kOperator, {net::Scope::kRead}, kOperatorToken));
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
  Operator caller(config);
  ASSIGN_OR_RETURN(const auto body, caller.Call(method, path));
  if (!body.empty()) fmt::print("{}\n", body);
  return {};
}

}  // namespace

int RunAdminToken(const TokenCommand& command, const ConfigArguments& arguments) {
  return WithConfig(arguments, [&](const Config& config) -> Result<> {
    ASSIGN_OR_RETURN(const auto scopes, ParseScopes(command.scopes));
    ASSIGN_OR_RETURN(const auto lifetime, ParseLifetime(command.lifetime));
    Operator signer(config);
    ASSIGN_OR_RETURN(const auto account, FindAccount(signer, config, command.username));
    ASSIGN_OR_RETURN(const auto token, signer.Sign(account, scopes, lifetime));
    fmt::print("{}\n", token);
    return {};
  });
}

int RunGrantAdmin(const std::string& username, const ConfigArguments& arguments) {
  return WithConfig(arguments, [&](const Config& config) -> Result<> {
    Operator signer(config);
    if (!signer.Server().empty()) {
      auto called =
          CallServer(config, net::Method::kPost, "/v1/admin/accounts/" + username + "/grant-admin");
      if (called || called.error().kind() != ErrorKind::kUnavailable) return called;
    }
    ASSIGN_OR_RETURN(auto installation, Installation::Open(config));
    auto& services = *installation->services;
    RETURN_IF_ERROR(RunBlocking(services.accounts.GrantAdmin(username, Deadline::Never())));
    return RunBlocking(services.audit.Record({.by = ops::kOperator,
                                              .action = "accounts grant-admin",
                                              .target = username,
                                              .details = {},
                                              .request_id = {}},
                                             Deadline::Never()));
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

int RunRebuild(const std::string& kind, const ConfigArguments& arguments) {
  return WithConfig(arguments, [&](const Config& config) -> Result<> {
    const auto named = EnumNamed<ops::RebuildKind>(kind);
    if (!named) return Invalid("what can be rebuilt is timelines, counts and search");
    Operator caller(config);
    ASSIGN_OR_RETURN(const auto begun, caller.Call(net::Method::kPost, "/v1/admin/rebuilds",
                                                   net::ToJson(ops::RebuildRequest{*named})));
    ASSIGN_OR_RETURN(const auto run, net::ReadJson<ops::RunReport>(begun));
    ASSIGN_OR_RETURN(const auto done, caller.Watch("/v1/admin/rebuilds/" + run.id));
    fmt::print("{}\n", net::ToJson(done));
    return {};
  });
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
