#include "services/social/restrictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "algorithms/text/folding.h"
#include "services/social/graph_rows.h"

namespace freshet::social {
namespace {

constexpr stores::CacheSpace kSets{.number = 4, .name = "restrictions"};
constexpr stores::CacheSpace kMuters{.number = 5, .name = "muters"};
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kPurgedAtOnce = 1'000;

struct Ending {
  AccountId account;
  std::int64_t until = kForever;  // ms
};

template <class T>
void AppendRaw(const T& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
std::span<const T> ReadRaw(const char* from, std::size_t count) {
  return {reinterpret_cast<const T*>(from), count};
}

bool Holds(std::span<const Ending> sorted, AccountId account, Timestamp now) {
  const auto found = std::ranges::lower_bound(sorted, account, {}, &Ending::account);
  return found != sorted.end() && found->account == account &&
         found->until > now.time_since_epoch().count();
}

std::int64_t Until(const stores::Row& row, int column) {
  return row.IsNull(column) ? kForever : row.Int(column);
}

Result<std::int64_t> CountRows(stores::Transaction& tx, std::string_view sql, AccountId person) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(tx.Query(sql, {person}, [&](const stores::Row& row) { count = row.Int(0); }));
  return count;
}

Failure TooMany(std::string_view what, std::int64_t most, std::string code) {
  return Invalid(
      fmt::format("You {} {} accounts, which is as many as one may; end some first.", what, most),
      std::move(code));
}

}  // namespace

// In front of the ids of the blocked, the Endings of the mutes and the words, each of these its end
// and its size in front of its bytes.
struct RestrictionSet::Head {
  std::uint64_t blocks = 0;
  std::uint32_t mutes = 0;
  std::uint32_t words = 0;
};

RestrictionSet::Head RestrictionSet::head() const {
  Head head;
  if (!empty()) std::memcpy(&head, packed_->data(), sizeof head);
  return head;
}

bool RestrictionSet::Blocks(AccountId account) const {
  if (empty()) return false;
  const auto ids = ReadRaw<AccountId>(packed_->data() + sizeof(Head), head().blocks);
  return std::ranges::binary_search(ids, account);
}

bool RestrictionSet::Mutes(AccountId account, Timestamp now) const {
  if (empty()) return false;
  const Head sizes = head();
  const char* const from = packed_->data() + sizeof(Head) + sizes.blocks * sizeof(AccountId);
  return Holds(ReadRaw<Ending>(from, sizes.mutes), account, now);
}

bool RestrictionSet::HasWords() const { return head().words > 0; }

bool RestrictionSet::MutesText(std::string_view text, Timestamp now) const {
  const Head sizes = head();
  if (sizes.words == 0) return false;
  const std::string spaced = algorithms::SpacedWords(text);
  const char* at = packed_->data() + sizeof(Head) + sizes.blocks * sizeof(AccountId) +
                   sizes.mutes * sizeof(Ending);
  for (std::uint32_t i = 0; i < sizes.words; ++i) {
    std::int64_t until = 0;
    std::uint32_t size = 0;
    std::memcpy(&until, at, sizeof until);
    std::memcpy(&size, at + sizeof until, sizeof size);
    at += sizeof until + sizeof size;
    const std::string_view word(at, size);
    at += size;
    if (until > now.time_since_epoch().count() && spaced.contains(word)) return true;
  }
  return false;
}

bool MuterSet::Contains(AccountId account, Timestamp now) const {
  if (!packed_) return false;
  return Holds(ReadRaw<Ending>(packed_->data(), packed_->size() / sizeof(Ending)), account, now);
}

Restrictions::Restrictions(RestrictionOptions options, stores::Database& database,
                           stores::Cache& cache, const Clock& clock)
    : options_(options),
      database_(database),
      clock_(clock),
      sets_(
          cache, kSets, {},
          [this](std::vector<std::uint64_t> people, Deadline deadline) {
            return Load(std::move(people), deadline);
          },
          clock),
      muters_(
          cache, kMuters, {},
          [this](std::vector<std::uint64_t> authors, Deadline deadline) {
            return LoadMuters(std::move(authors), deadline);
          },
          clock) {}

Result<bool> Restrictions::SetBlock(stores::Transaction& tx, AccountId person, AccountId other,
                                    bool block) {
  std::int64_t changed = 0;
  if (block) {
    ASSIGN_OR_RETURN(changed, tx.Execute("INSERT INTO blocks (account_id, blocked_id, created_at) "
                                         "VALUES ($1, $2, $3) ON CONFLICT (account_id, blocked_id) "
                                         "DO NOTHING",
                                         {person, other, clock_.Now()}));
  } else {
    ASSIGN_OR_RETURN(changed,
                     tx.Execute("DELETE FROM blocks WHERE account_id = $1 AND blocked_id = $2",
                                {person, other}));
  }
  if (changed == 0) return false;
  if (block) {
    ASSIGN_OR_RETURN(const auto blocks,
                     CountRows(tx, "SELECT count(*) FROM blocks WHERE account_id = $1", person));
    if (blocks > options_.max_accounts) {
      return TooMany("block", options_.max_accounts, "blocks_limit");
    }
  }
  RETURN_IF_ERROR(AddFollowEvent(tx, {.type = FollowEventType::kBlockChanged,
                                      .follower_id = person,
                                      .followee_id = other,
                                      .present = block}));
  return true;
}

Result<bool> Restrictions::SetMute(stores::Transaction& tx, AccountId person, AccountId other,
                                   bool mute, std::optional<Timestamp> expires_at) {
  std::int64_t changed = 0;
  if (mute) {
    ASSIGN_OR_RETURN(changed,
                     tx.Execute("INSERT INTO mutes (account_id, muted_id, created_at, expires_at) "
                                "VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, muted_id) "
                                "DO UPDATE SET expires_at = $4",
                                {person, other, clock_.Now(), expires_at}));
    ASSIGN_OR_RETURN(const auto mutes,
                     CountRows(tx, "SELECT count(*) FROM mutes WHERE account_id = $1", person));
    if (mutes > options_.max_accounts) return TooMany("mute", options_.max_accounts, "mutes_limit");
  } else {
    ASSIGN_OR_RETURN(
        changed,
        tx.Execute("DELETE FROM mutes WHERE account_id = $1 AND muted_id = $2", {person, other}));
  }
  if (changed == 0) return false;
  RETURN_IF_ERROR(AddFollowEvent(tx, {.type = FollowEventType::kMuteChanged,
                                      .follower_id = person,
                                      .followee_id = other,
                                      .present = mute}));
  return true;
}

Awaitable<Result<MutedWords>> Restrictions::Words(AccountId person, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<MutedWords> {
        MutedWords muted;
        RETURN_IF_ERROR(
            tx.Query("SELECT word, expires_at FROM muted_words WHERE account_id = $1 "
                     "AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC, folded",
                     {person, clock_.Now()}, [&](const stores::Row& row) {
                       muted.words.push_back(
                           {.word = std::string(row.Text(0)), .expires_at = row.OptionalTime(1)});
                     }));
        return muted;
      },
      deadline);
}

