#include "stores/database/sqlite_writer.h"

#include <pthread.h>

#include <algorithm>
#include <tuple>

#include "stores/database/sqlite_transaction.h"

namespace freshet::stores {
namespace {

// Callers who have just been answered tend to come back at once. Where a commit is slow, waiting
// for them by a small part of its time keeps them from missing every second one.
std::chrono::steady_clock::duration PatienceAfter(std::chrono::steady_clock::duration commit) {
  constexpr std::chrono::microseconds kWorthwhile(400), kLongest(1'000);
  if (commit < kWorthwhile) return {};
  return std::min<std::chrono::steady_clock::duration>(commit / 8, kLongest);
}

}  // namespace

SqliteWriter::SqliteWriter(std::unique_ptr<SqliteConnection> connection,
                           SqliteCheckpointer& checkpointer, const SqliteOptions& options,
                           const Clock& clock, Metrics& metrics)
    : connection_(std::move(connection)),
      checkpointer_(checkpointer),
      group_limit_(static_cast<std::size_t>(options.group_limit)),
      clock_(clock),
      seconds_(metrics.GetHistogram("freshet_database_write_seconds",
                                    "From the call of a write to its answer")),
      group_size_(metrics.GetHistogram("freshet_database_group_size", "Writes in one commit", {},
                                       {1, 2, 4, 8, 16, 32, 64, 128, 256, 512})),
      queue_(static_cast<std::size_t>(options.write_queue),
             metrics.GetGauge("freshet_database_queue", "Calls that wait for a thread",
                              {{"kind", "write"}})) {
  connection_->OnCommit([this](int frames) { checkpointer_.Committed(frames); });
  thread_ = std::thread([this] { RunThread(); });
}

SqliteWriter::~SqliteWriter() {
  queue_.Close();
  thread_.join();
}

void SqliteWriter::OnOutbox(std::function<void()> wake) {
  MutexLock lock(outbox_mutex_);
  wake_outbox_ = std::move(wake);
}

void SqliteWriter::RunThread() {
  pthread_setname_np(pthread_self(), "db-writer");
  SqliteQueue::Share share{.limit = group_limit_};
  std::vector<SqliteJob> jobs;
  while (queue_.Take(share, jobs)) {
    RunGroup(jobs);
    share.hoped = std::min(group_limit_, jobs.size() + queue_.Length());
    share.patience = PatienceAfter(last_commit_);
    jobs.clear();
    checkpointer_.FinishIfAsked(*connection_);
  }
}

void SqliteWriter::RunGroup(std::span<SqliteJob> jobs) {
  std::vector<Member> members;
  for (auto& job : jobs) {
    if (job.deadline.Expired(clock_)) {
      std::move(job.caller).Resolve(DeadlineExceeded("the deadline passed before the write began"));
    } else {
      members.push_back({.job = &job, .outcome = {}});
    }
  }
  if (members.empty()) return;
  group_size_.Observe(static_cast<double>(members.size()));
  if (!RunTogether(members)) {
    for (auto& member : members) {
      if (!member.done) RunTogether({&member, 1});
    }
  }
  const bool wake = std::ranges::any_of(
      members, [](const Member& m) { return m.outcome.has_value() && m.wrote_outbox; });
  const bool full = std::ranges::any_of(members, [](const Member& m) {
    return !m.outcome && m.outcome.error().code() == "disk_full";
  });
  if (full) checkpointer_.RunSoon();
  const auto now = std::chrono::steady_clock::now();
  for (auto& member : members) {
    seconds_.Observe(now - member.job->queued_at);
    std::move(member.job->caller).Resolve(std::move(member.outcome));
  }
  if (wake) WakeOutbox();
}

// Returns false when one member made SQLite undo the whole transaction (a full disk, an I/O error):
// then that one alone is done, and the others can run again without it.
bool SqliteWriter::RunTogether(std::span<Member> members) {
  if (auto begun = connection_->Control("BEGIN IMMEDIATE"); !begun) {
    for (auto& member : members) member.outcome = begun;
    return true;
  }
  for (auto& member : members) {
    if (RunMember(member, members.size() == 1)) continue;
    Undo();
    member.done = true;
    return false;
  }
  Commit(members);
  return true;
}

// Returns false when the transaction cannot go on after this member.
bool SqliteWriter::RunMember(Member& member, bool alone) {
  if (alone) {
    member.outcome = Attempt(member);
    return member.outcome.has_value();
  }
  if (member.outcome = connection_->Control("SAVEPOINT member"); !member.outcome) return false;
  member.outcome = Attempt(member);
  if (!connection_->InTransaction()) {
    if (member.outcome) member.outcome = Unavailable("SQLite rolled the transaction back");
    return false;
  }
  const bool undone = member.outcome || connection_->Control("ROLLBACK TO member");
  const auto released = connection_->Control("RELEASE member");
  if (member.outcome && !released) member.outcome = released;
  return undone && released;
}

Result<> SqliteWriter::Attempt(Member& member) {
  SqliteTransaction transaction(*connection_);
  RETURN_IF_ERROR(transaction.RunBody(member.job->body));
  if (connection_->HasOpenReferences()) {
    return Conflict("a row refers to one that does not exist", "foreign_key");
  }
  member.wrote_outbox = transaction.wrote_outbox();
  return {};
}

void SqliteWriter::Commit(std::span<Member> members) {
  const auto start = std::chrono::steady_clock::now();
  auto committed = connection_->Control("COMMIT");
  last_commit_ = std::chrono::steady_clock::now() - start;
  if (committed) return;
  Undo();
  for (auto& member : members) {
    if (member.outcome) member.outcome = committed;
  }
}

void SqliteWriter::Undo() {
  if (connection_->InTransaction()) std::ignore = connection_->Control("ROLLBACK");
}

void SqliteWriter::WakeOutbox() {
  MutexLock lock(outbox_mutex_);
  if (wake_outbox_) wake_outbox_();
}

}  // namespace freshet::stores
