// The folder in which an embedded installation keeps everything.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace freshet::app {

// One process at a time holds a data folder. Movable; lets go of the folder when destroyed.
class DataFolder {
 public:
  // Makes the folder if need be and takes its lock, which the system releases even after SIGKILL.
  // Errors: kConflict (code "data_folder_in_use": another process holds it; code "newer_format":
  // a newer freshet wrote it), kForbidden (no permission), kExhausted (disk full), kUnavailable.
  static Result<DataFolder> Open(const std::filesystem::path& path);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;
  ~DataFolder();

  const std::filesystem::path& path() const { return path_; }
  // Made with these rights only: read, write and enter for the owner.
  std::filesystem::path Subfolder(std::string_view name) const;

  // 32 random bytes that this installation signs its cursors with, made at the first start.
  // Errors: kUnavailable, kCorrupt.
  Result<std::string> CursorKey() const;

  // Leaves the server's address for the command line of the same machine to find.
  Result<> PublishAddress(const std::string& url) const;
  void WithdrawAddress() const;
  // The address that a running server published, or an empty text.
  static std::string PublishedAddress(const std::filesystem::path& path);

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_ = -1;
};

// Writes a file so that after a crash either the old or the new content is there, whole.
// Errors: kExhausted (disk full), kUnavailable.
Result<> ReplaceFile(const std::filesystem::path& path, std::string_view content);

}  // namespace freshet::app
