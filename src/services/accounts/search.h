// Finding people by the beginnings of their names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/cursor.h"
#include "services/accounts/api.h"
#include "services/accounts/types.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// Each belongs into the transaction that changes the names.
Result<> IndexNames(stores::Transaction& tx, AccountId account, std::string_view username,
                    std::string_view display_name);
Result<> UnindexNames(stores::Transaction& tx, AccountId account);

// The words by which an account is found: its user name, and the words of its display name.
std::vector<std::string> SearchWords(std::string_view username, std::string_view display_name);

// Thread-safe.
class AccountSearch {
 public:
  AccountSearch(stores::Database& database, Profiles& profiles, AccountStandings& standings,
                const net::CursorCodec& cursors);

  // Accounts of which every word of `text` begins a word: whose user name it is; then, block after
  // block of the index, which begins with whole words, those whom `viewer` follows, the verified
  // and the much followed first. No account comes twice, however names change in between; one that
  // changes its name may be missed. Errors: kInvalid (the cursor).
  Awaitable<Result<net::Page<Account>>> Find(AccountId viewer, std::string text,
                                             net::PageQuery query, Deadline deadline);

 private:
  struct Query;
  struct Position;
  struct Ranked;
  struct Block;
  // The account whose user name it is, if there is one.
  Awaitable<Result<std::vector<Account>>> FindNamed(const Query& query, Deadline deadline);
  // Adds how they and `viewer` stand to each other, and leaves out those who block `viewer`.
  Awaitable<Result<>> Complete(AccountId viewer, std::vector<Account>& accounts, Deadline deadline);
  Awaitable<Result<Block>> ReadBlock(AccountId viewer, const Query& query, const Position& position,
                                     Deadline deadline);
  std::string Encode(const Query& query, const Position& position) const;
  Result<Position> Decode(const Query& query, const std::optional<std::string>& cursor) const;

  stores::Database& database_;
  Profiles& profiles_;
  AccountStandings& standings_;
  const net::CursorCodec& cursors_;
};

}  // namespace freshet::accounts
