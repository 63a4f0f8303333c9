#include "services/accounts/search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "algorithms/text/folding.h"

namespace freshet::accounts {
namespace {

constexpr std::size_t kMostWords = 16;
constexpr std::size_t kMostQueryWords = 8;
// A word fits into a cursor.
constexpr std::size_t kWordNumbers = 5;
constexpr std::size_t kWordBytes = kWordNumbers * sizeof(std::uint64_t);
constexpr std::size_t kBlockRows = 200;
constexpr int kMostBlocks = 8;
constexpr std::string_view kAboveEveryCharacter = "\xf4\x8f\xbf\xbf";  // U+10FFFF
constexpr std::uint64_t kNobodyShown = std::numeric_limits<std::uint64_t>::max();

bool BeginsAWord(const std::vector<std::string>& words, std::string_view prefix) {
  return std::ranges::any_of(words, [&](const auto& word) { return word.starts_with(prefix); });
}

}  // namespace

// What is looked for.
struct AccountSearch::Query {
  explicit Query(const std::string& text)
      : words(algorithms::FoldedWords(text, kMostQueryWords, kWordBytes)) {
    if (!words.empty()) {
      driver = *std::ranges::max_element(words, {}, &std::string::size);
      limit = driver + std::string(kAboveEveryCharacter);
    }
    for (const auto& word : words) kind += ' ' + word;
  }

  bool Matches(const std::vector<std::string>& names) const {
    return std::ranges::all_of(words, [&](const auto& word) { return BeginsAWord(names, word); });
  }
  // The one of an account's rows in the index at which it is shown.
  const std::string* RowOf(const std::vector<std::string>& names) const {
    const std::string* least = nullptr;
    for (const auto& name : names) {
      if (name.starts_with(driver) && (!least || name < *least)) least = &name;
    }
    return least;
  }
  // A followed account comes before any other; a whole word or a verified mark counts as much as
  // having a hundred times the followers.
  std::uint64_t Score(const Account& account) const {
    const bool followed = account.relationship && account.relationship->following;
    const auto names = SearchWords(account.username, account.display_name);
    const bool whole = std::ranges::find(names, driver) != names.end();
    const auto followers =
        static_cast<std::uint64_t>(std::max<std::int64_t>(account.followers_count, 0));
    return (followed ? 100U : 0U) + (whole ? 7U : 0U) + (account.verified ? 7U : 0U) +
           static_cast<std::uint64_t>(std::bit_width(followers));
  }
  bool IsUsername(std::string_view name) const { return words.size() == 1 && driver == name; }

  std::vector<std::string> words;
  std::string driver;  // the longest word, which finds the fewest
  std::string limit;
  std::string kind = "account-search";
};

// A block starts after a row of the index; of its accounts those up to one were shown.
struct AccountSearch::Position {
  std::string word;
  AccountId account;
  std::uint64_t shown_score = kNobodyShown;
  AccountId shown;
};

struct AccountSearch::Ranked {
  std::uint64_t score = 0;
  Account account;
};

struct AccountSearch::Block {
  std::vector<Ranked> accounts;  // best first
  std::optional<Position> next;  // nothing: there is no further block
};

std::vector<std::string> SearchWords(std::string_view username, std::string_view display_name) {
  auto words = algorithms::FoldedWords(username, 1, kWordBytes);
  for (auto& word : algorithms::FoldedWords(display_name, kMostWords - 1, kWordBytes)) {
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  return words;
}

Result<> UnindexNames(stores::Transaction& tx, AccountId account) {
  RETURN_IF_ERROR(tx.Execute("DELETE FROM account_words WHERE account_id = $1", {account}));
  return {};
}

Result<> IndexNames(stores::Transaction& tx, AccountId account, std::string_view username,
                    std::string_view display_name) {
  for (const auto& word : SearchWords(username, display_name)) {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO account_words (word, account_id) VALUES ($1, $2)",
                               {word, account}));
  }
  return {};
}

AccountSearch::AccountSearch(stores::Database& database, Profiles& profiles,
                             AccountStandings& standings, const net::CursorCodec& cursors)
    : database_(database), profiles_(profiles), standings_(standings), cursors_(cursors) {}

Awaitable<Result<net::Page<Account>>> AccountSearch::Find(AccountId viewer, std::string text,
                                                          net::PageQuery page_query,
                                                          Deadline deadline) {
  const Query query(text);
  CO_ASSIGN_OR_RETURN(Position position, Decode(query, page_query.cursor));
  net::Page<Account> page;
  if (query.words.empty()) co_return page;
  const auto limit = static_cast<std::size_t>(page_query.limit);
  if (!page_query.cursor && query.words.size() == 1) {
    CO_ASSIGN_OR_RETURN(auto named, co_await FindNamed(query, deadline));
    CO_RETURN_IF_ERROR(co_await Complete(viewer, named, deadline));
    page.items = std::move(named);
  }
  for (int blocks = 0; blocks < kMostBlocks; ++blocks) {
    CO_ASSIGN_OR_RETURN(Block block, co_await ReadBlock(viewer, query, position, deadline));
    for (auto& [score, account] : block.accounts) {
      if (score > position.shown_score) continue;
      if (score == position.shown_score && account.id <= position.shown) continue;
      if (page.items.size() == limit) {
        page.next = Encode(query, position);
        co_return page;
      }
      position.shown_score = score;
      position.shown = account.id;
      page.items.push_back(std::move(account));
    }
    if (!block.next) co_return page;
    position = *std::move(block.next);
  }
  page.next = Encode(query, position);
  co_return page;
}

