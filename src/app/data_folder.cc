#include "app/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/bytes.h"

namespace freshet::app {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr std::uintmax_t kLeastFree = 16 << 20;
constexpr std::string_view kLockName = "lock";
constexpr std::string_view kFormatName = "format";
constexpr std::string_view kAddressName = "address";
constexpr std::string_view kCursorKeyName = "cursor.key";

Failure FromErrno(const fs::path& path, std::string_view doing) {
  const std::string message = fmt::format("{} {}: {}", doing, path.string(), std::strerror(errno));
  if (errno == EACCES || errno == EPERM || errno == EROFS) return Forbidden(message);
  if (errno == ENOSPC || errno == EDQUOT) return Exhausted(message, "disk_full");
  return Unavailable(message);
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<> CheckFormat(const fs::path& folder) {
  const fs::path path = folder / kFormatName;
  if (!fs::exists(path)) return ReplaceFile(path, fmt::format("{}\n", kFormat));
  const std::string text = ReadFile(path);
  const int format = std::atoi(text.c_str());
  if (format < 1) return Corrupt(path.string() + " does not say which format the folder has.");
  if (format > kFormat) {
    return Conflict(fmt::format("{} was written by a newer freshet (format {}, this one knows {}); "
                                "install that version or choose another folder with --data.",
                                folder.string(), format, kFormat),
                    "newer_format");
  }
  return {};
}

// An engine that finds no room while it opens its files may abort instead of telling.
Result<> CheckSpace(const fs::path& folder) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= kLeastFree) return {};
  return Exhausted(
      fmt::format("The disk of {} has {} MiB free, and a start needs {} MiB; free some space.",
                  folder.string(), space.available >> 20, kLeastFree >> 20),
      "disk_full");
}

}  // namespace

Result<> ReplaceFile(const fs::path& path, std::string_view content) {
  const fs::path temporary = path.string() + ".new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return FromErrno(temporary, "cannot write");
  bool ok = write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  ok = ok && fsync(file) == 0;
  close(file);
  if (!ok || rename(temporary.c_str(), path.c_str()) != 0) {
    auto failure = FromErrno(path, "cannot write");
    unlink(temporary.c_str());
    return failure;
  }
  const int folder = open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return {};
}

Result<DataFolder> DataFolder::Open(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (fs::create_directories(absolute, error))
    fs::permissions(absolute, fs::perms::owner_all, error);
  const fs::path lock_path = absolute / kLockName;
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return FromErrno(absolute, "cannot use the data folder");
  DataFolder folder(absolute, lock);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return Conflict(
        fmt::format(
            "{} is in use by another freshet; stop that one or choose another folder with --data.",
            absolute.string()),
        "data_folder_in_use");
  }
  RETURN_IF_ERROR(CheckSpace(absolute));
  RETURN_IF_ERROR(CheckFormat(absolute));
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) close(lock_);
}

fs::path DataFolder::Subfolder(std::string_view name) const {
  const fs::path folder = path_ / name;
  std::error_code error;
  if (fs::create_directories(folder, error)) fs::permissions(folder, fs::perms::owner_all, error);
  return folder;
}

Result<std::string> DataFolder::CursorKey() const {
  const fs::path path = Subfolder("keys") / kCursorKeyName;
  if (!fs::exists(path)) {
    std::string key = RandomBytes(32);
    RETURN_IF_ERROR(ReplaceFile(path, key));
    return key;
  }
  std::string key = ReadFile(path);
  if (key.size() != 32)
    return Corrupt(path.string() +
                   " is damaged; remove it to make a new key, which ends all cursors.");
  return key;
}

Result<> DataFolder::PublishAddress(const std::string& url) const {
  return ReplaceFile(path_ / kAddressName, url + "\n");
}

void DataFolder::WithdrawAddress() const {
  std::error_code ignored;
  fs::remove(path_ / kAddressName, ignored);
}

std::string DataFolder::PublishedAddress(const fs::path& path) {
  std::string url = ReadFile(path / kAddressName);
  while (!url.empty() && url.back() == '\n') url.pop_back();
  return url;
}

}  // namespace freshet::app
