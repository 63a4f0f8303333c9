// The file that the counters start from (docs/formats/counters.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/counters/counter_state.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

// Where one partition of the log was left, and what it had added up to.
struct PartitionSnapshot {
  Offset next = 0;  // the first record that is not in it
  CounterState state;
};

// Writes a snapshot section by section beside the old one, which it replaces at the end. A writer
// that is destroyed before leaves the old one. Blocks. Not thread-safe.
class CountersSnapshotWriter {
 public:
  // Errors of all: kExhausted (code "disk_full"), kUnavailable.
  static Result<CountersSnapshotWriter> Begin(const std::filesystem::path& file,
                                              std::uint32_t partitions);
  CountersSnapshotWriter(CountersSnapshotWriter&& other) noexcept;
  CountersSnapshotWriter& operator=(CountersSnapshotWriter&&) = delete;
  ~CountersSnapshotWriter();

  // In the order of the partitions.
  Result<> Add(Offset next, std::string_view section);
  // Returns when the file is durable under its name.
  Result<> Finish();

 private:
  CountersSnapshotWriter(std::filesystem::path file, int descriptor);
  Result<> Write(std::string_view bytes);

  std::filesystem::path file_;
  int descriptor_ = -1;
};

// Nullopt when there is no such file. Blocks. Errors: kInvalid (code "newer_format"), kCorrupt,
// kUnavailable.
Result<std::optional<std::vector<PartitionSnapshot>>> ReadSnapshot(
    const std::filesystem::path& file);

}  // namespace freshet::stores
