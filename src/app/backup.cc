#include "app/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/version.h"

namespace freshet::app {
namespace {

namespace fs = std::filesystem;

constexpr Duration kCutDeadline{60'000};
constexpr std::string_view kDataName = "data";
constexpr std::string_view kDatabaseName = "freshet.sqlite";
// What is in a data folder beside the stores, and does not belong to one process's life.
constexpr std::array kPlain{"format", "freshet.toml", "demo", "keys"};
constexpr std::array kStores{"freshet.sqlite", "freshet.sqlite-wal", "log", "activity", "counters"};

OnBytes Counting(ops::Progress& progress) {
  return [&progress](std::int64_t bytes) {
    progress.Add(bytes);
    return !progress.stopping();
  };
}

// Files that are copied from one folder.
struct Source {
  fs::path root;
  std::vector<std::string> files;

  template <class Names>
  static Source Of(const fs::path& root, const Names& names) {
    Source source{root, {}};
    for (const auto& name : names)
      std::ranges::move(FilesOf(root, name), std::back_inserter(source.files));
    return source;
  }
};

Result<> CopyInto(const fs::path& to, const Source& source, BackupManifest& manifest,
                  ops::Progress& progress) {
  for (const auto& path : source.files) {
    ASSIGN_OR_RETURN(auto copied, CopyFile(source.root, to, path, Counting(progress)));
    manifest.files.push_back(std::move(copied));
  }
  return {};
}

// Reads everything back before the backup gets its name.
Result<BackupSummary> Complete(NewFolder& target, const BackupManifest& manifest,
                               ops::Progress& progress) {
  progress.Begin("verifying", "bytes", manifest.bytes());
  RETURN_IF_ERROR(Verify(target.path() / kDataName, manifest.files, Counting(progress)));
  RETURN_IF_ERROR(WriteManifest(target.path(), manifest));
  RETURN_IF_ERROR(target.Finish());
  const BackupSummary summary{static_cast<std::int64_t>(manifest.files.size()), manifest.bytes()};
  progress.Note("files", summary.files);
  progress.Note("bytes", summary.bytes);
  return summary;
}

struct BackupRequest {
  std::string folder;

  static constexpr auto Describe() {
    return Description(
        "BackupRequest", "Where a backup goes.",
        Field("folder", &BackupRequest::folder)
            .Length(1, 4'096)
            .Doc("A name in the folder that the option backups.folder names; from the command line "
                 "of the server's machine any absolute path. It must not be there."));
  }
};

bool IsPlainName(std::string_view name) {
  return name.size() <= 100 && !name.starts_with('.') &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

Result<BackupSummary> BackUpStopped(const DataFolder& folder, const fs::path& target,
                                    ops::Progress& progress) {
  ASSIGN_OR_RETURN(auto made, NewFolder::Make(target));
  const auto plain = Source::Of(folder.path(), kPlain);
  const auto stores = Source::Of(folder.path(), kStores);
  const auto bytes = SizeOf(plain.root, plain.files) + SizeOf(stores.root, stores.files);
  RETURN_IF_ERROR(CheckRoom(made.path(), bytes));
  progress.Begin("copying", "bytes", bytes);
  BackupManifest manifest{
      .version = std::string(kVersion), .taken_at = SystemClock().Now(), .files = {}};
  for (const auto* source : {&plain, &stores})
    RETURN_IF_ERROR(CopyInto(made.path() / kDataName, *source, manifest, progress));
  return Complete(made, manifest, progress);
}

Result<BackupSummary> Restore(const fs::path& backup, const fs::path& target,
                              ops::Progress& progress) {
  ASSIGN_OR_RETURN(const auto manifest, ReadManifest(backup));
  ASSIGN_OR_RETURN(auto made, NewFolder::Make(target));
  RETURN_IF_ERROR(CheckRoom(made.path(), manifest.bytes()));
  progress.Begin("copying", "bytes", manifest.bytes());
  for (const auto& file : manifest.files) {
    ASSIGN_OR_RETURN(const auto copied,
                     CopyFile(backup / kDataName, made.path(), file.path, Counting(progress)));
    if (copied.bytes != file.bytes || copied.sha256 != file.sha256) {
      return Corrupt(fmt::format("{} is damaged: it is not the file that was backed up.",
                                 (backup / kDataName / file.path).string()));
    }
  }
  progress.Begin("verifying", "bytes", manifest.bytes());
  RETURN_IF_ERROR(Verify(made.path(), manifest.files, Counting(progress)));
  RETURN_IF_ERROR(made.Finish());
  return BackupSummary{static_cast<std::int64_t>(manifest.files.size()), manifest.bytes()};
}

Backups::Backups(const Config& config, EmbeddedStores& stores, const DataFolder& folder,
                 Services& services)
    : options_(config.Get<BackupOptions>()),
      stores_(stores),
      folder_(folder),
      platform_(services.platform),
      staging_(folder.path() / "backup.staging"),
      runs_("backup", services.ids, platform_.clock, platform_.logger, platform_.metrics),
      held_(platform_.metrics.GetHistogram("freshet_backup_hold_seconds",
                                           "For how long a backup held writes up")),
      pool_("backup", 1, 4, platform_.metrics) {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);  // of a process that was killed
}

Backups::~Backups() = default;

Awaitable<Result<>> Backups::Take(fs::path target, ops::Progress& progress) {
  struct Staging {
    const fs::path& path;
    ~Staging() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  } const staging{staging_};
  CO_ASSIGN_OR_RETURN(auto made, co_await pool_.Run([&] { return NewFolder::Make(target); }));
  CO_ASSIGN_OR_RETURN(
      auto cut, co_await stores_.Cut(staging_, Deadline::After(platform_.clock, kCutDeadline)));
  held_.Observe(cut.held);
  progress.Note("held_ms", cut.held.count());
  co_return co_await pool_.Run([&] { return Copy(made, std::move(cut), progress); });
}

Result<> Backups::Copy(NewFolder& target, StoresCut cut, ops::Progress& progress) {
  const auto plain = Source::Of(folder_.path(), kPlain);
  const auto stores = Source::Of(staging_, kStores);
  const auto bytes =
      SizeOf(plain.root, plain.files) + SizeOf(stores.root, stores.files) + cut.database->bytes();
  RETURN_IF_ERROR(CheckRoom(target.path(), bytes));
  progress.Begin("copying", "bytes", bytes);
  const fs::path data = target.path() / kDataName;
  fs::create_directories(data);
  BackupManifest manifest{.version = std::string(kVersion), .taken_at = cut.at, .files = {}};
  // First, because the write-ahead log grows until it is done.
  const std::string database(kDatabaseName);
  RETURN_IF_ERROR(cut.database->WriteTo((data / database).string(), Counting(progress)));
  cut.database.reset();
  for (const auto* source : {&plain, &stores})
    RETURN_IF_ERROR(CopyInto(data, *source, manifest, progress));
  ASSIGN_OR_RETURN(auto measured, Measure(data, database, [](std::int64_t) { return true; }));
  manifest.files.push_back(std::move(measured));
  RETURN_IF_ERROR(Complete(target, manifest, progress));
  return {};
}

// A path from the command line is trusted: who can sign as the operator can write to the keys.
Result<fs::path> Backups::TargetOf(const net::Caller& caller, const std::string& name) const {
  const fs::path path(name);
  if (caller.account == ops::kOperator && path.is_absolute()) {
    fs::path normal = fs::weakly_canonical(path);
    const fs::path within = fs::relative(normal, fs::weakly_canonical(folder_.path()));
    if (!within.empty() && *within.begin() != "..")
      return Invalid("A backup cannot be put into the data folder.", "inside_data_folder");
    return normal;
  }
  if (options_.folder.empty()) {
    return Forbidden(
        "Backups over HTTP are off; set the option backups.folder, or run `freshet backup` on the "
        "server's machine.");
  }
  if (!IsPlainName(name)) return Invalid("The name may have letters, digits, '-', '_' and '.'.");
  return fs::absolute(fs::path(options_.folder) / name);
}

void Backups::AddRoutes(net::Routes& routes) {
  using net::Caller;
  routes.Post("/v1/admin/backups", net::Scope::kAdmin, net::RateClass::kAdmin)
      .Summary("Take a backup while everything goes on")
      .Tag("Operations")
      .Doc("It holds everything that was answered before it began. Watch it by its id.")
      .Answers<202, ops::RunReport>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kForbidden)
      .Fails(ErrorKind::kConflict, "already_running", "One is being taken.")
      .Handle([this](const Caller& caller,
                     net::Body<BackupRequest> body) -> Awaitable<Result<ops::RunReport>> {
        CO_ASSIGN_OR_RETURN(auto target, TargetOf(caller, body.value.folder));
        co_return runs_.Start(
            "backup", [this, target](ops::Progress& progress) { return Take(target, progress); });
      });
  routes.Get("/v1/admin/backups", net::Scope::kAdmin, net::RateClass::kAdmin)
      .Summary("Backups since the last start")
      .Tag("Operations")
      .Answers<200, ops::RunReports>()
      .Handle([this](const Caller&) -> Awaitable<Result<ops::RunReports>> {
        co_return ops::RunReports{runs_.List()};
      });
  routes.Get("/v1/admin/backups/{id}", net::Scope::kAdmin, net::RateClass::kAdmin)
      .Summary("One of them, and how far it is")
      .Tag("Operations")
      .Answers<200, ops::RunReport>()
      .Fails(ErrorKind::kNotFound)
      .Handle([this](const Caller&, std::string id) -> Awaitable<Result<ops::RunReport>> {
        co_return runs_.Find(id);
      });
}

}  // namespace freshet::app