Awaitable<Result<MutedWords>> Restrictions::AddWords(AccountId person, MutedWords words,
                                                     Deadline deadline) {
  std::vector<std::string> folded;
  for (std::size_t i = 0; i < words.words.size(); ++i) {
    const auto& [word, expires_at] = words.words[i];
    folded.push_back(algorithms::SpacedWords(word));
    if (folded.back().empty()) {
      co_return InvalidField(fmt::format("/words/{}/word", i), "no_word",
                             "there is no letter and no digit in it");
    }
    if (expires_at && *expires_at <= clock_.Now()) {
      co_return InvalidField(fmt::format("/words/{}/expires_at", i), "in_the_past",
                             "choose a time that is still to come");
    }
  }
  const auto add = [&](stores::Transaction& tx) -> Result<> {
    for (std::size_t i = 0; i < folded.size(); ++i) {
      RETURN_IF_ERROR(tx.Execute(
          "INSERT INTO muted_words (account_id, folded, word, created_at, expires_at) "
          "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, folded) "
          "DO UPDATE SET word = $3, expires_at = $5",
          {person, folded[i], words.words[i].word, clock_.Now(), words.words[i].expires_at}));
    }
    ASSIGN_OR_RETURN(
        const auto count,
        CountRows(tx, "SELECT count(*) FROM muted_words WHERE account_id = $1", person));
    if (count > options_.max_words) {
      return Invalid(
          fmt::format("One person mutes at most {} words; remove some.", options_.max_words),
          "muted_words_limit");
    }
    return {};
  };
  co_return co_await ChangeWords(person, add, deadline);
}

