#include "net/auth/keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/bytes.h"
#include "net/auth/jwt.h"

namespace freshet::net {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".pem";
constexpr std::string_view kTemporary = ".new-";
constexpr std::uintmax_t kMaxFileBytes = 16'384;
constexpr Duration kLookAgainAfter{1'000};
constexpr std::chrono::hours kRotationCheck{1};
// A leftover that is older than this belongs to a process that died.
constexpr std::chrono::minutes kTemporaryLife{10};

Failure DiskFailure(std::string_view what, const fs::path& path) {
  return Unavailable(fmt::format("{} {}: {}", what, path.string(), std::strerror(errno)));
}

class File {
 public:
  File(const fs::path& path, int flags, mode_t mode = 0)
      : descriptor_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

Result<> WriteAll(const File& file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return DiskFailure("cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  if (fsync(file.get()) != 0) return DiskFailure("cannot write", path);
  return {};
}

// Writes beside, then renames, so that `path` appears whole or not at all.
Result<> WriteWhole(const fs::path& path, std::string_view bytes) {
  const fs::path beside =
      path.parent_path() / fmt::format("{}{}", kTemporary, EncodeHex(RandomBytes(8)));
  {
    const File file(beside, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file.get() < 0) return DiskFailure("cannot create", beside);
    RETURN_IF_ERROR(WriteAll(file, bytes, beside));
  }
  if (rename(beside.c_str(), path.c_str()) != 0) return DiskFailure("cannot create", path);
  const File folder(path.parent_path(), O_RDONLY | O_DIRECTORY);
  if (folder.get() < 0 || fsync(folder.get()) != 0) {
    return DiskFailure("cannot write", path.parent_path());
  }
  return {};
}

Result<> CheckPrivate(const fs::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return DiskFailure("cannot read", path);
  if ((status.st_mode & 0077) != 0) {
    return Invalid(
        fmt::format("others can read {}, which holds private keys; run: chmod {} {}", path.string(),
                    S_ISDIR(status.st_mode) ? "700" : "600", path.string()),
        "keys_not_private");
  }
  return {};
}

}  // namespace

SigningKeys::SigningKeys(fs::path folder, SigningKeysOptions options, const Clock& clock,
                         Logger& logger)
    : folder_(std::move(folder)),
      options_(options),
      clock_(clock),
      logger_(logger),
      keys_(std::make_shared<const Keys>()) {}

Result<std::unique_ptr<SigningKeys>> SigningKeys::Open(fs::path folder, SigningKeysOptions options,
                                                       const Clock& clock, Logger& logger) {
  std::unique_ptr<SigningKeys> keys(new SigningKeys(std::move(folder), options, clock, logger));
  RETURN_IF_ERROR(keys->Prepare());
  RETURN_IF_ERROR(keys->Rotate());
  return keys;
}

Result<> SigningKeys::Prepare() {
  std::error_code error;
  fs::create_directories(folder_.parent_path(), error);
  if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    return DiskFailure("cannot create", folder_);
  }
  RETURN_IF_ERROR(CheckPrivate(folder_));
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const bool temporary = entry.path().filename().string().starts_with(kTemporary);
    const auto written = entry.last_write_time(error);
    if (temporary && !error && fs::file_time_type::clock::now() - written > kTemporaryLife) {
      fs::remove(entry.path(), error);
    }
  }
  return {};
}

Result<SigningKeys::Keys> SigningKeys::Load() const {
  Keys keys;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kSuffix) || name.starts_with('.')) continue;
    ASSIGN_OR_RETURN(Held held, LoadFile(entry.path()));
    keys.push_back(std::move(held));
  }
  if (error) {
    return Unavailable(fmt::format("cannot read {}: {}", folder_.string(), error.message()));
  }
  std::ranges::sort(keys, {}, [](const Held& held) {
    return std::pair(held.created, std::string_view(held.key->id()));
  });
  return keys;
}

