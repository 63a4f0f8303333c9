#include "services/engagement/service.h"

#include <algorithm>

#include "services/engagement/counter_spaces.h"

namespace freshet::engagement {
namespace {

// Readings for one page, when most of what is found may not be shown.
constexpr int kMostReadings = 20;

Failure ForeignCursor() {
  return InvalidField("cursor", "invalid_cursor", "This cursor belongs to another list.");
}

// Grows a net::Page<Post> as JSON, post by post.
class PostPage {
 public:
  void Add(const social::ShownPost& post) {
    if (count_++ > 0) json_ += ',';
    post.Write(json_);
  }
  std::size_t count() const { return count_; }

  // A cursor has no character that JSON escapes.
  net::Rendered<net::Page<social::Post>> Finish(std::optional<std::string> next = {}) && {
    json_ += next ? R"(],"next":")" + *next + R"("})" : R"(],"next":null})";
    return {.json = std::move(json_), .next = std::move(next)};
  }

 private:
  std::string json_ = R"({"items":[)";
  std::size_t count_ = 0;
};

}  // namespace

Awaitable<Result<social::PostTallies>> EngagementService::React(AccountId account, PostId post,
                                                                Reaction reaction, bool present,
                                                                Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto shown,
                      co_await parts_.social.Show(account, {&post.value, 1}, deadline));
  if (!shown.front()) co_return NotFound("There is no such post.");
  // What was shown may come from the database, and so be of some minutes ago: only the counters
  // know whether this changes anything.
  std::vector<stores::Membership> membership{
      {.set = ReactionsTo(post, reaction), .member = account}};
  CO_ASSIGN_OR_RETURN(
      const auto changes,
      present ? co_await parts_.counters.AddMembers(std::move(membership), deadline)
              : co_await parts_.counters.RemoveMembers(std::move(membership), deadline));
  social::PostTallies tallies = shown.front()->tallies();
  if (reaction == Reaction::kLike) {
    tallies.viewer.liked = present;
    tallies.counts.likes = changes.front().count;
  } else {
    tallies.viewer.saved = present;
  }
  co_return tallies;
}

Awaitable<Result<net::Page<accounts::Account>>> EngagementService::Likers(AccountId viewer,
                                                                          PostId post,
                                                                          net::PageQuery query,
                                                                          Deadline deadline) {
  const std::string kind = "likers of " + std::to_string(post.value);
  AccountId after;
  std::uint64_t seen = 0;
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, parts_.cursors.Decode(kind, *query.cursor));
    if (values.size() != 2) co_return ForeignCursor();
    after = AccountId{values[0]};
    seen = values[1];
  }
  CO_ASSIGN_OR_RETURN(const auto shown,
                      co_await parts_.social.Show(viewer, {&post.value, 1}, deadline));
  if (!shown.front()) co_return NotFound("There is no such post.");
  const auto bound = static_cast<std::uint64_t>(options_.likers);
  const auto limit = static_cast<std::size_t>(
      std::min(static_cast<std::uint64_t>(query.limit), bound - std::min(bound, seen)));
  CO_ASSIGN_OR_RETURN(
      auto members, co_await parts_.counters.Members({.space = kPostLikes, .id = post.value}, after,
                                                     limit + 1, deadline));
  net::Page<accounts::Account> page;
  if (members.size() > limit) {
    members.resize(limit);
    seen += limit;
    if (seen < bound) page.next = parts_.cursors.Encode(kind, {members.back().value, seen});
  }
  CO_ASSIGN_OR_RETURN(page.items, co_await ShowPeople(viewer, std::move(members), deadline));
  co_return page;
}

Awaitable<Result<std::vector<accounts::Account>>> EngagementService::ShowPeople(
    AccountId viewer, std::vector<AccountId> people, Deadline deadline) {
  std::vector<std::uint64_t> ids;
  for (const auto person : people) ids.push_back(person.value);
  CO_ASSIGN_OR_RETURN(const auto may, co_await parts_.social.MaySeePeople(viewer, ids, deadline));
  std::size_t at = 0;
  std::erase_if(people, [&](AccountId) { return !may[at++]; });
  CO_ASSIGN_OR_RETURN(auto found, co_await parts_.profiles.Find(std::move(people), deadline));
  std::vector<accounts::Account> accounts;
  for (auto& person : found) {
    if (person) accounts.push_back(*std::move(person));
  }
  CO_RETURN_IF_ERROR(co_await parts_.standings.Complete(viewer, accounts, deadline));
  co_return accounts;
}

Awaitable<Result<net::Rendered<net::Page<social::Post>>>> EngagementService::ReactedTo(
    AccountId account, Reaction reaction, net::PageQuery query, Deadline deadline) {
  const std::string kind =
      (reaction == Reaction::kLike ? "liked by " : "saved by ") + std::to_string(account.value);
  std::uint64_t before = 0;
  if (query.cursor) {
    CO_ASSIGN_OR_RETURN(const auto values, parts_.cursors.Decode(kind, *query.cursor));
    if (values.size() != 1) co_return ForeignCursor();
    before = values.front();
  }
  const auto limit = static_cast<std::size_t>(query.limit);
  const auto next = [&] { return parts_.cursors.Encode(kind, {before}); };
  PostPage page;
  for (int reading = 0; reading < kMostReadings; ++reading) {
    CO_ASSIGN_OR_RETURN(const auto entries,
                        co_await parts_.lists.Page(account, reaction, before, limit + 1, deadline));
    std::vector<std::uint64_t> posts;
    for (const auto& entry : entries) posts.push_back(entry.post.value);
    CO_ASSIGN_OR_RETURN(const auto shown, co_await parts_.social.Show(account, posts, deadline));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (shown[i]) {
        if (page.count() == limit) co_return std::move(page).Finish(next());
        page.Add(*shown[i]);
      }
      before = entries[i].position;
    }
    if (entries.size() <= limit) co_return std::move(page).Finish();
  }
  co_return std::move(page).Finish(next());
}

}  // namespace freshet::engagement
