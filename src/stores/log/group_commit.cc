#include "stores/log/group_commit.h"

#include <pthread.h>

#include <future>

namespace freshet::stores {

GroupCommit::GroupCommit(LogStore& store, GroupCommitOptions options, const Clock& clock,
                         Metrics& metrics)
    : store_(store),
      options_(options),
      clock_(clock),
      group_writes_(metrics.GetHistogram("freshet_log_group_writes",
                                         "Appends and commits that shared one write", {},
                                         {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 5'000})),
      write_seconds_(
          metrics.GetHistogram("freshet_log_write_seconds", "Time of one write with its sync")),
      queued_gauge_(metrics.GetGauge("freshet_log_queued_writes", "Writes that wait")),
      rejected_(metrics.GetCounter("freshet_log_rejected_writes_total",
                                   "Writes refused because the queue was full")),
      thread_([this] { RunThread(); }) {}

GroupCommit::~GroupCommit() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  ready_.NotifyAll();
  thread_.join();
}

Awaitable<Result<>> GroupCommit::Run(std::unique_ptr<Write> write) {
  co_return co_await Suspend<Result<>>([&](Resolver<Result<>> resolver) {
    write->done = [r = std::move(resolver)](Result<> outcome) mutable {
      std::move(r).Resolve(std::move(outcome));
    };
    Submit(std::move(write));
  });
}

Result<> GroupCommit::RunBlocking(std::unique_ptr<Write> write) {
  std::promise<Result<>> promise;
  auto outcome = promise.get_future();
  write->done = [&](Result<> result) { promise.set_value(std::move(result)); };
  Submit(std::move(write));
  return outcome.get();
}

void GroupCommit::Submit(std::unique_ptr<Write> write) {
  if (Accept(write)) return;
  write->done(Failure(Error(ErrorKind::kExhausted,
                            "Too many writes to the event log are waiting; try again shortly.",
                            "queue_full")
                          .WithRetryAfter(Duration(1'000))));
}

bool GroupCommit::Accept(std::unique_ptr<Write>& write) {
  {
    MutexLock lock(mutex_);
    if (queue_.size() >= options_.queued_writes ||
        (!queue_.empty() && queued_bytes_ + write->bytes > options_.queued_bytes)) {
      rejected_.Add();
      return false;
    }
    queued_bytes_ += write->bytes;
    queue_.push_back(std::move(write));
  }
  ready_.NotifyOne();
  return true;
}

void GroupCommit::RunThread() {
  pthread_setname_np(pthread_self(), "log-writer");
  for (;;) {
    Group group = TakeGroup();
    if (group.empty()) return;
    Process(std::move(group));
  }
}

GroupCommit::Group GroupCommit::TakeGroup() {
  Group group;
  std::uint64_t bytes = 0;
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) ready_.Wait(mutex_);
  while (!queue_.empty() &&
         (group.empty() || bytes + queue_.front()->bytes <= options_.group_bytes)) {
    bytes += queue_.front()->bytes;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  queued_gauge_.Set(static_cast<double>(queue_.size()));
  return group;
}

void GroupCommit::Process(Group group) {
  const Result<> writable = store_.MakeWritable(clock_.Steady());
  LogBatch batch;
  Group written;
  const auto now = clock_.Now();
  for (auto& write : group) {
    if (write->deadline.Expired(clock_)) {
      write->done(DeadlineExceeded("The event log was too busy to write in time."));
    } else if (!writable) {
      write->done(writable);
    } else if (auto added = write->AddTo(batch, now); !added) {
      write->done(std::move(added));
    } else {
      written.push_back(std::move(write));
    }
  }
  if (written.empty()) return;
  const auto start = std::chrono::steady_clock::now();
  const Result<> outcome = store_.Write(batch);
  write_seconds_.Observe(std::chrono::steady_clock::now() - start);
  group_writes_.Observe(static_cast<double>(written.size()));
  for (auto& write : written) {
    outcome ? write->Written() : write->Failed();
  }
  for (auto& write : written) write->done(outcome);
}

}  // namespace freshet::stores