Result<SigningKeys::Held> SigningKeys::LoadFile(const fs::path& file) const {
  const auto known = Snapshot();
  for (const Held& held : *known) {
    if (held.file == file) return held;
  }
  RETURN_IF_ERROR(CheckPrivate(file));
  std::ifstream input(file, std::ios::binary);
  std::string pem(kMaxFileBytes, '\0');
  input.read(pem.data(), static_cast<std::streamsize>(pem.size()));
  pem.resize(static_cast<std::size_t>(input.gcount()));
  auto key = SigningKey::FromPem(pem);
  if (!key) return Failure(std::move(key).error().Within(file.string()));
  const std::string name = file.filename().string();
  std::int64_t created = 0;
  const auto [end, malformed] = std::from_chars(name.data(), name.data() + name.size(), created);
  if (malformed != std::errc() || end != name.data() + name.find('.') ||
      name != fmt::format("{}.{}{}", created, key->id(), kSuffix)) {
    return Corrupt(
        fmt::format("{} holds the key {}, which its name does not say", file.string(), key->id()));
  }
  return Held{Timestamp(std::chrono::milliseconds(created)), file,
              std::make_shared<const SigningKey>(*std::move(key))};
}

Result<SigningKeys::Held> SigningKeys::Create() const {
  ASSIGN_OR_RETURN(SigningKey key, SigningKey::Generate(options_.algorithm));
  const Timestamp now = clock_.Now();
  const fs::path file =
      folder_ / fmt::format("{}.{}{}", now.time_since_epoch().count(), key.id(), kSuffix);
  RETURN_IF_ERROR(WriteWhole(file, key.ToPem()));
  return Held{now, file, std::make_shared<const SigningKey>(std::move(key))};
}

bool SigningKeys::Retired(const Keys& keys, std::size_t index) const {
  return index + 1 < keys.size() &&
         clock_.Now() >= keys[index + 1].created + options_.longest_token + kClockLeeway;
}

Result<> SigningKeys::Rotate() {
  MutexLock disk(disk_);
  ASSIGN_OR_RETURN(Keys keys, Load());
  if (keys.empty() || clock_.Now() >= keys.back().created + options_.key_lifetime) {
    ASSIGN_OR_RETURN(Held created, Create());
    logger_.Info("A new key signs access tokens", {{"kid", created.key->id()}});
    keys.push_back(std::move(created));
  }
  Keys kept;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!Retired(keys, i)) {
      kept.push_back(keys[i]);
      continue;
    }
    std::error_code error;
    fs::remove(keys[i].file, error);
    logger_.Info("A signing key is retired", {{"kid", keys[i].key->id()}});
  }
  Publish(std::move(kept));
  return {};
}

std::shared_ptr<const SigningKeys::Keys> SigningKeys::Snapshot() const {
  MutexLock lock(mutex_);
  return keys_;
}

void SigningKeys::Publish(Keys keys) {
  auto shared = std::make_shared<const Keys>(std::move(keys));
  MutexLock lock(mutex_);
  keys_ = std::move(shared);
}

std::shared_ptr<const SigningKey> SigningKeys::Current() const { return Snapshot()->back().key; }

std::optional<VerificationKey> SigningKeys::Find(std::string_view key_id) {
  const auto keys = Snapshot();
  for (std::size_t i = 0; i < keys->size(); ++i) {
    if ((*keys)[i].key->id() != key_id) continue;
    if (Retired(*keys, i)) return std::nullopt;
    return (*keys)[i].key->verification();
  }
  unknown_key_.Notify();
  return std::nullopt;
}

std::string SigningKeys::PublicJwks() const {
  const auto keys = Snapshot();
  std::string json = R"({"keys":[)";
  // The newest first: it is the one that most tokens need.
  for (std::size_t i = keys->size(); i-- > 0;) {
    if (Retired(*keys, i)) continue;
    if (json.back() == '}') json += ',';
    json += (*keys)[i].key->verification().ToJwk();
  }
  return json + "]}";
}

Awaitable<void> SigningKeys::KeepRotating(BlockingPool& pool, std::stop_token stop) {
  const std::stop_callback on_stop(stop, [this] { unknown_key_.Notify(); });
  do {
    co_await unknown_key_.Wait(Deadline::After(clock_, kRotationCheck), clock_);
    unknown_key_.Clear();
    if (stop.stop_requested()) co_return;
    const Result<> rotated = co_await pool.Run([this]() -> Result<> { return Rotate(); });
    if (!rotated) {
      logger_.Error("The signing keys were not rotated", {{"error", rotated.error().ToString()}});
    }
  } while (co_await Sleep(kLookAgainAfter, stop));  // made-up ids must not keep the disk busy
}

}  // namespace freshet::net