Awaitable<Result<MutedWords>> Restrictions::RemoveWords(AccountId person,
                                                        std::optional<std::string> word,
                                                        Deadline deadline) {
  std::optional<std::string> folded;
  if (word) folded = algorithms::SpacedWords(*word);
  const auto remove = [&](stores::Transaction& tx) -> Result<> {
    if (!folded) {
      RETURN_IF_ERROR(tx.Execute("DELETE FROM muted_words WHERE account_id = $1", {person}));
    } else {
      RETURN_IF_ERROR(tx.Execute("DELETE FROM muted_words WHERE account_id = $1 AND folded = $2",
                                 {person, *folded}));
    }
    return {};
  };
  co_return co_await ChangeWords(person, remove, deadline);
}

Awaitable<Result<MutedWords>> Restrictions::ChangeWords(AccountId person,
                                                        const stores::Database::Body& change,
                                                        Deadline deadline) {
  const auto change_and_tell = [&](stores::Transaction& tx) -> Result<> {
    RETURN_IF_ERROR(change(tx));
    return AddFollowEvent(tx, {.type = FollowEventType::kMutedWordsChanged,
                               .follower_id = person,
                               .followee_id = person});
  };
  CO_RETURN_IF_ERROR(co_await database_.Write(change_and_tell, deadline));
  // A failure here is mended by the worker that reads the event.
  (void)co_await Forget(person, AccountId{}, deadline);
  co_return co_await Words(person, deadline);
}

Awaitable<Result<RestrictionSet>> Restrictions::Of(AccountId person, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto values, co_await sets_.Get({&person.value, 1}, deadline));
  co_return RestrictionSet(std::move(values.front()));
}

Awaitable<Result<std::vector<RestrictionSet>>> Restrictions::Of(
    std::span<const std::uint64_t> people, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto values, co_await sets_.Get(people, deadline));
  std::vector<RestrictionSet> sets;
  sets.reserve(values.size());
  for (auto& value : values) sets.emplace_back(std::move(value));
  co_return sets;
}

Awaitable<Result<MuterSet>> Restrictions::MutersOf(AccountId author, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto values, co_await muters_.Get({&author.value, 1}, deadline));
  co_return MuterSet(std::move(values.front()));
}

namespace {

Result<stores::CacheValue> PackSet(stores::Transaction& tx, std::uint64_t person, Timestamp now) {
  std::uint64_t blocks = 0;
  std::uint32_t mutes = 0;
  std::uint32_t words = 0;
  std::string bytes(sizeof blocks + sizeof mutes + sizeof words, '\0');
  RETURN_IF_ERROR(
      tx.Query("SELECT blocked_id FROM blocks WHERE account_id = $1 ORDER BY blocked_id", {person},
               [&](const stores::Row& row) {
                 ++blocks;
                 AppendRaw(row.AsId<AccountId>(0), bytes);
               }));
  RETURN_IF_ERROR(tx.Query(
      "SELECT muted_id, expires_at FROM mutes WHERE account_id = $1 "
      "AND (expires_at IS NULL OR expires_at > $2) ORDER BY muted_id",
      {person, now}, [&](const stores::Row& row) {
        ++mutes;
        AppendRaw(Ending{.account = row.AsId<AccountId>(0), .until = Until(row, 1)}, bytes);
      }));
  RETURN_IF_ERROR(
      tx.Query("SELECT folded, expires_at FROM muted_words WHERE account_id = $1 "
               "AND (expires_at IS NULL OR expires_at > $2)",
               {person, now}, [&](const stores::Row& row) {
                 ++words;
                 AppendRaw(Until(row, 1), bytes);
                 AppendRaw(static_cast<std::uint32_t>(row.Text(0).size()), bytes);
                 bytes += row.Text(0);
               }));
  if (blocks + mutes + words == 0) bytes.clear();
  if (!bytes.empty()) {
    std::memcpy(bytes.data(), &blocks, sizeof blocks);
    std::memcpy(bytes.data() + sizeof blocks, &mutes, sizeof mutes);
    std::memcpy(bytes.data() + sizeof blocks + sizeof mutes, &words, sizeof words);
  }
  return std::make_shared<const std::string>(std::move(bytes));
}

Result<stores::CacheValue> PackMuters(stores::Transaction& tx, std::uint64_t author,
                                      Timestamp now) {
  std::vector<Ending> endings;
  const auto add = [&](const stores::Row& row) {
    endings.push_back({.account = row.AsId<AccountId>(0), .until = Until(row, 1)});
  };
  RETURN_IF_ERROR(
      tx.Query("SELECT account_id, expires_at FROM mutes WHERE muted_id = $1 "
               "AND (expires_at IS NULL OR expires_at > $2)",
               {author, now}, add));
  std::ranges::sort(endings, {}, &Ending::account);
  std::string bytes;
  for (const auto& ending : endings) AppendRaw(ending, bytes);
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

Awaitable<Result<std::vector<stores::CacheValue>>> Restrictions::Load(
    std::vector<std::uint64_t> people, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<stores::CacheValue>> {
        std::vector<stores::CacheValue> values;
        values.reserve(people.size());
        for (const auto person : people) {
          ASSIGN_OR_RETURN(values.emplace_back(), PackSet(tx, person, clock_.Now()));
        }
        return values;
      },
      deadline);
}

Awaitable<Result<std::vector<stores::CacheValue>>> Restrictions::LoadMuters(
    std::vector<std::uint64_t> authors, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<stores::CacheValue>> {
        std::vector<stores::CacheValue> values;
        values.reserve(authors.size());
        for (const auto author : authors) {
          ASSIGN_OR_RETURN(values.emplace_back(), PackMuters(tx, author, clock_.Now()));
        }
        return values;
      },
      deadline);
}

