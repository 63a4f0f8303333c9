// Lists of people as people page through them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "net/api/answers.h"
#include "net/api/arguments.h"
#include "net/api/cursor.h"
#include "services/accounts/api.h"
#include "services/social/graph.h"
#include "services/social/restrictions.h"
#include "services/social/visibility.h"

namespace freshet::social {

struct PeopleListsParts {
  Graph& graph;
  Restrictions& restrictions;
  Visibility& visibility;
  accounts::Profiles& profiles;
  const net::CursorCodec& cursors;
  const Clock& clock;
};

// Every list is newest first and leaves out whom the viewer may not see. Errors of all: kInvalid
// (the cursor), the stores'. Thread-safe.
class PeopleLists {
 public:
  explicit PeopleLists(PeopleListsParts parts) : parts_(parts) {}

  // Errors also: as Visibility::CheckAccountLists.
  Awaitable<Result<net::Page<accounts::Account>>> Followers(AccountId viewer, AccountId account,
                                                            net::PageQuery query,
                                                            Deadline deadline);
  Awaitable<Result<net::Page<accounts::Account>>> Following(AccountId viewer, AccountId account,
                                                            net::PageQuery query,
                                                            Deadline deadline);
  // Who asked to follow `viewer`.
  Awaitable<Result<net::Page<accounts::Account>>> Requests(AccountId viewer, net::PageQuery query,
                                                           Deadline deadline);
  Awaitable<Result<net::Page<accounts::Account>>> Blocked(AccountId viewer, net::PageQuery query,
                                                          Deadline deadline);
  Awaitable<Result<net::Page<MutedAccount>>> Muted(AccountId viewer, net::PageQuery query,
                                                   Deadline deadline);

 private:
  using Entry = RestrictionPage::Entry;
  struct List {
    std::string cursor_kind;
    AccountId viewer;
    bool of_blocked = false;  // whom the viewer blocks stand in it
    // The newest entries older than `before` (account 0: from the start), at most `limit`.
    std::function<Awaitable<Result<std::vector<Entry>>>(Entry before, std::size_t limit)> read;
  };
  struct Found {
    std::vector<MutedAccount> people;
    std::optional<std::string> next;
  };

  using ReadFollows = Awaitable<Result<FollowPage>> (Graph::*)(AccountId account,
                                                               FollowPage::Entry before,
                                                               std::size_t limit,
                                                               Deadline deadline);
  List FollowList(std::string cursor_kind, AccountId viewer, AccountId account, ReadFollows read,
                  Deadline deadline) const;

  Result<Entry> ReadCursor(const List& list, const std::optional<std::string>& cursor) const;
  Awaitable<Result<Found>> Collect(List list, net::PageQuery query, Deadline deadline);
  // Those of the entries that may be shown; nullopt for the others.
  Awaitable<Result<std::vector<std::optional<accounts::Account>>>> FindPeople(
      const List& list, const std::vector<Entry>& entries, Deadline deadline);
  Awaitable<Result<net::Page<accounts::Account>>> PageOf(List list, net::PageQuery query,
                                                         Deadline deadline);

  const PeopleListsParts parts_;
};

}  // namespace freshet::social
