#include "stores/activity/activity_writer.h"

#include <pthread.h>

namespace freshet::stores {
namespace {

std::uint64_t BytesOf(const ActivityWrite& write) {
  std::uint64_t bytes = write.items.size() * sizeof(ActivityItem);
  for (const auto& item : write.items) bytes += item.entry.payload.size();
  return bytes;
}

}  // namespace

ActivityWriter::ActivityWriter(Apply apply, Bounds bounds, const Clock& clock, Metrics& metrics)
    : apply_(std::move(apply)),
      bounds_(bounds),
      clock_(clock),
      group_writes_(metrics.GetHistogram("freshet_activity_group_writes",
                                         "Calls that shared one write", {},
                                         {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000})),
      write_seconds_(metrics.GetHistogram("freshet_activity_write_seconds",
                                          "Time of one write with its sync")),
      queued_gauge_(metrics.GetGauge("freshet_activity_queued_bytes", "Bytes that wait")),
      rejected_(metrics.GetCounter("freshet_activity_rejected_writes_total",
                                   "Writes refused because the queue was full")),
      thread_([this] { RunThread(); }) {}

ActivityWriter::~ActivityWriter() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  ready_.NotifyAll();
  thread_.join();
}

Awaitable<Result<>> ActivityWriter::Write(ActivityWrite write, Deadline deadline) {
  co_return co_await Suspend<Result<>>([&](Resolver<Result<>> resolver) {
    const std::uint64_t bytes = BytesOf(write);
    Waiting waiting{std::move(write), deadline, bytes, std::move(resolver)};
    if (Accept(waiting)) return;
    std::move(waiting.done)
        .Resolve(Failure(Error(ErrorKind::kExhausted,
                               "Too many writes to the activity store are waiting; try again "
                               "shortly.",
                               "queue_full")
                             .WithRetryAfter(Duration(1'000))));
  });
}

bool ActivityWriter::Accept(Waiting& waiting) {
  {
    MutexLock lock(mutex_);
    if (queued_bytes_ > 0 && queued_bytes_ + waiting.bytes > bounds_.queued_bytes) {
      rejected_.Add();
      return false;
    }
    queued_bytes_ += waiting.bytes;
    queued_gauge_.Set(static_cast<double>(queued_bytes_));
    queue_.push_back(std::move(waiting));
  }
  ready_.NotifyOne();
  return true;
}

void ActivityWriter::RunThread() {
  pthread_setname_np(pthread_self(), "activity-write");
  for (auto group = TakeGroup(); !group.empty(); group = TakeGroup()) Process(std::move(group));
}

std::vector<ActivityWriter::Waiting> ActivityWriter::TakeGroup() {
  std::vector<Waiting> group;
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) ready_.Wait(mutex_);
  std::uint64_t bytes = 0;
  while (!queue_.empty() &&
         (group.empty() || bytes + queue_.front().bytes <= bounds_.group_bytes)) {
    bytes += queue_.front().bytes;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  queued_gauge_.Set(static_cast<double>(queued_bytes_));
  return group;
}

void ActivityWriter::Process(std::vector<Waiting> group) {
  std::vector<const ActivityWrite*> writes;
  std::vector<Waiting*> begun;
  for (auto& waiting : group) {
    if (waiting.deadline.Expired(clock_)) {
      std::move(waiting.done)
          .Resolve(DeadlineExceeded("The activity store had no time left to begin the write."));
    } else {
      writes.push_back(&waiting.write);
      begun.push_back(&waiting);
    }
  }
  if (begun.empty()) return;
  const auto start = clock_.Steady();
  const Result<> outcome = apply_(writes);
  write_seconds_.Observe(clock_.Steady() - start);
  group_writes_.Observe(static_cast<double>(begun.size()));
  for (auto* waiting : begun) std::move(waiting->done).Resolve(outcome);
}

}  // namespace freshet::stores
