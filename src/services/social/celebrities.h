// The authors whose posts are merged when read instead of pushed when written.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/mutex.h"
#include "stores/database/database.h"
#include "stores/timelines/timelines.h"

namespace freshet::social {

// From `enter` followers on an author is a celebrity, until there are fewer than `leave`.
struct CelebrityThresholds {
  std::int64_t enter = 10'000;
  std::int64_t leave = 9'000;
  std::size_t batch = 1'000;  // timelines that are dropped at once
};

// An author is ordinary (pushed), a celebrity (merged when read), or returning: pushed and still
// merged, while the timelines of the followers, which lack what was never pushed, are dropped.
// Only when they are gone does merging end. So no post is missing at any moment, and one that is
// both pushed and merged counts once. Held in memory, since there are few. Thread-safe.
class Celebrities {
 public:
  Celebrities(stores::Database& database, stores::Timelines& timelines, const Clock& clock)
      : database_(database), timelines_(timelines), clock_(clock) {}

  // Reads who is one. Call once, before anything else.
  Awaitable<Result<>> Start(Deadline deadline);

  // Whose lists are merged; sorted.
  std::shared_ptr<const std::vector<AccountId>> All() const;
  // Whether the author's posts are pushed to the followers.
  bool IsPushed(AccountId author) const;

  // Makes celebrities of those of `authors` who have become so, and ordinary those who no longer
  // are; durable before it returns. For one author at a time, before a post is pushed or not.
  // Idempotent; after an error call it again. Errors: the stores'.
  Awaitable<Result<>> Review(std::span<const AccountId> authors, CelebrityThresholds thresholds);

 private:
  enum class State : std::uint8_t { kOrdinary = 0, kCelebrity = 1, kReturning = 2 };  // stored
  struct Standing {
    AccountId author;
    State state = State::kOrdinary;
    std::int64_t changes = 0;  // numbers the states of an author
    std::int64_t followers = 0;
  };
  struct Table {
    std::vector<AccountId> merged;     // sorted
    std::vector<AccountId> returning;  // sorted
  };

  Awaitable<Result<std::vector<Standing>>> Read(std::span<const AccountId> authors);
  // Moves the author on, unless somebody else did. Returns whether it is so now.
  Awaitable<Result<bool>> Move(Standing& standing, State to);
  Awaitable<Result<>> Return(Standing standing, std::size_t batch);
  Awaitable<Result<>> DropTimelinesOfFollowers(AccountId author, std::size_t batch);
  void Remember(AccountId author, State state);
  Deadline Soon() const;

  stores::Database& database_;
  stores::Timelines& timelines_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::shared_ptr<const Table> table_ GUARDED_BY(mutex_) = std::make_shared<const Table>();
};

}  // namespace freshet::social
