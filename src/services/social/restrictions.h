// Whom people do not want to meet and what they do not want to read: blocks, mutes, muted words.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "services/social/restriction_types.h"
#include "stores/cache/single_flight.h"
#include "stores/database/database.h"

namespace freshet::social {

struct RestrictionOptions {
  std::int64_t max_accounts = 10'000;
  std::int64_t max_words = 200;

  static constexpr auto Describe() {
    using O = RestrictionOptions;
    return Description("restrictions", "Blocks, mutes and muted words.",
                       Field("max_accounts", &O::max_accounts)
                           .Range(1, 1'000'000)
                           .Unit("accounts")
                           .Doc("How many accounts one person may block, and as many mute."),
                       Field("max_words", &O::max_words)
                           .Range(1, 10'000)
                           .Doc("How many words and phrases one person may mute."));
  }
};

// One person's restrictions: immutable, shared with the cache.
class RestrictionSet {
 public:
  RestrictionSet() = default;
  explicit RestrictionSet(stores::CacheValue packed) : packed_(std::move(packed)) {}

  bool empty() const { return !packed_ || packed_->empty(); }
  bool Blocks(AccountId account) const;  // O(log n)
  bool Mutes(AccountId account, Timestamp now) const;
  bool HasWords() const;
  // Whether a muted word or phrase stands in the text, whole, without regard to case and
  // diacritics.
  bool MutesText(std::string_view text, Timestamp now) const;

 private:
  struct Head;
  Head head() const;

  stores::CacheValue packed_;
};

// The accounts that mute one author, who are not told live of what it posts. Immutable, shared with
// the cache.
class MuterSet {
 public:
  MuterSet() = default;
  explicit MuterSet(stores::CacheValue packed) : packed_(std::move(packed)) {}

  bool empty() const { return !packed_ || packed_->empty(); }
  bool Contains(AccountId account, Timestamp now) const;

 private:
  stores::CacheValue packed_;  // pairs of account and end, sorted
};

// One page of a list, newest first.
struct RestrictionPage {
  struct Entry {
    AccountId account;
    Timestamp since;
    std::optional<Timestamp> expires_at;
  };
  std::vector<Entry> entries;
};

// Thread-safe. Errors of every method: the database's.
class Restrictions {
 public:
  Restrictions(RestrictionOptions options, stores::Database& database, stores::Cache& cache,
               const Clock& clock);

  // Each within the caller's transaction. Idempotent; true when something changed. Errors: kInvalid
  // (code "blocks_limit", "mutes_limit").
  Result<bool> SetBlock(stores::Transaction& tx, AccountId person, AccountId other, bool block);
  Result<bool> SetMute(stores::Transaction& tx, AccountId person, AccountId other, bool mute,
                       std::optional<Timestamp> expires_at);

  // Newest first, as they were made; what has expired is not there.
  Awaitable<Result<MutedWords>> Words(AccountId person, Deadline deadline);
  // Adds the words that are new and renews the others. Errors: kInvalid (no word in a text; code
  // "muted_words_limit").
  Awaitable<Result<MutedWords>> AddWords(AccountId person, MutedWords words, Deadline deadline);
  // All of them when `word` is nothing. Idempotent.
  Awaitable<Result<MutedWords>> RemoveWords(AccountId person, std::optional<std::string> word,
                                            Deadline deadline);

  Awaitable<Result<RestrictionSet>> Of(AccountId person, Deadline deadline);
  // In the order of `people`.
  Awaitable<Result<std::vector<RestrictionSet>>> Of(std::span<const std::uint64_t> people,
                                                    Deadline deadline);
  Awaitable<Result<MuterSet>> MutersOf(AccountId author, Deadline deadline);

  // Older than `before` (account 0: from the start), at most `limit`.
  Awaitable<Result<RestrictionPage>> Blocked(AccountId person, RestrictionPage::Entry before,
                                             std::size_t limit, Deadline deadline);
  Awaitable<Result<RestrictionPage>> Muted(AccountId person, RestrictionPage::Entry before,
                                           std::size_t limit, Deadline deadline);

  // What must be forgotten after a restriction of `person` against `other` (0: words) changed.
  // Idempotent.
  Awaitable<Result<>> Forget(AccountId person, AccountId other, Deadline deadline);

  // Removes mutes and words that have expired, a part at a time. Returns how many.
  Awaitable<Result<std::int64_t>> Purge(Deadline deadline);

 private:
  Awaitable<Result<MutedWords>> ChangeWords(AccountId person, const stores::Database::Body& change,
                                            Deadline deadline);
  Awaitable<Result<std::vector<stores::CacheValue>>> Load(std::vector<std::uint64_t> people,
                                                          Deadline deadline);
  Awaitable<Result<std::vector<stores::CacheValue>>> LoadMuters(std::vector<std::uint64_t> authors,
                                                                Deadline deadline);

  const RestrictionOptions options_;
  stores::Database& database_;
  const Clock& clock_;
  stores::SingleFlight sets_;
  stores::SingleFlight muters_;
};

}  // namespace freshet::social
