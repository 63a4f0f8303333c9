#include "stores/log/testing/faulty_event_log.h"

namespace freshet::stores {
namespace {

template <class T>
Awaitable<Result<T>> Call(FaultPlan& plan, std::string_view operation, Awaitable<Result<T>> call) {
  CO_RETURN_IF_ERROR(co_await plan.Before(operation));
  auto outcome = co_await std::move(call);
  if (outcome) CO_RETURN_IF_ERROR(plan.After(operation));
  co_return outcome;
}

class FaultyConsumer final : public Consumer {
 public:
  FaultyConsumer(std::unique_ptr<Consumer> inner, FaultPlan& plan)
      : inner_(std::move(inner)), plan_(plan) {}

  Awaitable<Result<std::vector<PartitionBatch>>> Poll(std::size_t max_records,
                                                      Deadline deadline) override {
    CO_RETURN_IF_ERROR(co_await plan_.Before("Poll"));
    co_return co_await inner_->Poll(max_records, deadline);
  }
  Awaitable<Result<>> Commit(std::vector<PartitionPosition> positions, Deadline deadline) override {
    co_return co_await Call(plan_, "Commit", inner_->Commit(std::move(positions), deadline));
  }
  Awaitable<> Leave() override { return inner_->Leave(); }
  void Wake() override { inner_->Wake(); }

 private:
  const std::unique_ptr<Consumer> inner_;
  FaultPlan& plan_;
};

}  // namespace

Awaitable<Result<>> FaultyEventLog::CreateTopic(std::string topic, TopicOptions options,
                                                Deadline deadline) {
  return Call(plan_, "CreateTopic", inner_.CreateTopic(std::move(topic), options, deadline));
}

Awaitable<Result<std::vector<PartitionPosition>>> FaultyEventLog::Append(
    std::string topic, std::vector<Record> records, Deadline deadline) {
  return Call(plan_, "Append", inner_.Append(std::move(topic), std::move(records), deadline));
}

Awaitable<Result<std::vector<StoredRecord>>> FaultyEventLog::Read(PartitionPosition from,
                                                                  std::size_t max_records,
                                                                  Deadline deadline) {
  return Call(plan_, "Read", inner_.Read(std::move(from), max_records, deadline));
}

Awaitable<Result<std::vector<PartitionPosition>>> FaultyEventLog::FindTime(std::string topic,
                                                                           Timestamp time,
                                                                           Deadline deadline) {
  return Call(plan_, "FindTime", inner_.FindTime(std::move(topic), time, deadline));
}

Awaitable<Result<std::unique_ptr<Consumer>>> FaultyEventLog::Join(std::string group,
                                                                  std::vector<std::string> topics,
                                                                  Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      auto consumer,
      co_await Call(plan_, "Join", inner_.Join(std::move(group), std::move(topics), deadline)));
  co_return std::make_unique<FaultyConsumer>(std::move(consumer), plan_);
}

Awaitable<Result<>> FaultyEventLog::Seek(std::string group,
                                         std::vector<PartitionPosition> positions,
                                         Deadline deadline) {
  return Call(plan_, "Seek", inner_.Seek(std::move(group), std::move(positions), deadline));
}

Awaitable<Result<EventLogState>> FaultyEventLog::Describe(Deadline deadline) {
  return Call(plan_, "Describe", inner_.Describe(deadline));
}

}  // namespace freshet::stores