Awaitable<Result<std::vector<Account>>> AccountSearch::FindNamed(const Query& query,
                                                                 Deadline deadline) {
  std::vector<AccountId> ids;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) {
        ids.clear();
        return tx.Query(
            "SELECT a.id FROM accounts a JOIN account_words w ON w.account_id = a.id "
            "AND w.word = $1 WHERE a.username = $1",
            {query.driver}, [&](const stores::Row& row) { ids.push_back(row.AsId<AccountId>(0)); });
      },
      deadline));
  CO_ASSIGN_OR_RETURN(auto found, co_await profiles_.Find(std::move(ids), deadline));
  std::vector<Account> named;
  for (auto& account : found) {
    if (account) named.push_back(*std::move(account));
  }
  co_return named;
}

Awaitable<Result<>> AccountSearch::Complete(AccountId viewer, std::vector<Account>& accounts,
                                            Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await standings_.Complete(viewer, accounts, deadline));
  std::erase_if(accounts, [](const Account& account) {
    return account.relationship && account.relationship->blocked_by;
  });
  co_return Result<>();
}

Awaitable<Result<AccountSearch::Block>> AccountSearch::ReadBlock(AccountId viewer,
                                                                 const Query& query,
                                                                 const Position& position,
                                                                 Deadline deadline) {
  struct IndexRow {
    std::string word;
    AccountId account;
  };
  std::vector<IndexRow> rows;
  const std::string_view first = position.word.empty() ? query.driver : position.word;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) {
        rows.clear();
        return tx.Query(
            "SELECT word, account_id FROM account_words WHERE (word, account_id) > ($1, $2) "
            "AND word < $3 ORDER BY word, account_id LIMIT $4",
            {first, position.account, query.limit, kBlockRows}, [&](const stores::Row& row) {
              rows.push_back({std::string(row.Text(0)), row.AsId<AccountId>(1)});
            });
      },
      deadline));
  Block block;
  if (rows.size() == kBlockRows) {
    block.next.emplace();
    block.next->word = rows.back().word;
    block.next->account = rows.back().account;
  }
  std::vector<AccountId> ids;
  for (const auto& row : rows) ids.push_back(row.account);
  CO_ASSIGN_OR_RETURN(auto found, co_await profiles_.Find(std::move(ids), deadline));
  std::vector<Account> accounts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!found[i] || query.IsUsername(found[i]->username)) continue;
    const auto names = SearchWords(found[i]->username, found[i]->display_name);
    const auto* const at = query.RowOf(names);
    if (at && *at == rows[i].word && query.Matches(names)) accounts.push_back(*std::move(found[i]));
  }
  CO_RETURN_IF_ERROR(co_await Complete(viewer, accounts, deadline));
  for (auto& account : accounts) {
    const std::uint64_t score = query.Score(account);
    block.accounts.push_back({score, std::move(account)});
  }
  std::ranges::sort(block.accounts, [](const Ranked& a, const Ranked& b) {
    return a.score != b.score ? a.score > b.score : a.account.id < b.account.id;
  });
  co_return block;
}

std::string AccountSearch::Encode(const Query& query, const Position& position) const {
  std::array<std::uint64_t, kWordNumbers + 3> values{};
  std::memcpy(values.data(), position.word.data(), position.word.size());
  values[kWordNumbers] = position.account.value;
  values[kWordNumbers + 1] = position.shown_score;
  values[kWordNumbers + 2] = position.shown.value;
  return cursors_.Encode(query.kind, values);
}

Result<AccountSearch::Position> AccountSearch::Decode(
    const Query& query, const std::optional<std::string>& cursor) const {
  Position position;
  if (!cursor) return position;
  ASSIGN_OR_RETURN(const auto values, cursors_.Decode(query.kind, *cursor));
  if (values.size() != kWordNumbers + 3)
    return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
  std::array<char, kWordBytes> bytes{};
  std::memcpy(bytes.data(), values.data(), bytes.size());
  position.word.assign(bytes.data(), strnlen(bytes.data(), bytes.size()));
  position.account = AccountId{values[kWordNumbers]};
  position.shown_score = values[kWordNumbers + 1];
  position.shown = AccountId{values[kWordNumbers + 2]};
  return position;
}

}  // namespace freshet::accounts
