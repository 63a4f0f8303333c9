#include "stores/log/retention.h"

#include <algorithm>
#include <memory>

#include "stores/log/log_writes.h"

namespace freshet::stores {
namespace {

const Segment& OldestSegment(const PartitionExtent& extent) {
  return extent.sealed.empty() ? extent.open : extent.sealed.front();
}

}  // namespace

Retention::Retention(LogStore& store, const TopicTable& topics, const LogReader& reader,
                     GroupCommit& writer, const Clock& clock, Metrics& metrics)
    : store_(store),
      topics_(topics),
      reader_(reader),
      writer_(writer),
      clock_(clock),
      deleted_(metrics.GetCounter("freshet_log_expired_records_total",
                                  "Records deleted because their topic keeps no more")) {}

Result<> Retention::Enforce() {
  Result<> outcome;
  for (const Topic* topic : topics_.All()) {
    auto enforced = EnforceOn(*topic);
    if (outcome && !enforced) outcome = std::move(enforced);
  }
  return outcome;
}

Result<> Retention::EnforceOn(const Topic& topic) {
  std::vector<Plan> plans;
  for (std::uint32_t p = 0; p < topic.partitions(); ++p) {
    auto extent = topic.partition(p).Extent();
    const auto begin = extent.begin;
    plans.push_back({std::move(extent), begin});
  }
  RETURN_IF_ERROR(CutByTime(topic, plans));
  RETURN_IF_ERROR(CutByBytes(topic, plans));
  for (std::uint32_t p = 0; p < topic.partitions(); ++p) {
    Partition& partition = topic.partition(p);
    const Offset begin = plans[p].extent.begin;
    if (begin == plans[p].begin_now) continue;
    const auto now = partition.Extent();
    const auto cut = std::ranges::upper_bound(now.sealed, begin, {}, &Segment::end);
    const Offset from = cut == now.sealed.end() ? now.open.first : cut->first;
    ASSIGN_OR_RETURN(const auto bytes, store_.BytesBetween(partition.id(), from, begin));
    RETURN_IF_ERROR(
        writer_.RunBlocking(std::make_unique<TrimWrite>(store_, partition, Trim{begin, bytes})));
    store_.Reclaim(partition.id(), begin);
    deleted_.Add(static_cast<double>(begin - plans[p].begin_now));
  }
  return {};
}

Result<> Retention::Cut(PartitionId partition, Plan& plan, Offset begin) const {
  const auto& sealed = plan.extent.sealed;
  const auto cut = std::ranges::upper_bound(sealed, begin, {}, &Segment::end);
  const Offset from = cut == sealed.end() ? plan.extent.open.first : cut->first;
  ASSIGN_OR_RETURN(const auto bytes, store_.BytesBetween(partition, from, begin));
  Trim{begin, bytes}.ApplyTo(plan.extent);
  return {};
}

Result<> Retention::CutByTime(const Topic& topic, std::vector<Plan>& plans) const {
  const Timestamp oldest = clock_.Now() - topic.options().retention_time;
  for (std::uint32_t p = 0; p < topic.partitions(); ++p) {
    ASSIGN_OR_RETURN(const auto begin, reader_.FindTime(topic.partition(p), oldest));
    // What was appended since the plan was made is left for the next time.
    const Offset known = std::min(begin, plans[p].extent.open.end);
    if (known > plans[p].extent.begin) {
      RETURN_IF_ERROR(Cut(topic.partition(p).id(), plans[p], known));
    }
  }
  return {};
}

Result<> Retention::CutByBytes(const Topic& topic, std::vector<Plan>& plans) const {
  const std::uint64_t most = topic.options().retention_bytes;
  std::uint64_t total = 0;
  for (const auto& plan : plans) total += plan.extent.Bytes();
  while (total > most) {
    std::uint32_t oldest = 0;
    for (std::uint32_t p = 1; p < plans.size(); ++p) {
      const auto& segment = OldestSegment(plans[p].extent);
      const auto& best = OldestSegment(plans[oldest].extent);
      if (segment.bytes > 0 && (best.bytes == 0 || segment.last_time < best.last_time)) oldest = p;
    }
    const Segment segment = OldestSegment(plans[oldest].extent);
    const auto id = topic.partition(oldest).id();
    Offset begin = segment.end;
    if (segment.bytes > total - most) {
      ASSIGN_OR_RETURN(begin, store_.OffsetAfter(id, segment.first, segment.end, total - most));
    }
    const auto before = plans[oldest].extent.Bytes();
    if (begin == segment.first) break;
    RETURN_IF_ERROR(Cut(id, plans[oldest], begin));
    total -= before - plans[oldest].extent.Bytes();
  }
  return {};
}

}  // namespace freshet::stores
