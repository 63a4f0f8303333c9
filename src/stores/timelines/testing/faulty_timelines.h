// Timelines that go wrong when told to.
#pragma once

#include "base/testing/fault_plan.h"
#include "stores/timelines/timelines.h"

namespace freshet::stores {

// Wraps `inner` and asks `plan` about each call, by the method's name. Thread-safe.
class FaultyTimelines : public Timelines {
 public:
  FaultyTimelines(Timelines& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Awaitable<Result<std::size_t>> Push(TimelineKind kind, std::span<const AccountId> owners,
                                      TimelineEntry entry, Deadline deadline) override;
  Awaitable<Result<std::vector<std::optional<TimelineSlice>>>> Read(
      std::span<const TimelineKey> keys, PostId before, std::size_t limit,
      Deadline deadline) override;
  Awaitable<Result<RebuildToken>> BeginRebuild(TimelineKey key, Deadline deadline) override;
  Awaitable<Result<>> FinishRebuild(TimelineKey key, RebuildToken token, TimelineSlice slice,
                                    Deadline deadline) override;
  Awaitable<Result<>> Remove(TimelineKind kind, std::span<const AccountId> owners, PostId post,
                             Deadline deadline) override;
  Awaitable<Result<>> Drop(std::span<const TimelineKey> keys, Deadline deadline) override;
  Awaitable<Result<TimelinesState>> Describe(Deadline deadline) override;

 private:
  Timelines& inner_;
  FaultPlan& plan_;
};

}  // namespace freshet::stores
