#include "services/notifications/presenter.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace freshet::notifications {
namespace {

constexpr std::size_t kShownActors = 3;
constexpr std::size_t kLookedAt = 1'000;

// Cards of the people whom the reader may be told of; no entry for the others.
using Cards = std::unordered_map<std::uint64_t, stores::CacheValue>;

// Of those of `people` of whom `may` is true.
Awaitable<Result<Cards>> FindCards(accounts::Profiles& profiles, std::span<const AccountId> people,
                                   const std::vector<bool>& may, Deadline deadline) {
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (may[i]) ids.push_back(people[i].value);
  }
  CO_ASSIGN_OR_RETURN(auto found, co_await profiles.Cards(ids, deadline));
  Cards cards;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (found[i]) cards.emplace(ids[i], std::move(found[i]));
  }
  co_return cards;
}

// The people of one group, newest first, each once.
struct People {
  std::vector<Group::Entry> shown;
  std::int64_t left_out = 0;
};

People PeopleOf(const Group& group, const Cards& cards) {
  People people;
  std::vector<AccountId> seen;
  for (const auto& entry : group.newest) {
    if (std::ranges::find(seen, entry.actor) != seen.end()) continue;
    seen.push_back(entry.actor);
    if (!cards.contains(entry.actor.value)) {
      ++people.left_out;
    } else if (people.shown.size() < kShownActors) {
      people.shown.push_back(entry);
    }
  }
  return people;
}

// The comment that a notification is about; 0: none.
std::uint64_t CommentOf(const Group& group, const People& people) {
  if (group.kind == Kind::kComment || group.kind == Kind::kReply) return people.shown[0].source;
  const bool of_comment = group.kind == Kind::kLike && group.subject != group.post.value;
  return of_comment ? group.subject : 0;
}

std::string Write(const Group& group, const People& people, const Cards& cards,
                  const social::ShownPost* post) {
  std::string json = fmt::format(R"({{"id":"{}","group":"{}","type":"{}","actors":[)",
                                 group.position, group.id, NameOf(group.kind));
  for (const auto& entry : people.shown) {
    if (json.back() != '[') json += ',';
    json += accounts::AuthorCardView(*cards.at(entry.actor.value)).json();
  }
  json += fmt::format(R"(],"count":{})", group.actors - people.left_out);
  if (post) {
    json += R"(,"post":)";
    post->Write(json);
  }
  if (const auto comment = CommentOf(group, people); comment != 0) {
    json += fmt::format(R"(,"comment_id":"{}")", comment);
  }
  json += fmt::format(R"(,"read":{},"created_at":"{}","updated_at":"{}"}})", !group.unread,
                      FormatTimestamp(IdTime(group.id)), FormatTimestamp(IdTime(group.position)));
  return json;
}

template <class T>
void SortEachOnce(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto repeats = std::ranges::unique(values);
  values.erase(repeats.begin(), repeats.end());
}

}  // namespace

Awaitable<Result<std::vector<bool>>> Presenter::MayBeToldOf(AccountId reader,
                                                            std::span<const AccountId> people,
                                                            Deadline deadline) {
  std::vector<std::uint64_t> ids;
  std::vector<accounts::Account> standing(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    ids.push_back(people[i].value);
    standing[i].id = people[i];
  }
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards(ids, deadline));
  CO_RETURN_IF_ERROR(co_await standings_.Complete(reader, standing, deadline));
  std::vector<bool> may(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto& relationship = standing[i].relationship;
    may[i] = cards[i] && !(relationship && (relationship->blocking || relationship->blocked_by ||
                                            relationship->muting));
  }
  co_return may;
}

Awaitable<Result<std::int64_t>> Presenter::UnreadCount(Inbox& inbox, AccountId reader,
                                                       Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto unread, co_await inbox.Unread(reader, kLookedAt, deadline));
  std::vector<std::uint64_t> posts;
  for (const auto& [post, count] : unread.about) posts.push_back(post.value);
  CO_ASSIGN_OR_RETURN(const auto may_see, co_await social_.MaySee(reader, posts, deadline));
  std::int64_t count = unread.all;
  for (std::size_t i = 0; i < posts.size(); ++i) {
    if (posts[i] != 0 && !may_see[i]) count -= unread.about[i].second;
  }
  co_return count;
}

Awaitable<Result<std::vector<std::optional<std::string>>>> Presenter::Render(
    AccountId reader, std::span<const Group> groups, Deadline deadline) {
  std::vector<AccountId> people;
  std::vector<std::uint64_t> posts;
  for (const auto& group : groups) {
    for (const auto& entry : group.newest) people.push_back(entry.actor);
    if (group.post) posts.push_back(group.post.value);
  }
  SortEachOnce(people);
  SortEachOnce(posts);
  CO_ASSIGN_OR_RETURN(const auto may, co_await MayBeToldOf(reader, people, deadline));
  CO_ASSIGN_OR_RETURN(const auto cards, co_await FindCards(profiles_, people, may, deadline));
  CO_ASSIGN_OR_RETURN(const auto shown, co_await social_.Show(reader, posts, deadline));

  std::vector<std::optional<std::string>> rendered(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group& group = groups[i];
    const social::ShownPost* post = nullptr;
    if (group.post) {
      const auto place = std::ranges::lower_bound(posts, group.post.value) - posts.begin();
      const auto& one = shown[static_cast<std::size_t>(place)];
      if (!one) continue;
      post = &*one;
    }
    const People of_group = PeopleOf(group, cards);
    if (of_group.shown.empty()) continue;
    rendered[i] = Write(group, of_group, cards, post);
  }
  co_return rendered;
}

}  // namespace freshet::notifications
