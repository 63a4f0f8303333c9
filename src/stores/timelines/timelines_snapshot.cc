#include "stores/timelines/timelines_snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/crc32c.h"

namespace freshet::stores {
namespace {
constexpr std::string_view kMagic = "frshtTL\n";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kLargeBuffer = std::size_t{1} << 20;
constexpr std::size_t kLongestBlock = std::size_t{1} << 28;
constexpr std::size_t kLongestPosition = std::size_t{1} << 20;
constexpr std::uint64_t kLatestSecond = std::uint64_t{1} << 40;
constexpr std::size_t kBlockHeader = 5;  // kind, length
constexpr char kPosts = 'P';
constexpr char kTimelines = 'T';
constexpr char kEnd = 'E';

void PutFixed(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

void PutVarint(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

Failure Refused(std::string_view what, const std::filesystem::path& path) {
  return Unavailable(fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

Failure Damaged(std::string_view what) {
  return Corrupt(fmt::format("the snapshot of timelines is damaged: {}", what));
}

// Reads numbers off a text; what does not fit makes it fail for good.
class Scanner {
 public:
  explicit Scanner(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t Fixed(std::size_t bytes) {
    if (rest_.size() < bytes) return Fail();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    }
    rest_.remove_prefix(bytes);
    return value;
  }
  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

 private:
  std::uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

  // Exactly `count` bytes. Errors: kCorrupt at the end of the file, kUnavailable.
  Result<std::string> Read(std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t have = 0; have < count;) {
      const ssize_t got = ::read(descriptor_, bytes.data() + have, count - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Refused("read", "the snapshot");
      if (got == 0) return Damaged("it ends too early");
      have += static_cast<std::size_t>(got);
    }
    return bytes;
  }

 private:
  int descriptor_;
};

struct Block {
  char kind;
  std::string payload;
};

Result<Block> ReadBlock(File& file) {
  ASSIGN_OR_RETURN(std::string bytes, file.Read(kBlockHeader));
  const char kind = bytes[0];
  const std::uint64_t length = Scanner(std::string_view(bytes).substr(1)).Fixed(4);
  if (length > kLongestBlock) return Damaged("a block is too long");
  ASSIGN_OR_RETURN(const std::string rest, file.Read(length + 4));
  bytes.append(rest, 0, length);
  if (Scanner(std::string_view(rest).substr(length)).Fixed(4) != Crc32c(bytes)) {
    return Damaged("a block's checksum is wrong");
  }
  return Block{.kind = kind, .payload = bytes.substr(kBlockHeader)};
}

class Reader {
 public:
  explicit Reader(const SnapshotVisitor& visitor) : visitor_(visitor) {}

  Result<std::string> ReadHeader(File& file) {
    ASSIGN_OR_RETURN(std::string header, file.Read(kMagic.size() + 16));
    if (!header.starts_with(kMagic)) return Damaged("it is no snapshot of timelines");
    Scanner scan(std::string_view(header).substr(kMagic.size()));
    const std::uint64_t version = scan.Fixed(4);
    if (version > kVersion) {
      return Conflict(fmt::format("the snapshot has version {}; this program reads up to {}",
                                  version, kVersion),
                      "newer_version");
    }
    scan.Fixed(8);  // when it was saved: for people
    const std::uint64_t length = scan.Fixed(4);
    if (version == 0 || length > kLongestPosition) return Damaged("its header makes no sense");
    ASSIGN_OR_RETURN(const std::string rest, file.Read(length + 4));
    header.append(rest, 0, length);
    if (Scanner(std::string_view(rest).substr(length)).Fixed(4) != Crc32c(header)) {
      return Damaged("its header's checksum is wrong");
    }
    return rest.substr(0, length);
  }

  Result<> Take(const Block& block) {
    Scanner scan(block.payload);
    const std::uint64_t count = scan.Varint();
    if (block.kind == kPosts) return TakePosts(scan, count);
    if (block.kind == kTimelines) return TakeTimelines(scan, count);
    return Damaged("a block is of no known kind");
  }

  Result<> CheckEnd(const Block& block) const {
    Scanner scan(block.payload);
    const bool right = scan.Varint() == timelines_ && scan.Varint() == posts_;
    if (!right || !scan.done()) return Damaged("blocks are missing");
    return {};
  }

 private:
  Result<> TakePosts(Scanner scan, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && scan.ok(); ++i) {
      const PostId post{scan.Fixed(8)};
      const AccountId author{scan.Fixed(8)};
      if (!scan.ok() || !post || post.value > kMaxIdValue) return Damaged("a post is impossible");
      visitor_.post({.post = post, .author = author});
      ++posts_;
    }
    if (!scan.done()) return Damaged("a block of posts is not what it says");
    return {};
  }

  Result<> TakeTimelines(Scanner scan, std::uint64_t count) {
    SnapshotTimeline timeline;
    for (std::uint64_t i = 0; i < count && scan.ok(); ++i) {
      const std::uint64_t kind = scan.Fixed(1);
      timeline.key = {.kind = static_cast<TimelineKind>(kind), .owner = {scan.Varint()}};
      timeline.complete_from = PostId{scan.Varint()};
      const std::uint64_t last_read = scan.Varint();
      const std::uint64_t entries = scan.Varint();
      if (!scan.ok() || kind > 1 || timeline.key.owner.value > kMaxIdValue ||
          last_read > kLatestSecond || entries > scan.left()) {
        return Damaged("a timeline is impossible");
      }
      timeline.last_read = Timestamp(std::chrono::seconds(last_read));
      timeline.posts.resize(entries);
      for (std::uint32_t& number : timeline.posts) {
        const std::uint64_t read = scan.Varint();
        if (read >= posts_) return Damaged("a timeline holds a post that is not there");
        number = static_cast<std::uint32_t>(read);
      }
      if (!scan.ok()) break;
      RETURN_IF_ERROR(visitor_.timeline(timeline));
      ++timelines_;
    }
    if (!scan.done()) return Damaged("a block of timelines is not what it says");
    return {};
  }

  const SnapshotVisitor& visitor_;
  std::uint64_t posts_ = 0;
  std::uint64_t timelines_ = 0;
};
}  // namespace

Result<std::unique_ptr<TimelinesSnapshotWriter>> TimelinesSnapshotWriter::Open(
    const std::filesystem::path& path, Timestamp saved_at, std::string_view position) {
  if (position.size() > kLongestPosition) return Invalid("the position is too long");
  const auto temporary = path.string() + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Refused("create", temporary);
  std::unique_ptr<TimelinesSnapshotWriter> writer(new TimelinesSnapshotWriter(path, file));
  std::string header(kMagic);
  PutFixed(header, kVersion, 4);
  PutFixed(header, static_cast<std::uint64_t>(saved_at.time_since_epoch().count()), 8);
  PutFixed(header, position.size(), 4);
  header += position;
  PutFixed(header, Crc32c(header), 4);
  RETURN_IF_ERROR(writer->Write(header));
  return writer;
}

TimelinesSnapshotWriter::TimelinesSnapshotWriter(std::filesystem::path path, int file)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp"), file_(file) {}

TimelinesSnapshotWriter::~TimelinesSnapshotWriter() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(temporary_.c_str());
}

void TimelinesSnapshotWriter::Add(TimelineEntry post) {
  PutFixed(posts_, post.post.value, 8);
  PutFixed(posts_, post.author.value, 8);
  ++buffered_posts_;
}

void TimelinesSnapshotWriter::Add(const SnapshotTimeline& timeline) {
  PutFixed(timelines_, static_cast<std::uint64_t>(timeline.key.kind), 1);
  PutVarint(timelines_, timeline.key.owner.value);
  PutVarint(timelines_, timeline.complete_from.value);
  const auto read = std::chrono::floor<std::chrono::seconds>(timeline.last_read);
  PutVarint(timelines_, static_cast<std::uint64_t>(read.time_since_epoch().count()));
  PutVarint(timelines_, timeline.posts.size());
  for (const std::uint32_t number : timeline.posts) PutVarint(timelines_, number);
  ++buffered_timelines_;
}

Result<> TimelinesSnapshotWriter::FlushIfLarge() {
  if (posts_.size() + timelines_.size() < kLargeBuffer) return {};
  return Flush();
}

Result<> TimelinesSnapshotWriter::Flush() {
  if (buffered_posts_ > 0) RETURN_IF_ERROR(WriteBlock(kPosts, buffered_posts_, posts_));
  if (buffered_timelines_ > 0) {
    RETURN_IF_ERROR(WriteBlock(kTimelines, buffered_timelines_, timelines_));
  }
  written_posts_ += std::exchange(buffered_posts_, 0);
  written_timelines_ += std::exchange(buffered_timelines_, 0);
  posts_.clear();
  timelines_.clear();
  return {};
}

Result<> TimelinesSnapshotWriter::WriteBlock(char kind, std::uint64_t count,
                                             std::string_view payload) {
  std::string counted;
  PutVarint(counted, count);
  std::string block(1, kind);
  PutFixed(block, counted.size() + payload.size(), 4);
  block += counted;
  block += payload;
  PutFixed(block, Crc32c(block), 4);
  return Write(block);
}

Result<> TimelinesSnapshotWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Refused("write", temporary_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> TimelinesSnapshotWriter::Finish() {
  RETURN_IF_ERROR(Flush());
  std::string posts;
  PutVarint(posts, written_posts_);
  RETURN_IF_ERROR(WriteBlock(kEnd, written_timelines_, posts));
  if (::fsync(file_) != 0) return Refused("sync", temporary_);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return Refused("rename", temporary_);
  ::close(std::exchange(file_, -1));
  const auto parent = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  const File directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open() || ::fsync(directory.descriptor()) != 0) return Refused("sync", parent);
  return {};
}

Result<std::string> ReadSnapshot(const std::filesystem::path& path,
                                 const SnapshotVisitor& visitor) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open() && errno == ENOENT) return NotFound("there is no snapshot of timelines");
  if (!file.open()) return Refused("open", path);
  Reader reader(visitor);
  ASSIGN_OR_RETURN(std::string position, reader.ReadHeader(file));
  for (;;) {
    ASSIGN_OR_RETURN(const Block block, ReadBlock(file));
    if (block.kind == kEnd) {
      RETURN_IF_ERROR(reader.CheckEnd(block));
      return position;
    }
    RETURN_IF_ERROR(reader.Take(block));
  }
}

}  // namespace freshet::stores
