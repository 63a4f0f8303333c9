#include "stores/log/dead_letters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace freshet::stores {
namespace {

constexpr std::string_view kPrefix = "dlq-";
constexpr std::string_view kId = "dlq-id";
constexpr std::string_view kTopic = "dlq-topic";
constexpr std::string_view kPartition = "dlq-partition";
constexpr std::string_view kOffset = "dlq-offset";
constexpr std::string_view kGroup = "dlq-group";
constexpr std::string_view kError = "dlq-error";
constexpr std::string_view kAttempts = "dlq-attempts";
constexpr std::string_view kTime = "dlq-time";
constexpr std::string_view kOmitted = "dlq-omitted";
constexpr std::string_view kResolved = "dlq-resolved";  // of the letter in dlq-id, and how

constexpr std::size_t kMaxErrorBytes = 1'024;
constexpr std::size_t kReadAtOnce = 500;
constexpr std::size_t kMostLetters = 100'000;
constexpr std::uint64_t kPageBytes = 8 << 20;
constexpr TopicOptions kTopicOptions{.partitions = 1,
                                     .retention_time = Duration(30LL * 24 * 3'600'000),
                                     .retention_bytes = 1ULL << 30};

std::string_view HeaderOf(const Record& record, std::string_view name) {
  const auto found = std::ranges::find_if(record.headers,
                                          [&](const auto& header) { return header.first == name; });
  return found == record.headers.end() ? std::string_view{} : std::string_view(found->second);
}

template <class T>
T NumberOf(const Record& record, std::string_view name) {
  const auto text = HeaderOf(record, name);
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string IdOf(const DeadLetter& letter) {
  return fmt::format("{}:{}:{}", letter.group, letter.partition, letter.offset);
}

Record ToRecord(const DeadLetter& letter) {
  Record record = letter.record;
  const auto add = [&](std::string_view name, std::string value) {
    record.headers.emplace_back(name, std::move(value));
  };
  add(kId, IdOf(letter));
  add(kTopic, letter.topic);
  add(kPartition, std::to_string(letter.partition));
  add(kOffset, std::to_string(letter.offset));
  add(kGroup, letter.group);
  add(kError, letter.error.substr(0, kMaxErrorBytes));
  add(kAttempts, std::to_string(letter.attempts));
  add(kTime, std::to_string(letter.failed_at.time_since_epoch().count()));
  if (letter.omitted) add(kOmitted, "true");
  return record;
}

DeadLetter ToLetter(Record record) {
  DeadLetter letter;
  letter.id = HeaderOf(record, kId);
  letter.topic = HeaderOf(record, kTopic);
  letter.partition = NumberOf<std::uint32_t>(record, kPartition);
  letter.offset = NumberOf<Offset>(record, kOffset);
  letter.group = HeaderOf(record, kGroup);
  letter.error = HeaderOf(record, kError);
  letter.attempts = NumberOf<std::int64_t>(record, kAttempts);
  letter.failed_at = Timestamp(Duration(NumberOf<std::int64_t>(record, kTime)));
  letter.omitted = !HeaderOf(record, kOmitted).empty();
  letter.record = std::move(record);
  std::erase_if(letter.record.headers,
                [](const auto& header) { return header.first.starts_with(kPrefix); });
  return letter;
}

void Note(DeadLetterIndex& index, const StoredRecord& stored) {
  const std::string id(HeaderOf(stored.record, kId));
  if (HeaderOf(stored.record, kResolved).empty()) {
    index.NoteLetter(stored.offset, id);
  } else {
    index.NoteResolved(stored.offset, id);
  }
}

// Where the page behind the cursor begins.
Result<Offset> ParseCursor(std::string_view after) {
  if (after.empty()) return Offset{0};
  Offset last = 0;
  const auto [end, failure] = std::from_chars(after.data(), after.data() + after.size(), last);
  if (failure == std::errc() && end == after.data() + after.size()) return last + 1;
  return Invalid("The cursor is not one that a page of dead letters gave.");
}

Failure NoLetter(std::string_view id) {
  return NotFound(fmt::format("There is no dead letter \"{}\", or it was resolved.", id),
                  "unknown_letter");
}

}  // namespace

DeadLetters::DeadLetters(EventLog& log, const Clock& clock) : log_(log), clock_(clock) {}

std::string DeadLetters::TopicOf(std::string_view topic) { return std::string(topic) + ".dlq"; }

Awaitable<Result<>> DeadLetters::AppendTo(std::string dlq, Record record, Deadline deadline) {
  auto outcome = co_await log_.Append(dlq, {record}, deadline);
  if (!outcome && outcome.error().kind() == ErrorKind::kNotFound) {
    CO_RETURN_IF_ERROR(co_await log_.CreateTopic(dlq, kTopicOptions, deadline));
    outcome = co_await log_.Append(dlq, {std::move(record)}, deadline);
  }
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return Result<>{};
}

Awaitable<Result<>> DeadLetters::Add(DeadLetter letter, Deadline deadline) {
  letter.failed_at = clock_.Now();
  auto outcome = co_await AppendTo(TopicOf(letter.topic), ToRecord(letter), deadline);
  if (outcome || outcome.error().kind() != ErrorKind::kInvalid) co_return outcome;
  letter.omitted = true;
  letter.record = {.key = {}, .value = {}, .headers = {}};
  co_return co_await AppendTo(TopicOf(letter.topic), ToRecord(letter), deadline);
}

Awaitable<Result<>> DeadLetters::Update(std::string dlq, Deadline deadline) {
  const auto begins = co_await log_.FindTime(dlq, Timestamp{}, deadline);
  if (!begins && begins.error().kind() == ErrorKind::kNotFound) co_return Result<>{};
  if (!begins) co_return std::unexpected(begins.error());
  for (PartitionPosition from{dlq, 0, 0};;) {
    {
      MutexLock lock(mutex_);
      auto& index = indexes_.try_emplace(dlq, kMostLetters).first->second;
      index.DropBefore(begins->at(0).offset);
      from.offset = index.Next();
    }
    const auto records = co_await log_.Read(from, kReadAtOnce, deadline);
    const bool damaged = !records && records.error().kind() == ErrorKind::kCorrupt;
    if (!records && !damaged) co_return std::unexpected(records.error());
    if (records && records->empty()) co_return Result<>{};
    MutexLock lock(mutex_);
    auto& index = indexes_.at(dlq);
    if (index.Next() != from.offset) continue;  // another call was faster
    if (damaged) {
      index.Skip(from.offset);
    } else {
      for (const auto& stored : *records) Note(index, stored);
    }
  }
}

Awaitable<Result<DeadLetter>> DeadLetters::LetterAt(std::string dlq, Offset offset,
                                                    Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto records, co_await log_.Read({std::move(dlq), 0, offset}, 1, deadline));
  if (records.empty() || records[0].offset != offset) {
    co_return NotFound("The dead letter is not kept any more.", "unknown_letter");
  }
  co_return ToLetter(std::move(records[0].record));
}

