// Records that could not be processed, kept until somebody decides about them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "stores/log/dead_letter_index.h"
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
  std::vector<DeadLetter> letters;  // oldest first; fewer than asked for when they are large
  std::optional<std::string> next;  // pass it as `after`; nothing at the end
};

// What a replayed record is marked with, so that only the group that failed processes it again.
inline constexpr std::string_view kReplayGroupHeader = "replay-group";

// The dead letters of topic T are the records of topic "<T>.dlq" (one partition, 30 days), less
// those that a later record of it marks as resolved; so they need nothing but an EventLog. The
// first look at a topic reads all of it, each further one what was added since; a look that runs
// out of time is continued by the next. What is remembered is small, and of the oldest 100,000
// unresolved letters of a topic: newer ones are found once half of those are resolved. Damaged
// records are passed over. Thread-safe.
class DeadLetters {
 public:
  DeadLetters(EventLog& log, const Clock& clock);

  static std::string TopicOf(std::string_view topic);

  // Keeps `letter`; `id` and `failed_at` are set here. May keep it twice when repeated; it is
  // listed once. Errors: EventLog::Append's.
  Awaitable<Result<>> Add(DeadLetter letter, Deadline deadline);

  // At most `limit` unresolved letters behind the page whose `next` is `after`, or from the oldest
  // on. Errors: kInvalid (`after` is no page's), EventLog::Read's; a topic without letters is
  // empty.
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
  // Brings the index of `dlq` up to date.
  Awaitable<Result<>> Update(std::string dlq, Deadline deadline);
  // Errors: kNotFound (not kept any more), EventLog::Read's.
  Awaitable<Result<DeadLetter>> LetterAt(std::string dlq, Offset offset, Deadline deadline);

  EventLog& log_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, DeadLetterIndex> indexes_ GUARDED_BY(mutex_);  // by dead letter topic
};

}  // namespace freshet::stores
