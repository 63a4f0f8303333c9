#include "stores/log/log_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::stores {
namespace {

bool Damaged(const Result<Timestamp>& time) {
  return !time && time.error().kind() == ErrorKind::kCorrupt;
}

}  // namespace

LogReader::LogReader(const LogStore& store, BlockingPool& pool, Metrics& metrics)
    : store_(store),
      pool_(pool),
      disk_reads_(metrics.GetCounter("freshet_log_disk_reads_total",
                                     "Reads of records that were not in memory any more")) {}

Awaitable<Result<std::vector<StoredRecord>>> LogReader::Fetch(const Partition& partition,
                                                              Offset from, FetchLimit& limit) {
  struct Answer {
    std::vector<StoredRecord> records;
    FetchLimit rest;
  };
  for (;;) {
    if (auto records = partition.FetchTail(from, limit)) co_return *std::move(records);
    from = std::max(from, partition.Begin());
    disk_reads_.Add();
    auto answer = co_await pool_.Run([&store = store_, id = partition.id(), from,
                                      end = partition.End(), rest = limit]() mutable {
      auto records = store.Read(id, from, end, rest);
      return records ? Result<Answer>(Answer{*std::move(records), rest})
                     : Result<Answer>(std::unexpected(std::move(records).error()));
    });
    if (!answer && answer.error().kind() == ErrorKind::kExhausted) {
      co_return Unavailable(answer.error().message());
    }
    if (!answer) co_return std::unexpected(std::move(answer).error());
    auto& records = answer->records;
    const bool missing = records.empty() ? !limit.taken : records.front().offset != from;
    if (!missing) {
      limit = answer->rest;
      co_return std::move(records);
    }
    if (partition.Begin() <= from) {
      co_return Corrupt(fmt::format("The event log lacks the record {} of a partition.", from));
    }
  }
}

Result<Offset> LogReader::FindTime(const Partition& partition, Timestamp time) const {
  const auto extent = partition.Extent();
  const auto segment = std::ranges::lower_bound(extent.sealed, time, {}, &Segment::last_time);
  const Segment& holder = segment == extent.sealed.end() ? extent.open : *segment;
  Offset low = holder.first;
  Offset high = holder.end;
  while (low < high) {
    const Offset middle = low + (high - low) / 2;
    Offset known = middle;
    auto appended_at = store_.TimeOf(partition.id(), known);
    while (Damaged(appended_at) && ++known < high) {
      appended_at = store_.TimeOf(partition.id(), known);
    }
    const bool whole = !Damaged(appended_at);
    if (!appended_at && whole && appended_at.error().kind() != ErrorKind::kNotFound) {
      return std::unexpected(appended_at.error());
    }
    if (whole && (!appended_at || *appended_at < time)) {
      low = known + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace freshet::stores
