#include "stores/database/sqlite_readers.h"

#include <fmt/format.h>
#include <pthread.h>

#include <tuple>

#include "stores/database/sqlite_transaction.h"

namespace freshet::stores {
namespace {

constexpr std::size_t kReadsPerSnapshot = 16;

}  // namespace

SqliteReaders::SqliteReaders(std::vector<std::unique_ptr<SqliteConnection>> connections,
                             const SqliteOptions& options, const Clock& clock, Metrics& metrics)
    : connections_(std::move(connections)),
      clock_(clock),
      seconds_(metrics.GetHistogram("freshet_database_read_seconds",
                                    "From the call of a read to its answer")),
      queue_(static_cast<std::size_t>(options.read_queue),
             metrics.GetGauge("freshet_database_queue", "Calls that wait for a thread",
                              {{"kind", "read"}})) {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    threads_.emplace_back([this, i] { RunThread(i); });
  }
}

SqliteReaders::~SqliteReaders() {
  queue_.Close();
  for (auto& thread : threads_) thread.join();
}

void SqliteReaders::RunThread(std::size_t index) {
  pthread_setname_np(pthread_self(), fmt::format("db-reader-{}", index).c_str());
  auto& connection = *connections_[index];
  const SqliteQueue::Share share{.limit = kReadsPerSnapshot, .takers = connections_.size()};
  std::vector<SqliteJob> jobs;
  while (queue_.Take(share, jobs)) {
    for (auto& job : jobs) {
      auto outcome = RunOne(connection, job);
      seconds_.Observe(std::chrono::steady_clock::now() - job.queued_at);
      std::move(job.caller).Resolve(std::move(outcome));
    }
    jobs.clear();
    connection.InterruptAt(Deadline::Never(), clock_);
    if (connection.InTransaction()) std::ignore = connection.Control("COMMIT");
  }
}

// Within the snapshot that is open, or a new one.
Result<> SqliteReaders::RunOne(SqliteConnection& connection, const SqliteJob& job) {
  if (job.deadline.Expired(clock_)) {
    return DeadlineExceeded("the deadline passed before the read began");
  }
  connection.InterruptAt(job.deadline, clock_);
  if (!connection.InTransaction()) RETURN_IF_ERROR(connection.Control("BEGIN"));
  SqliteTransaction transaction(connection);
  return transaction.RunBody(job.body);
}

}  // namespace freshet::stores
