#include "app/backup_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "app/data_folder.h"
#include "base/bytes.h"
#include "net/json/json_reader.h"
#include "net/json/json_writer.h"

namespace freshet::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kPiece = 1 << 20;
constexpr std::int64_t kSpare = 16 << 20;
constexpr std::string_view kManifestName = "backup.json";

Failure FromErrno(std::string_view doing, const fs::path& path) {
  const std::string message =
      fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(errno));
  if (errno == EACCES || errno == EPERM || errno == EROFS) return Forbidden(message);
  if (errno == ENOSPC || errno == EDQUOT) return Exhausted(message, "disk_full");
  return Unavailable(message);
}

Failure Stopped() { return Unavailable("It was stopped before it was done."); }

class File {
 public:
  static Result<File> Open(const fs::path& path, int flags) {
    File file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
    if (file.descriptor_ < 0) return FromErrno("open", path);
    return file;
  }
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }

 private:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

Result<> SyncFolder(const fs::path& path) {
  ASSIGN_OR_RETURN(const auto folder, File::Open(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(folder.descriptor()) != 0) return FromErrno("make durable", path);
  return {};
}

Result<> WriteAll(const File& file, const fs::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FromErrno("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Calls `take` for each piece of the file.
template <class Take>
Result<BackupFile> ReadAll(const fs::path& root, const std::string& path, const OnBytes& on_bytes,
                           Take take) {
  ASSIGN_OR_RETURN(const auto file, File::Open(root / path, O_RDONLY));
  ::posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_SEQUENTIAL);
  BackupFile measured{.path = path, .bytes = 0, .sha256 = {}};
  Sha256Stream digest;
  std::string piece(kPiece, '\0');
  for (;;) {
    const ssize_t got = ::read(file.descriptor(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FromErrno("read", root / path);
    if (got == 0) break;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    digest.Add(bytes);
    RETURN_IF_ERROR(take(bytes));
    measured.bytes += got;
    if (!on_bytes(got)) return Stopped();
  }
  measured.sha256 = EncodeHex(AsBytes(digest.Finish()));
  return measured;
}

bool IsLeftOut(const std::string& name) {
  return name == "LOCK" || name == "LOG" || name.starts_with("LOG.old.") || name == "probe" ||
         name.ends_with(".new");
}

// A list from elsewhere must not write outside of the folder.
bool StaysInside(const fs::path& path) {
  return !path.empty() && path.is_relative() &&
         std::ranges::none_of(path, [](const fs::path& part) { return part == ".."; });
}

}  // namespace

std::int64_t BackupManifest::bytes() const {
  std::int64_t sum = 0;
  for (const auto& file : files) sum += file.bytes;
  return sum;
}

Result<NewFolder> NewFolder::Make(const fs::path& wanted) {
  std::error_code error;
  fs::path target = fs::absolute(wanted).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // "folder/"
  if (fs::exists(target, error) &&
      !(fs::is_directory(target, error) && fs::is_empty(target, error))) {
    return Conflict(fmt::format("{} is there already; choose another folder.", target.string()),
                    "target_exists");
  }
  const fs::path partial = target.string() + ".partial";
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  if (::mkdir(partial.c_str(), 0700) == 0) return NewFolder(target, partial);
  if (errno != EEXIST) return FromErrno("make", partial);
  return Conflict(
      fmt::format("{} is there: it is being made by another process, or was left by one "
                  "that was killed. If so, remove it.",
                  partial.string()),
      "partial_exists");
}

NewFolder::NewFolder(NewFolder&& other) noexcept
    : target_(std::move(other.target_)), partial_(std::exchange(other.partial_, {})) {}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!partial_.empty()) fs::remove_all(partial_, ignored);
}

Result<> NewFolder::Finish() {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(partial_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) RETURN_IF_ERROR(SyncFolder(entry->path()));
  }
  if (error) return Unavailable(fmt::format("{}: {}", partial_.string(), error.message()));
  RETURN_IF_ERROR(SyncFolder(partial_));
  if (::rename(partial_.c_str(), target_.c_str()) != 0) return FromErrno("rename", partial_);
  partial_.clear();
  return SyncFolder(fs::absolute(target_).parent_path());
}

std::vector<std::string> FilesOf(const fs::path& root, const std::string& name) {
  std::vector<std::string> files;
  std::error_code error;
  if (fs::is_regular_file(root / name, error)) return {name};
  for (fs::recursive_directory_iterator entry(root / name, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_regular_file() || IsLeftOut(entry->path().filename().string())) continue;
    files.push_back(fs::relative(entry->path(), root).generic_string());
  }
  std::ranges::sort(files);
  return files;
}

std::int64_t SizeOf(const fs::path& root, const std::vector<std::string>& files) {
  std::int64_t bytes = 0;
  for (const auto& path : files) {
    std::error_code error;
    const auto size = fs::file_size(root / path, error);
    if (!error) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

Result<> CheckRoom(const fs::path& folder, std::int64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  const std::int64_t needed = bytes + kSpare;
  if (error || static_cast<std::int64_t>(space.available) >= needed) return {};
  return Exhausted(fmt::format("The disk of {} has {} MiB free, and {} MiB are needed.",
                               folder.string(), space.available >> 20, needed >> 20),
                   "disk_full");
}

Result<BackupFile> CopyFile(const fs::path& from_root, const fs::path& to_root,
                            const std::string& path, const OnBytes& on_bytes) {
  const fs::path to = to_root / path;
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  ASSIGN_OR_RETURN(const auto file, File::Open(to, O_WRONLY | O_CREAT | O_EXCL));
  ASSIGN_OR_RETURN(auto copied, ReadAll(from_root, path, on_bytes, [&](std::string_view bytes) {
                     return WriteAll(file, to, bytes);
                   }));
  if (::fsync(file.descriptor()) != 0) return FromErrno("make durable", to);
  return copied;
}

Result<BackupFile> Measure(const fs::path& root, const std::string& path, const OnBytes& on_bytes) {
  {
    ASSIGN_OR_RETURN(const auto file, File::Open(root / path, O_RDONLY));
    ::posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_DONTNEED);
  }
  return ReadAll(root, path, on_bytes, [](std::string_view) { return Result<>(); });
}

Result<> Verify(const fs::path& root, const std::vector<BackupFile>& files,
                const OnBytes& on_bytes) {
  for (const auto& file : files) {
    ASSIGN_OR_RETURN(const auto found, Measure(root, file.path, on_bytes));
    if (found.bytes != file.bytes || found.sha256 != file.sha256)
      return Corrupt(fmt::format("{} is not what was written.", (root / file.path).string()));
  }
  return {};
}

Result<BackupManifest> ReadManifest(const fs::path& backup) {
  const fs::path path = backup / kManifestName;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return NotFound(
        fmt::format("{} holds no backup: there is no {} in it.", backup.string(), kManifestName));
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  auto manifest = net::ReadJson<BackupManifest>(text);
  if (!manifest) return Corrupt(path.string() + " is damaged: " + manifest.error().message());
  if (manifest->format > kFormat) {
    return Conflict(
        fmt::format("{} was taken by freshet {}, in a format that this version does not "
                    "know; restore it with that version.",
                    backup.string(), manifest->version),
        "newer_format");
  }
  for (const auto& file : manifest->files) {
    if (!StaysInside(file.path)) return Corrupt(path.string() + " names a file outside.");
  }
  return *std::move(manifest);
}

Result<> WriteManifest(const fs::path& backup, const BackupManifest& manifest) {
  return ReplaceFile(backup / kManifestName, net::ToJson(manifest) + "\n");
}

}  // namespace freshet::app
