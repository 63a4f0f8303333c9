#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "app/commands.h"
#include "app/installation.h"
#include "app/operator.h"
#include "app/remote.h"
#include "base/io_threads.h"
#include "net/json/json_reader.h"

namespace freshet::app {
namespace {

constexpr Duration kTokenLifetime{3'600'000};
const std::string kRoute = "/v1/me/export";

// Where the archive goes: a new file, which is removed again unless all of it was written, or
// standard output.
class Output {
 public:
  static Result<Output> Open(const std::string& path) {
    if (path.empty()) {
      if (isatty(STDOUT_FILENO) != 0) {
        return Invalid("an archive is nothing to read on a terminal; name a file with --output");
      }
      return Output(STDOUT_FILENO, path);
    }
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
      return Invalid(
          fmt::format("cannot make {}: {}", path, std::generic_category().message(errno)));
    }
    return Output(file, path);
  }
  Output(Output&& other) noexcept
      : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}
  Output& operator=(Output&&) = delete;
  ~Output() {
    if (file_ < 0 || path_.empty()) return;
    close(file_);
    unlink(path_.c_str());
  }

  Result<> Write(std::string_view piece) {
    while (!piece.empty()) {
      const auto written = write(file_, piece.data(), piece.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Failed();
      piece.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  // All of it is written.
  Result<> Keep() {
    if (path_.empty()) return {};
    if (fsync(file_) != 0) return Failed();
    close(std::exchange(file_, -1));
    return {};
  }

 private:
  Output(int file, std::string path) : file_(file), path_(std::move(path)) {}
  Failure Failed() const {
    return Unavailable(fmt::format("cannot write {}: {}",
                                   path_.empty() ? "to standard output" : path_,
                                   std::generic_category().message(errno)));
  }

  int file_;
  std::string path_;
};

Result<> Download(Remote& remote, Output& output) {
  Result<> written;
  const auto received = remote.Download(kRoute, [&](std::string_view piece) {
    written = output.Write(piece);
    return written.has_value();
  });
  return written ? received : written;
}

Result<> FromServer(const Config& config, const ExportAccountCommand& command, Output& output) {
  Platform platform(config);
  Remote remote(command.server, command.token, config, platform);
  ASSIGN_OR_RETURN(const auto me, remote.Call(net::Method::kGet, "/v1/me"));
  ASSIGN_OR_RETURN(const auto account, net::ReadJson<accounts::Account>(me));
  if (account.username != command.username) {
    return Invalid(fmt::format("the token is {}'s, not {}'s", account.username, command.username));
  }
  return Download(remote, output);
}

// False when no server runs on the data folder.
Result<bool> FromRunning(const Config& config, const std::string& username, Output& output) {
  Operator caller(config);
  const std::string server = caller.Server();
  if (server.empty()) return false;
  const auto found = caller.Call(net::Method::kGet, "/v1/accounts/lookup?username=" + username);
  // The address may be left over from a process that was killed.
  if (!found && found.error().kind() == ErrorKind::kUnavailable) return false;
  if (!found) return std::unexpected(found.error());
  ASSIGN_OR_RETURN(const auto account, net::ReadJson<accounts::Account>(*found));
  ASSIGN_OR_RETURN(auto token, caller.Sign(account.id, {net::Scope::kRead}, kTokenLifetime));
  Remote remote(server, std::move(token), config, caller.platform());
  RETURN_IF_ERROR(Download(remote, output));
  return true;
}

class OutputWriter final : public net::BodyWriter {
 public:
  explicit OutputWriter(Output& output) : output_(output) {}
  Awaitable<Result<>> Write(std::string_view piece) override { co_return output_.Write(piece); }

 private:
  Output& output_;
};

Result<> FromStopped(const Config& config, const std::string& username, Output& output) {
  const std::filesystem::path folder = config.Get<DataOptions>().folder;
  if (!std::filesystem::exists(folder / "format")) {
    return NotFound(
        fmt::format("{} holds no installation; name its folder with --data", folder.string()));
  }
  ASSIGN_OR_RETURN(const auto installation, Installation::Open(config));
  auto& services = *installation->services;
  ASSIGN_OR_RETURN(const auto account,
                   RunBlocking(services.profiles.FindByUsername(username, Deadline::Never())));
  // The lists of what somebody likes and saved follow the facts.
  installation->stores->LoadTimelines();
  RETURN_IF_ERROR(installation->Settle());
  RETURN_IF_ERROR(installation->stores->Save());
  ASSIGN_OR_RETURN(const auto response, services.exports.Open(account.id));
  OutputWriter writer(output);
  return RunBlocking(std::get<net::StreamBody>(response.body)(writer));
}

Result<> ExportAccount(const Config& config, const ExportAccountCommand& command) {
  if (!accounts::CheckUsername(command.username).empty()) {
    return Invalid("a user name has letters a to z, digits and _ only");
  }
  ASSIGN_OR_RETURN(auto output, Output::Open(command.output));
  if (!command.server.empty()) {
    RETURN_IF_ERROR(FromServer(config, command, output));
    return output.Keep();
  }
  ASSIGN_OR_RETURN(const bool done, FromRunning(config, command.username, output));
  if (!done) RETURN_IF_ERROR(FromStopped(config, command.username, output));
  return output.Keep();
}

}  // namespace

int RunExportAccount(const ExportAccountCommand& command, const ConfigArguments& arguments) {
  const auto config = LoadConfig(arguments);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message());
    return 2;
  }
  const auto done = ExportAccount(*config, command);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().message());
  return 1;
}

}  // namespace freshet::app