namespace {

Awaitable<Result<RestrictionPage>> ReadPage(stores::Database& database, std::string_view sql,
                                            AccountId person, RestrictionPage::Entry before,
                                            std::size_t limit, Deadline deadline) {
  if (!before.account) {
    before = {.account = AccountId{kMaxIdValue},
              .since = Timestamp(Duration(kForever)),
              .expires_at = {}};
  }
  co_return co_await stores::ReadReturning(
      database,
      [&](stores::Transaction& tx) -> Result<RestrictionPage> {
        RestrictionPage page;
        RETURN_IF_ERROR(tx.Query(sql, {person, before.since, before.account, limit},
                                 [&](const stores::Row& row) {
                                   page.entries.push_back({.account = row.AsId<AccountId>(0),
                                                           .since = row.Time(1),
                                                           .expires_at = row.OptionalTime(2)});
                                 }));
        return page;
      },
      deadline);
}

}  // namespace

Awaitable<Result<RestrictionPage>> Restrictions::Blocked(AccountId person,
                                                         RestrictionPage::Entry before,
                                                         std::size_t limit, Deadline deadline) {
  return ReadPage(database_,
                  "SELECT blocked_id, created_at, NULL FROM blocks WHERE account_id = $1 "
                  "AND (created_at, blocked_id) < ($2, $3) "
                  "ORDER BY created_at DESC, blocked_id DESC LIMIT $4",
                  person, before, limit, deadline);
}

Awaitable<Result<RestrictionPage>> Restrictions::Muted(AccountId person,
                                                       RestrictionPage::Entry before,
                                                       std::size_t limit, Deadline deadline) {
  return ReadPage(database_,
                  "SELECT muted_id, created_at, expires_at FROM mutes WHERE account_id = $1 "
                  "AND (created_at, muted_id) < ($2, $3) "
                  "ORDER BY created_at DESC, muted_id DESC LIMIT $4",
                  person, before, limit, deadline);
}

Awaitable<Result<>> Restrictions::Forget(AccountId person, AccountId other, Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await sets_.Remove({&person.value, 1}, deadline));
  if (!other) co_return Result<>();
  co_return co_await muters_.Remove({&other.value, 1}, deadline);
}

Awaitable<Result<std::int64_t>> Restrictions::Purge(Deadline deadline) {
  co_return co_await stores::WriteReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::int64_t> {
        const Timestamp now = clock_.Now();
        ASSIGN_OR_RETURN(
            const auto mutes,
            tx.Execute("DELETE FROM mutes WHERE (account_id, muted_id) IN "
                       "(SELECT account_id, muted_id FROM mutes WHERE expires_at <= $1 LIMIT $2)",
                       {now, kPurgedAtOnce}));
        ASSIGN_OR_RETURN(
            const auto words,
            tx.Execute("DELETE FROM muted_words WHERE (account_id, folded) IN (SELECT account_id, "
                       "folded FROM muted_words WHERE expires_at <= $1 LIMIT $2)",
                       {now, kPurgedAtOnce}));
        return mutes + words;
      },
      deadline);
}

}  // namespace freshet::social
