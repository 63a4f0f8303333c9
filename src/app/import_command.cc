#include <fmt/core.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "app/commands.h"
#include "app/installation.h"
#include "app/remote.h"
#include "base/bytes.h"
#include "base/io_threads.h"
#include "base/utf8.h"
#include "net/http/uri.h"
#include "net/json/json_reader.h"
#include "net/json/json_writer.h"

namespace freshet::app {
namespace {

constexpr std::size_t kBatchLines = 20'000;
constexpr std::size_t kBatchBytes = 8 << 20;
constexpr std::size_t kMostLineBytes = 1 << 20;
constexpr std::size_t kMostReportedLines = 20;

// Reads a plain or gzip'd file line by line.
class LineReader {
 public:
  static Result<LineReader> Open(const std::string& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    if (!file) return NotFound("cannot read " + path);
    gzbuffer(file, 1 << 18);
    return LineReader(file);
  }

  // False at the end. Errors: kCorrupt (a damaged gzip file), kInvalid (an endless line).
  Result<bool> Next(std::string& line) {
    line.clear();
    for (;;) {
      const auto end = buffer_.find('\n', at_);
      if (end != std::string::npos) {
        line.append(buffer_, at_, end - at_);
        at_ = end + 1;
        return true;
      }
      line.append(buffer_, at_);
      if (line.size() > kMostLineBytes)
        return Invalid("a line is longer than 1 MiB; is this the right file?");
      ASSIGN_OR_RETURN(const bool more, Fill());
      if (!more) return !line.empty();
    }
  }

 private:
  explicit LineReader(gzFile file) : file_(file) {}

  Result<bool> Fill() {
    buffer_.resize(1 << 18);
    at_ = 0;
    const int got = gzread(file_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size()));
    int error = Z_OK;
    const char* message = gzerror(file_.get(), &error);
    if (got < 0 || (error != Z_OK && error != Z_STREAM_END && error != Z_BUF_ERROR))
      return Corrupt(std::string("the file is damaged: ") + message);
    if (got == 0 && error == Z_BUF_ERROR)
      return Corrupt("the file ends in the middle of its compressed data");
    buffer_.resize(static_cast<std::size_t>(got));
    return got > 0;
  }

  struct Closer {
    void operator()(gzFile file) const { gzclose(file); }
  };
  std::unique_ptr<gzFile_s, Closer> file_;
  std::string buffer_;
  std::size_t at_ = 0;
};

// Files are told apart by all that is in them, so that a renamed file is still the same and a
// corrected one is not.
Result<std::string> NameByContent(const std::string& path, const ImportCommand& command) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound("cannot read " + path);
  std::string name = fmt::format("{}|{}", command.kind == ImportKind::kGraph ? "graph" : "posts",
                                 command.both_ways);
  std::string block(4 << 20, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    const std::string_view bytes(block.data(), static_cast<std::size_t>(file.gcount()));
    name = AsBytes(Sha256(name.append(AsBytes(Sha256(bytes)))));
  }
  return EncodeHex(AsBytes(Sha256(name))).substr(0, 32);
}

// Where batches go: into a stopped installation, or to a running server.
class ImportSink {
 public:
  virtual ~ImportSink() = default;
  virtual Result<std::int64_t> Position(const std::string& file) = 0;
  virtual Result<ImportOutcome> Import(ImportKind kind, ImportBatch batch) = 0;
  virtual Result<> Finish() = 0;
};

class LocalSink final : public ImportSink {
 public:
  explicit LocalSink(std::unique_ptr<Installation> installation)
      : installation_(std::move(installation)), importer_(*installation_->services) {
    installation_->stores->ForgetTimelines();  // what Settle delivers would be missing in them
  }
  Result<std::int64_t> Position(const std::string& file) override {
    ASSIGN_OR_RETURN(const auto position, RunBlocking(importer_.Position(file, Deadline::Never())));
    return position.lines;
  }
  Result<ImportOutcome> Import(ImportKind kind, ImportBatch batch) override {
    return RunBlocking(importer_.Import(kind, std::move(batch), Deadline::Never()));
  }
  Result<> Finish() override {
    fmt::print(stderr, "handing the facts on to lists and timelines ...\n");
    return installation_->Settle();
  }

 private:
  std::unique_ptr<Installation> installation_;
  Importer importer_;
};

class RemoteSink final : public ImportSink {
 public:
  RemoteSink(const Config& config, const ImportCommand& command)
      : platform_(config), remote_(command.server, command.token, config, platform_) {}
  Result<std::int64_t> Position(const std::string& file) override {
    ASSIGN_OR_RETURN(const auto body,
                     remote_.Call(net::Method::kGet, "/v1/admin/imports?file=" + file));
    ASSIGN_OR_RETURN(const auto position, net::ReadJson<ImportPosition>(body));
    return position.lines;
  }
  Result<ImportOutcome> Import(ImportKind kind, ImportBatch batch) override {
    const std::string path =
        kind == ImportKind::kGraph ? "/v1/admin/imports/graph" : "/v1/admin/imports/posts";
    ASSIGN_OR_RETURN(const auto body, remote_.Call(net::Method::kPost, path, net::ToJson(batch)));
    return net::ReadJson<ImportOutcome>(body);
  }
  Result<> Finish() override { return {}; }

