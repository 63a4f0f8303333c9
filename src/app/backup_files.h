// A backup on disk (docs/formats/backup.md): files, and a list of them with their checksums.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/result.h"

namespace freshet::app {

struct BackupFile {
  std::string path;  // in the data folder, with '/'
  std::int64_t bytes = 0;
  std::string sha256;  // in hexadecimal digits

  static constexpr auto Describe() {
    return Description("BackupFile", "One file.", Field("path", &BackupFile::path),
                       Field("bytes", &BackupFile::bytes), Field("sha256", &BackupFile::sha256));
  }
};

struct BackupManifest {
  std::int64_t format = 1;
  std::string version;
  Timestamp taken_at;
  std::vector<BackupFile> files;

  std::int64_t bytes() const;

  static constexpr auto Describe() {
    return Description(
        "BackupManifest", "What a backup holds.", Field("format", &BackupManifest::format),
        Field("version", &BackupManifest::version), Field("taken_at", &BackupManifest::taken_at),
        Field("files", &BackupManifest::files));
  }
};

// Told of bytes as they are read or written; false ends the work, with kUnavailable.
using OnBytes = std::function<bool(std::int64_t)>;

// A folder that has its name only when everything is in it. Before, it is `target`.partial, which
// the destructor removes.
class NewFolder {
 public:
  // Errors: kConflict (code "target_exists": something is there, unless it is an empty folder; code
  // "partial_exists": another one is being made, or was left by a crash), kForbidden, kUnavailable.
  static Result<NewFolder> Make(const std::filesystem::path& wanted);
  NewFolder(NewFolder&& other) noexcept;
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder();

  const std::filesystem::path& path() const { return partial_; }
  // Makes all of it durable under its name. Errors: kUnavailable.
  Result<> Finish();

 private:
  NewFolder(std::filesystem::path target, std::filesystem::path partial)
      : target_(std::move(target)), partial_(std::move(partial)) {}

  std::filesystem::path target_;
  std::filesystem::path partial_;  // empty once it is finished or somebody else's
};

// The files below `root`/`name`, or that file itself, as paths from `root`; sorted. What RocksDB
// writes for people, locks and unfinished files are left out.
std::vector<std::string> FilesOf(const std::filesystem::path& root, const std::string& name);
std::int64_t SizeOf(const std::filesystem::path& root, const std::vector<std::string>& files);

// Errors: kExhausted (code "disk_full") when the disk of `folder` has no room for `bytes` more.
Result<> CheckRoom(const std::filesystem::path& folder, std::int64_t bytes);

// Copies one file, durably. Errors: kExhausted (code "disk_full"), kUnavailable.
Result<BackupFile> CopyFile(const std::filesystem::path& from_root,
                            const std::filesystem::path& to_root, const std::string& path,
                            const OnBytes& on_bytes);
// Reads the file from the disk, not from memory.
Result<BackupFile> Measure(const std::filesystem::path& root, const std::string& path,
                           const OnBytes& on_bytes);
// Whether the files below `root` are what the list says. Errors: kCorrupt, which names the file.
Result<> Verify(const std::filesystem::path& root, const std::vector<BackupFile>& files,
                const OnBytes& on_bytes);

// Errors: kNotFound (no backup is there), kCorrupt, kConflict (code "newer_format").
Result<BackupManifest> ReadManifest(const std::filesystem::path& backup);
Result<> WriteManifest(const std::filesystem::path& backup, const BackupManifest& manifest);

}  // namespace freshet::app
