// Records that could not be processed, kept until somebody decides about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "stores/log/event_log.h"

namespace freshet::stores {

// A record that a group gave up.
struct DeadLetter {
  std::string id;  // "<group>:<partition>:<offset>" of the original: unique within its topic
  std::string topic;
  std::uint32_t partition = 0;
  Offset offset = 0;
  std::string group;
  std::string error;
  std::int64_t attempts = 0;
  Timestamp failed_at;
  Record record;         // as it was appended
  bool omitted = false;  // too large to be kept twice: the value must be read at its old place
};

struct DeadLetterPage {
  std::vector<DeadLetter> letters;  // oldest first
  std::optional<std::string> next;  // pass it as `after`; nothing at the end
};

// What a replayed record is marked with, so that only the group that failed processes it again.
inline constexpr std::string_view kReplayGroupHeader = "replay-group";

// The dead letters of topic T are the records of topic "<T>.dlq" (one partition, 30 days), less
// those that a later record of it marks as resolved; so they need nothing but an EventLog. Listing
// reads the whole topic, which is meant to be short. Thread-safe.
class DeadLetters {
 public:
  DeadLetters(EventLog& log, const Clock& clock);

  static std::string TopicOf(std::string_view topic);

  // Keeps `letter`; `id` and `failed_at` are set here. May keep it twice when repeated; it is
  // listed once. Errors: EventLog::Append's.
  Awaitable<Result<>> Add(DeadLetter letter, Deadline deadline);

  // At most `limit` unresolved letters that follow the letter `after`, or from the oldest on.
  // Errors: EventLog::Read's; a topic without letters is empty.
  Awaitable<Result<DeadLetterPage>> List(std::string topic, std::string after, std::size_t limit,
                                         Deadline deadline);
  // Errors: kNotFound (no such letter, or resolved).
  Awaitable<Result<DeadLetter>> Get(std::string topic, std::string id, Deadline deadline);

  // Appends the original to its topic again, for the group that failed, then marks the letter as
  // resolved. When that fails in between, the letter is still listed, and replaying it again
  // appends the original twice. Errors: kNotFound (no such letter, or its value is not kept any
  // more), EventLog::Append's.
  Awaitable<Result<>> Replay(std::string topic, std::string id, Deadline deadline);
  Awaitable<Result<>> Discard(std::string topic, std::string id, Deadline deadline);

 private:
  Awaitable<Result<>> AppendTo(std::string dlq, Record record, Deadline deadline);
  Awaitable<Result<>> Resolve(std::string topic, std::string id, std::string how,
                              Deadline deadline);
  // Every unresolved letter, oldest first.
  Awaitable<Result<std::vector<DeadLetter>>> Unresolved(std::string topic, Deadline deadline);

  EventLog& log_;
  const Clock& clock_;
};

}  // namespace freshet::stores