Awaitable<Result<DeadLetterPage>> DeadLetters::List(std::string topic, std::string after,
                                                    std::size_t limit, Deadline deadline) {
  const std::string dlq = TopicOf(topic);
  CO_ASSIGN_OR_RETURN(const Offset from, ParseCursor(after));
  CO_RETURN_IF_ERROR(co_await Update(dlq, deadline));
  std::vector<Offset> offsets;
  {
    MutexLock lock(mutex_);
    const auto index = indexes_.find(dlq);
    if (index != indexes_.end()) offsets = index->second.ListFrom(from, limit + 1);
  }
  DeadLetterPage page;
  std::size_t looked_at = 0;
  for (std::uint64_t bytes = 0; looked_at < std::min(limit, offsets.size()) && bytes < kPageBytes;
       ++looked_at) {
    auto letter = co_await LetterAt(dlq, offsets[looked_at], deadline);
    const bool lost = !letter && (letter.error().kind() == ErrorKind::kNotFound ||
                                  letter.error().kind() == ErrorKind::kCorrupt);
    if (lost) continue;
    if (!letter) co_return std::unexpected(std::move(letter).error());
    bytes += letter->record.key.size() + letter->record.value.size();
    page.letters.push_back(*std::move(letter));
  }
  if (looked_at > 0 && looked_at < offsets.size()) {
    page.next = std::to_string(offsets[looked_at - 1]);
  }
  co_return page;
}

Awaitable<Result<DeadLetter>> DeadLetters::Get(std::string topic, std::string id,
                                               Deadline deadline) {
  const std::string dlq = TopicOf(topic);
  CO_RETURN_IF_ERROR(co_await Update(dlq, deadline));
  std::optional<Offset> offset;
  {
    MutexLock lock(mutex_);
    const auto index = indexes_.find(dlq);
    if (index != indexes_.end()) offset = index->second.Find(id);
  }
  if (!offset) co_return NoLetter(id);
  co_return co_await LetterAt(dlq, *offset, deadline);
}

Awaitable<Result<>> DeadLetters::Replay(std::string topic, std::string id, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto letter, co_await Get(topic, id, deadline));
  if (letter.omitted) {
    CO_ASSIGN_OR_RETURN(auto kept,
                        co_await log_.Read({topic, letter.partition, letter.offset}, 1, deadline));
    if (kept.empty() || kept[0].offset != letter.offset) {
      co_return NotFound("The record was too large to be kept twice, and is not kept any more.");
    }
    letter.record = std::move(kept[0].record);
  }
  auto& headers = letter.record.headers;
  std::erase_if(headers, [](const auto& header) { return header.first == kReplayGroupHeader; });
  headers.emplace_back(kReplayGroupHeader, letter.group);
  auto appended = co_await log_.Append(topic, {std::move(letter.record)}, deadline);
  if (!appended) co_return std::unexpected(std::move(appended).error());
  co_return co_await Resolve(std::move(topic), std::move(id), "replayed", deadline);
}

Awaitable<Result<>> DeadLetters::Discard(std::string topic, std::string id, Deadline deadline) {
  auto letter = co_await Get(topic, id, deadline);
  if (!letter) co_return std::unexpected(std::move(letter).error());
  co_return co_await Resolve(std::move(topic), std::move(id), "discarded", deadline);
}

Awaitable<Result<>> DeadLetters::Resolve(std::string topic, std::string id, std::string how,
                                         Deadline deadline) {
  Record mark;
  mark.headers.emplace_back(kId, std::move(id));
  mark.headers.emplace_back(kResolved, std::move(how));
  co_return co_await AppendTo(TopicOf(topic), std::move(mark), deadline);
}

}  // namespace freshet::stores
