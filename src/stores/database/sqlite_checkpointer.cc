#include "stores/database/sqlite_checkpointer.h"

#include <pthread.h>

#include <algorithm>

namespace freshet::stores {
namespace {

constexpr std::int64_t kFrameBytes = 4'096 + 24;
constexpr int kLargestLog = 4;  // in checkpoints' sizes: beyond, the writer has to help
constexpr std::chrono::seconds kIdle(1);

int FramesOf(std::int64_t bytes) {
  return static_cast<int>(std::clamp<std::int64_t>(bytes / kFrameBytes, 1, 1 << 28));
}

}  // namespace

SqliteCheckpointer::SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection,
                                       const SqliteOptions& options, Logger& logger,
                                       Metrics& metrics)
    : connection_(std::move(connection)),
      due_frames_(FramesOf(options.checkpoint_bytes)),
      logger_(logger),
      wal_bytes_(metrics.GetGauge("freshet_database_wal_bytes",
                                  "Size of the write-ahead log after the last commit")),
      seconds_(metrics.GetHistogram("freshet_database_checkpoint_seconds",
                                    "Copying the write-ahead log into the file")),
      failures_(metrics.GetCounter("freshet_database_checkpoint_failures_total",
                                   "Checkpoints that failed")),
      due_at_(due_frames_),
      thread_([this] { RunThread(); }) {}

SqliteCheckpointer::~SqliteCheckpointer() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  thread_.join();
  MutexLock lock(mutex_);
  for (auto& caller : want_it_empty_) {
    std::move(caller).Resolve(Unavailable("the database is being closed"));
  }
}

void SqliteCheckpointer::Committed(int frames) {
  wal_bytes_.Set(static_cast<double>(frames * kFrameBytes));
  MutexLock lock(mutex_);
  const bool nothing_was_left = frames_ == copied_;
  if (frames < frames_ || nothing_was_left) {  // the log has started over
    copied_ = 0;
    due_at_ = due_frames_;
  }
  frames_ = frames;
  ++commits_;
  if (frames_ >= 2 * kLargestLog * due_frames_) writer_asked_ = true;
  if (nothing_was_left || frames_ >= due_at_) wake_.NotifyOne();
}

void SqliteCheckpointer::FinishIfAsked(SqliteConnection& writer) {
  if (!writer_asked_) return;
  MutexLock turn(turn_);
  Note(writer.Checkpoint());
  writer_asked_ = false;
}

void SqliteCheckpointer::EmptyLog(Resolver<Result<>> caller) {
  {
    MutexLock lock(mutex_);
    want_it_empty_.push_back(std::move(caller));
  }
  wake_.NotifyOne();
}

void SqliteCheckpointer::AnswerThoseWhoWantItEmpty() {
  std::vector<Resolver<Result<>>> callers;
  std::uint64_t commits = 0;
  {
    MutexLock lock(mutex_);
    callers.swap(want_it_empty_);
    commits = commits_;
  }
  if (callers.empty()) return;
  const auto emptied = connection_->EmptyLog();
  if (emptied) {
    MutexLock lock(mutex_);
    if (commits == commits_) frames_ = copied_ = 0;
  }
  for (auto& caller : callers) std::move(caller).Resolve(emptied);
}

void SqliteCheckpointer::RunSoon() {
  {
    MutexLock lock(mutex_);
    soon_ = true;
  }
  wake_.NotifyOne();
}

void SqliteCheckpointer::RunThread() {
  pthread_setname_np(pthread_self(), "db-checkpoint");
  while (WaitUntilDue()) {
    MutexLock turn(turn_);
    const auto start = std::chrono::steady_clock::now();
    Note(connection_->Checkpoint());
    AnswerThoseWhoWantItEmpty();
    seconds_.Observe(std::chrono::steady_clock::now() - start);
  }
}

bool SqliteCheckpointer::WaitUntilDue() {
  MutexLock lock(mutex_);
  for (;;) {
    if (stopping_) return false;
    if (!want_it_empty_.empty() || std::exchange(soon_, false) ||
        (frames_ >= due_at_ && !writer_asked_))
      return true;
    if (frames_ == copied_) {
      wake_.Wait(mutex_);
      continue;
    }
    const auto commits = commits_;
    const bool woken = wake_.WaitUntil(mutex_, std::chrono::steady_clock::now() + kIdle);
    if (!woken && commits == commits_ && !stopping_) return true;
  }
}

void SqliteCheckpointer::Note(const Result<CheckpointProgress>& progress) {
  bool begins_to_fail = false;
  {
    MutexLock lock(mutex_);
    begins_to_fail = !progress && !failing_;
    failing_ = !progress;
    due_at_ = frames_ + due_frames_;
    if (progress && progress->log_frames >= 0) {
      copied_ = std::min(progress->copied_frames, frames_);
      const bool rest = progress->copied_frames < frames_;
      if (rest && frames_ >= kLargestLog * due_frames_) writer_asked_ = true;
    }
  }
  if (progress) return;
  failures_.Add();
  if (begins_to_fail) {
    logger_.Warn("The write-ahead log cannot be copied into the database and grows",
                 {{"error", progress.error().ToString()}});
  }
}

}  // namespace freshet::stores
