#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "app/backup.h"
#include "app/commands.h"
#include "app/operator.h"
#include "app/progress_line.h"
#include "net/json/json_reader.h"
#include "net/json/json_writer.h"

namespace freshet::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// Shows progress while the work goes on beside it.
class Watcher {
 public:
  explicit Watcher(const ops::Progress& progress)
      : thread_([this, &progress](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            Show(progress);
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
          }
          Show(progress);
        }) {}

 private:
  void Show(const ops::Progress& progress) {
    ops::RunReport report;
    progress.Show(report);
    line_.Show(report);
  }
  ProgressLine line_;
  std::jthread thread_;
};

void Tell(std::string_view what, const fs::path& where, BackupSummary summary,
          steady_clock::time_point began) {
  const double seconds =
      std::max(std::chrono::duration<double>(steady_clock::now() - began).count(), 1e-3);
  fmt::print("{} {} in {} files in {:.1f} s ({:.0f} MB/s): {}\n", what, Megabytes(summary.bytes),
             summary.files, seconds, static_cast<double>(summary.bytes) / 1e6 / seconds,
             where.string());
}

std::int64_t Figure(const ops::RunReport& report, const std::string& name) {
  const auto found = report.figures.find(name);
  return found == report.figures.end() ? 0 : std::atoll(found->second.text.c_str());
}

struct FolderBody {
  std::string folder;

  static constexpr auto Describe() {
    return Description("FolderBody", "Where to.", Field("folder", &FolderBody::folder));
  }
};

// Nullopt when no server runs.
Result<std::optional<BackupSummary>> ByServer(const Config& config, const fs::path& target) {
  Operator caller(config);
  if (caller.Server().empty()) return std::nullopt;
  auto begun = caller.Call(net::Method::kPost, "/v1/admin/backups",
                           net::ToJson(FolderBody{target.string()}));
  // The address may be left over from a process that was killed.
  if (!begun && begun.error().kind() == ErrorKind::kUnavailable) return std::nullopt;
  if (!begun) return std::unexpected(std::move(begun).error());
  ASSIGN_OR_RETURN(const auto report, net::ReadJson<ops::RunReport>(*begun));
  ASSIGN_OR_RETURN(const auto done, caller.Watch("/v1/admin/backups/" + report.id));
  return BackupSummary{Figure(done, "files"), Figure(done, "bytes")};
}

Result<BackupSummary> Stopped(const Config& config, const fs::path& target) {
  const fs::path data = config.Get<DataOptions>().folder;
  if (!fs::exists(data / "format")) {
    return NotFound(
        fmt::format("{} holds no installation; name its folder with --data", data.string()));
  }
  ASSIGN_OR_RETURN(const auto folder, DataFolder::Open(data));
  ops::Progress progress{std::stop_token()};
  const Watcher watcher(progress);
  return BackUpStopped(folder, target, progress);
}

Result<> BackUp(const Config& config, const fs::path& target) {
  const auto began = steady_clock::now();
  ASSIGN_OR_RETURN(auto summary, ByServer(config, target));
  if (!summary) {
    ASSIGN_OR_RETURN(summary, Stopped(config, target));
  }
  Tell("backed up", target, *summary, began);
  return {};
}

Result<> RestoreInto(const Config& config, const fs::path& backup) {
  const auto began = steady_clock::now();
  const fs::path target = fs::absolute(config.Get<DataOptions>().folder);
  ops::Progress progress{std::stop_token()};
  Result<BackupSummary> summary;
  {
    const Watcher watcher(progress);
    summary = Restore(backup, target, progress);
  }
  if (!summary) return std::unexpected(std::move(summary).error());
  Tell("restored", target, *summary, began);
  fmt::print("start it with: freshet serve --data {}\n", target.string());
  return {};
}

int Finish(const ConfigArguments& arguments, const std::function<Result<>(const Config&)>& run) {
  const auto config = LoadConfig(arguments);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message());
    return 2;
  }
  const auto outcome = run(*config);
  if (outcome) return 0;
  fmt::print(stderr, "{}\n", outcome.error().message());
  return 1;
}

}  // namespace

int RunBackup(const std::string& folder, const ConfigArguments& arguments) {
  return Finish(arguments,
                [&](const Config& config) { return BackUp(config, fs::absolute(folder)); });
}

int RunRestore(const std::string& backup, const ConfigArguments& arguments) {
  return Finish(arguments, [&](const Config& config) { return RestoreInto(config, backup); });
}

}  // namespace freshet::app
