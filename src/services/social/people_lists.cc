#include "services/social/people_lists.h"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::social {
namespace {

using accounts::Account;

// Readings for one page, when most of what is found may not be shown.
constexpr int kMostReadings = 10;

std::vector<RestrictionPage::Entry> ToEntries(const FollowPage& page) {
  std::vector<RestrictionPage::Entry> entries;
  entries.reserve(page.entries.size());
  for (const auto& entry : page.entries) {
    entries.push_back({.account = entry.account, .since = entry.since, .expires_at = {}});
  }
  return entries;
}

}  // namespace

PeopleLists::List PeopleLists::FollowList(std::string cursor_kind, AccountId viewer,
                                          AccountId account, ReadFollows read,
                                          Deadline deadline) const {
  return {.cursor_kind = std::move(cursor_kind),
          .viewer = viewer,
          .read = [&graph = parts_.graph, account, read, deadline](
                      Entry before, std::size_t limit) -> Awaitable<Result<std::vector<Entry>>> {
            CO_ASSIGN_OR_RETURN(
                const auto page,
                co_await (graph.*read)(account, {before.account, before.since}, limit, deadline));
            co_return ToEntries(page);
          }};
}

Awaitable<Result<net::Page<Account>>> PeopleLists::Followers(AccountId viewer, AccountId account,
                                                             net::PageQuery query,
                                                             Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await parts_.visibility.CheckAccountLists(viewer, account, deadline));
  co_return co_await PageOf(FollowList(fmt::format("followers of {}", account.value), viewer,
                                       account, &Graph::Followers, deadline),
                            std::move(query), deadline);
}

Awaitable<Result<net::Page<Account>>> PeopleLists::Following(AccountId viewer, AccountId account,
                                                             net::PageQuery query,
                                                             Deadline deadline) {
  CO_RETURN_IF_ERROR(co_await parts_.visibility.CheckAccountLists(viewer, account, deadline));
  co_return co_await PageOf(FollowList(fmt::format("followed by {}", account.value), viewer,
                                       account, &Graph::Following, deadline),
                            std::move(query), deadline);
}

Awaitable<Result<net::Page<Account>>> PeopleLists::Requests(AccountId viewer, net::PageQuery query,
                                                            Deadline deadline) {
  co_return co_await PageOf(FollowList(fmt::format("requests to {}", viewer.value), viewer, viewer,
                                       &Graph::Requests, deadline),
                            std::move(query), deadline);
}

Awaitable<Result<net::Page<Account>>> PeopleLists::Blocked(AccountId viewer, net::PageQuery query,
                                                           Deadline deadline) {
  List list{.cursor_kind = fmt::format("blocked by {}", viewer.value),
            .viewer = viewer,
            .of_blocked = true,
            .read = [&](Entry before, std::size_t limit) -> Awaitable<Result<std::vector<Entry>>> {
              CO_ASSIGN_OR_RETURN(
                  auto page, co_await parts_.restrictions.Blocked(viewer, before, limit, deadline));
              co_return std::move(page.entries);
            }};
  co_return co_await PageOf(std::move(list), std::move(query), deadline);
}

Awaitable<Result<net::Page<MutedAccount>>> PeopleLists::Muted(AccountId viewer,
                                                              net::PageQuery query,
                                                              Deadline deadline) {
  List list{.cursor_kind = fmt::format("muted by {}", viewer.value),
            .viewer = viewer,
            .read = [&](Entry before, std::size_t limit) -> Awaitable<Result<std::vector<Entry>>> {
              CO_ASSIGN_OR_RETURN(
                  auto page, co_await parts_.restrictions.Muted(viewer, before, limit, deadline));
              co_return std::move(page.entries);
            }};
  CO_ASSIGN_OR_RETURN(auto found, co_await Collect(std::move(list), std::move(query), deadline));
  net::Page<MutedAccount> page{.items = std::move(found.people), .next = std::move(found.next)};
  co_return page;
}

Awaitable<Result<net::Page<Account>>> PeopleLists::PageOf(List list, net::PageQuery query,
                                                          Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto found, co_await Collect(std::move(list), std::move(query), deadline));
  net::Page<Account> page;
  page.next = std::move(found.next);
  for (auto& person : found.people) page.items.push_back(std::move(person.account));
  co_return page;
}

Result<PeopleLists::Entry> PeopleLists::ReadCursor(const List& list,
                                                   const std::optional<std::string>& cursor) const {
  if (!cursor) return Entry{};
  ASSIGN_OR_RETURN(const auto values, parts_.cursors.Decode(list.cursor_kind, *cursor));
  if (values.size() != 2)
    return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
  return Entry{.account = AccountId{values[1]},
               .since = Timestamp(Duration(static_cast<std::int64_t>(values[0]))),
               .expires_at = {}};
}

Awaitable<Result<PeopleLists::Found>> PeopleLists::Collect(List list, net::PageQuery query,
                                                           Deadline deadline) {
  CO_ASSIGN_OR_RETURN(Entry before, ReadCursor(list, query.cursor));
  const auto limit = static_cast<std::size_t>(query.limit);
  const Timestamp now = parts_.clock.Now();
  std::vector<Account> accounts;
  std::vector<std::optional<Timestamp>> ends;
  bool more = true;
  for (int reading = 0; reading < kMostReadings && more && accounts.size() < limit; ++reading) {
    CO_ASSIGN_OR_RETURN(const auto entries, co_await list.read(before, limit + 1));
    CO_ASSIGN_OR_RETURN(auto people, co_await FindPeople(list, entries, deadline));
    more = entries.size() > limit;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& expires_at = entries[i].expires_at;
      const bool shown = people[i] && (!expires_at || *expires_at > now);
      if (shown && accounts.size() == limit) {
        more = true;
        break;
      }
      before = entries[i];
      if (!shown) continue;
      accounts.push_back(*std::move(people[i]));
      ends.push_back(expires_at);
    }
  }
  CO_RETURN_IF_ERROR(co_await parts_.graph.Complete(list.viewer, accounts, deadline));
  Found found;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    found.people.push_back({.account = std::move(accounts[i]), .expires_at = ends[i]});
  }
  if (more) {
    found.next = parts_.cursors.Encode(
        list.cursor_kind, {static_cast<std::uint64_t>(before.since.time_since_epoch().count()),
                           before.account.value});
  }
  co_return found;
}

Awaitable<Result<std::vector<std::optional<Account>>>> PeopleLists::FindPeople(
    const List& list, const std::vector<Entry>& entries, Deadline deadline) {
  std::vector<AccountId> ids;
  std::vector<std::uint64_t> values;
  for (const auto& entry : entries) {
    ids.push_back(entry.account);
    values.push_back(entry.account.value);
  }
  CO_ASSIGN_OR_RETURN(auto people, co_await parts_.profiles.Find(std::move(ids), deadline));
  if (list.of_blocked) co_return people;
  CO_ASSIGN_OR_RETURN(const auto may_see,
                      co_await parts_.visibility.MaySeePeople(list.viewer, values, deadline));
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (!may_see[i]) people[i].reset();
  }
  co_return people;
}

}  // namespace freshet::social
