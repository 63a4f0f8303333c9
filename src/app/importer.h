// Brings in graphs and archives of posts, batch by batch.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/services.h"
#include "base/async.h"
#include "base/describe.h"
#include "net/api/routes.h"

namespace freshet::app {

enum class ImportKind { kGraph, kPosts };

// Consecutive lines of a file.
struct ImportBatch {
  std::string file;             // names the file by its content
  std::int64_t first_line = 0;  // of the batch, from 0
  std::vector<std::string> lines;
  bool both_ways = false;  // graphs: each line also the other way round

  static constexpr auto Describe() {
    return Description(
        "ImportBatch", "Consecutive lines of a file.",
        Field("file", &ImportBatch::file).Length(1, 100).Doc("Names the file by its content."),
        Field("first_line", &ImportBatch::first_line).Range(0, 1e15).Doc("Counted from 0."),
        Field("lines", &ImportBatch::lines).Length(1, 50'000),
        Field("both_ways", &ImportBatch::both_ways)
            .Defaulted()
            .Doc("Graphs: each line also the other way round."));
  }
};

struct SkippedLine {
  std::int64_t line = 0;  // counted from 1, as editors do
  std::string reason;

  static constexpr auto Describe() {
    return Description("SkippedLine", "A line that was left out.",
                       Field("line", &SkippedLine::line), Field("reason", &SkippedLine::reason));
  }
};

struct ImportOutcome {
  std::int64_t added = 0;
  std::int64_t known = 0;  // follows that were there before
  std::vector<SkippedLine> skipped;

  static constexpr auto Describe() {
    return Description("ImportOutcome", "What became of a batch.",
                       Field("added", &ImportOutcome::added),
                       Field("known", &ImportOutcome::known).Doc("Follows that were there before."),
                       Field("skipped", &ImportOutcome::skipped));
  }
};

struct ImportPosition {
  std::int64_t lines = 0;

  static constexpr auto Describe() {
    return Description("ImportPosition", "How far a file was brought in.",
                       Field("lines", &ImportPosition::lines));
  }
};

// Not thread-safe: one batch at a time. Accounts that are named and missing are made.
class Importer {
 public:
  explicit Importer(Services& services) : services_(services) {}

  Awaitable<Result<ImportPosition>> Position(std::string file, Deadline deadline);
  // Durable before it returns; repeating a batch is refused (kConflict, "import_moved") and changes
  // nothing.
  Awaitable<Result<ImportOutcome>> Import(ImportKind kind, ImportBatch batch, Deadline deadline);

 private:
  Awaitable<Result<ImportOutcome>> ImportGraph(ImportBatch batch, Deadline deadline);
  Awaitable<Result<ImportOutcome>> ImportPosts(ImportBatch batch, Deadline deadline);
  // Looks the names up, and makes the accounts that are missing.
  Awaitable<Result<>> Learn(std::vector<std::string> names, Deadline deadline);

  Services& services_;
  std::unordered_map<std::string, AccountId> accounts_;  // bounded: cleared when it has grown large
};

// The same over HTTP, for administrators of a running installation.
void AddImportRoutes(net::Routes& routes, Services& services);

}  // namespace freshet::app