 private:
  Platform platform_;
  Remote remote_;
};

Result<std::unique_ptr<ImportSink>> MakeSink(const Config& config, const ImportCommand& command) {
  if (!command.server.empty()) return std::make_unique<RemoteSink>(config, command);
  ASSIGN_OR_RETURN(auto installation, Installation::Open(config));
  RETURN_IF_ERROR(RunBlocking(installation->services->audit.Record(
      {.by = ops::kOperator,
       .action = command.kind == ImportKind::kGraph ? "import graph" : "import posts",
       .target = command.file,
       .details = {},
       .request_id = {}},
      Deadline::Never())));
  return std::make_unique<LocalSink>(std::move(installation));
}

struct Totals {
  std::int64_t lines = 0;
  std::int64_t added = 0;
  std::int64_t known = 0;
  std::int64_t skipped = 0;
};

void Report(const ImportOutcome& outcome, Totals& totals) {
  totals.added += outcome.added;
  totals.known += outcome.known;
  for (const auto& line : outcome.skipped) {
    if (++totals.skipped <= static_cast<std::int64_t>(kMostReportedLines))
      fmt::print(stderr, "line {}: {}\n", line.line, line.reason);
    if (totals.skipped == static_cast<std::int64_t>(kMostReportedLines))
      fmt::print(stderr, "further lines that are skipped are only counted\n");
  }
}

// The next lines of the file, as many as are sent at once. What is no text stands in it as an empty
// line, and in `unreadable`.
Result<ImportBatch> NextBatch(LineReader& reader, std::int64_t first_line,
                              std::vector<SkippedLine>& unreadable) {
  ImportBatch batch{.file = {}, .first_line = first_line, .lines = {}, .both_ways = false};
  std::string line;
  for (std::size_t bytes = 0; batch.lines.size() < kBatchLines && bytes < kBatchBytes;) {
    ASSIGN_OR_RETURN(const bool more, reader.Next(line));
    if (!more) break;
    if (!IsUtf8(line) || line.contains('\0')) {
      unreadable.push_back({.line = first_line + std::ssize(batch.lines) + 1,
                            .reason = "the line is not UTF-8 text"});
      line.clear();
    }
    bytes += line.size();
    batch.lines.push_back(line);
  }
  return batch;
}

// A line on the terminal that says how fast it goes; nothing where standard error is none.
class Progress {
 public:
  explicit Progress(std::int64_t first_line) : first_line_(first_line) {}

  void Show(std::int64_t lines) const {
    if (!terminal_) return;
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began_;
    fmt::print(stderr, "\r{} lines, {:.0f} a second ", lines,
               static_cast<double>(lines - first_line_) / std::max(taken.count(), 0.001));
  }
  void End() const {
    if (terminal_) fmt::print(stderr, "\n");
  }

 private:
  const std::int64_t first_line_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
};

Result<Totals> ImportFile(const ImportCommand& command, ImportSink& sink) {
  ASSIGN_OR_RETURN(const std::string name, NameByContent(command.file, command));
  ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(command.file));
  ASSIGN_OR_RETURN(const std::int64_t done, sink.Position(name));
  if (done > 0)
    fmt::print(stderr, "going on after line {}, where an earlier import stopped\n", done);

  const Progress progress(done);
  Totals totals;
  std::string line;
  for (; totals.lines < done; ++totals.lines) {
    ASSIGN_OR_RETURN(const bool more, reader.Next(line));
    if (!more) return totals;
  }
  for (;;) {
    std::vector<SkippedLine> unreadable;
    ASSIGN_OR_RETURN(auto batch, NextBatch(reader, totals.lines, unreadable));
    if (batch.lines.empty()) break;
    batch.file = name;
    batch.both_ways = command.both_ways;
    totals.lines += static_cast<std::int64_t>(batch.lines.size());
    ASSIGN_OR_RETURN(auto outcome, sink.Import(command.kind, std::move(batch)));
    std::ranges::move(unreadable, std::back_inserter(outcome.skipped));
    std::ranges::sort(outcome.skipped, {}, &SkippedLine::line);
    Report(outcome, totals);
    progress.Show(totals.lines);
  }
  progress.End();
  return totals;
}

}  // namespace

int RunImport(const ImportCommand& command, const ConfigArguments& arguments) {
  auto config = LoadConfig(arguments);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message());
    return 2;
  }
  const auto began = std::chrono::steady_clock::now();
  const auto run = [&]() -> Result<Totals> {
    ASSIGN_OR_RETURN(auto sink, MakeSink(*config, command));
    ASSIGN_OR_RETURN(const auto totals, ImportFile(command, *sink));
    RETURN_IF_ERROR(sink->Finish());
    return totals;
  };
  const auto totals = run();
  if (!totals) {
    fmt::print(stderr, "the import stopped: {}\nstart it again to go on from there\n",
               totals.error().message());
    return 1;
  }
  fmt::print("{} lines: {} added, {} were there already, {} skipped, in {:.1f} s\n", totals->lines,
             totals->added, totals->known, totals->skipped,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return 0;
}

}  // namespace freshet::app
