#include "stores/counters/counters_snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/crc32c.h"
#include "stores/counters/bytes_io.h"

namespace freshet::stores {
namespace {

constexpr std::string_view kMagic = "freshet counters";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kHeaderBytes = 16 + 1 + 4 + 4;        // magic, format, partitions, checksum
constexpr std::size_t kSectionHeaderBytes = 8 + 8 + 4 + 4;  // next, bytes, two checksums

std::filesystem::path BesideOf(const std::filesystem::path& file) { return file.string() + ".new"; }

Failure FailureOf(int error, std::string_view what) {
  const std::string message =
      fmt::format("The snapshot of the counters: {}: {}", what, std::strerror(error));
  if (error == ENOSPC || error == EDQUOT) {
    return Failure(
        Error(ErrorKind::kExhausted, message, "disk_full").WithRetryAfter(Duration(5'000)));
  }
  return Unavailable(message);
}

Failure Damaged() { return Corrupt("The snapshot of the counters is damaged."); }

Result<> Sync(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FailureOf(errno, "opening its folder");
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (error != 0) return FailureOf(error, "syncing its folder");
  return {};
}

}  // namespace

CountersSnapshotWriter::CountersSnapshotWriter(std::filesystem::path file, int descriptor)
    : file_(std::move(file)), descriptor_(descriptor) {}

CountersSnapshotWriter::CountersSnapshotWriter(CountersSnapshotWriter&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

CountersSnapshotWriter::~CountersSnapshotWriter() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(BesideOf(file_).c_str());
}

Result<CountersSnapshotWriter> CountersSnapshotWriter::Begin(const std::filesystem::path& file,
                                                             std::uint32_t partitions) {
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  if (failure) return FailureOf(failure.value(), "making its folder");
  const int descriptor =
      ::open(BesideOf(file).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return FailureOf(errno, "opening it");
  CountersSnapshotWriter writer(file, descriptor);
  std::string header(kMagic);
  PutNumber(header, kFormat);
  PutNumber(header, partitions);
  PutNumber(header, Crc32c(header));
  RETURN_IF_ERROR(writer.Write(header));
  return writer;
}

Result<> CountersSnapshotWriter::Add(Offset next, std::string_view section) {
  std::string header;
  PutNumber(header, next);
  PutNumber(header, std::uint64_t{section.size()});
  PutNumber(header, Crc32c(section));
  PutNumber(header, Crc32c(header));
  RETURN_IF_ERROR(Write(header));
  return Write(section);
}

Result<> CountersSnapshotWriter::Finish() {
  if (::fsync(descriptor_) != 0) return FailureOf(errno, "syncing it");
  if (::close(std::exchange(descriptor_, -1)) != 0) return FailureOf(errno, "closing it");
  if (std::rename(BesideOf(file_).c_str(), file_.c_str()) != 0) {
    return FailureOf(errno, "replacing it");
  }
  return Sync(file_.parent_path());
}

Result<> CountersSnapshotWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FailureOf(errno, "writing it");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::optional<std::vector<PartitionSnapshot>>> ReadSnapshot(
    const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    if (errno == ENOENT) return std::optional<std::vector<PartitionSnapshot>>();
    return FailureOf(errno, "opening it");
  }
  const auto read = [&](std::size_t count) {
    std::string bytes(count, '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    return bytes;
  };
  const std::string header = read(kHeaderBytes);
  ByteReader reader(header);
  if (reader.Bytes(kMagic.size()) != kMagic) return Damaged();
  if (const auto format = reader.Number<std::uint8_t>(); format > kFormat) {
    return Invalid(fmt::format("The snapshot of the counters was written in format {} by a newer "
                               "version; this one reads up to format {}. Run the newer version.",
                               format, kFormat),
                   "newer_format");
  }
  const auto count = reader.Number<std::uint32_t>();
  if (Crc32c(header.substr(0, kHeaderBytes - 4)) != reader.Number<std::uint32_t>()) {
    return Damaged();
  }
  const std::uint64_t file_bytes = std::filesystem::file_size(file);
  std::vector<PartitionSnapshot> partitions;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string section_header = read(kSectionHeaderBytes);
    ByteReader section_reader(section_header);
    const auto next = section_reader.Number<Offset>();
    const auto bytes = section_reader.Number<std::uint64_t>();
    const auto checksum = section_reader.Number<std::uint32_t>();
    const auto header_checksum = section_reader.Number<std::uint32_t>();
    if (!section_reader.ok() || bytes > file_bytes ||
        Crc32c(std::string_view(section_header).substr(0, kSectionHeaderBytes - 4)) !=
            header_checksum) {
      return Damaged();
    }
    const std::string section = read(bytes);
    if (section.size() != bytes || Crc32c(section) != checksum) return Damaged();
    ASSIGN_OR_RETURN(auto state, CounterState::Decode(section));
    partitions.push_back({next, std::move(state)});
  }
  if (stream.peek() != std::ifstream::traits_type::eof()) return Damaged();
  return partitions;
}

}  // namespace freshet::stores
