#include <vector>

#include "net/json/json_writer.h"
#include "services/social/personal_data.h"
#include "services/social/post_rows.h"

namespace freshet::social {
namespace {

using accounts::ExportPage;
using accounts::ExportPosition;

constexpr std::size_t kPostsAtOnce = 50;  // each may have a hundred versions
constexpr std::size_t kPeopleAtOnce = 200;

struct ExportedVersion {
  std::int64_t version = 0;
  std::string text = {};
  Privacy privacy = Privacy::kPublic;
  std::optional<Location> location = {};
  Timestamp written_at = {};

  static constexpr auto Describe() {
    using E = ExportedVersion;
    return Description("ExportedVersion", "What a post said before.", Field("version", &E::version),
                       Field("text", &E::text), Field("privacy", &E::privacy),
                       Field("location", &E::location), Field("written_at", &E::written_at));
  }
};

struct ExportedPost {
  PostId id = {};
  std::string text = {};
  Privacy privacy = Privacy::kPublic;
  std::optional<Location> location = {};
  std::optional<PostId> quote_of = {};
  std::optional<PostId> share_of = {};
  Timestamp created_at = {};
  std::optional<Timestamp> edited_at = {};
  std::optional<Timestamp> deleted_at = {};
  std::vector<ExportedVersion> history = {};

  static constexpr auto Describe() {
    using E = ExportedPost;
    return Description("ExportedPost", "A post, or a share of one.", Field("id", &E::id),
                       Field("text", &E::text), Field("privacy", &E::privacy),
                       Field("location", &E::location), Field("quote_of", &E::quote_of),
                       Field("share_of", &E::share_of), Field("created_at", &E::created_at),
                       Field("edited_at", &E::edited_at), Field("deleted_at", &E::deleted_at),
                       Field("history", &E::history));
  }
};

struct ExportedPerson {
  AccountId account_id = {};
  std::optional<std::string> username = {};
  Timestamp since = {};
  std::optional<Timestamp> expires_at = {};

  static constexpr auto Describe() {
    using E = ExportedPerson;
    return Description("ExportedPerson", "Somebody in a list.", Field("account_id", &E::account_id),
                       Field("username", &E::username), Field("since", &E::since),
                       Field("expires_at", &E::expires_at));
  }
};

std::uint64_t Number(Timestamp time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}
Timestamp Time(std::uint64_t number) {
  return Timestamp(Duration(static_cast<std::int64_t>(number)));
}

Result<std::vector<ExportedVersion>> HistoryOf(stores::Transaction& tx, PostId post) {
  std::vector<ExportedVersion> history = {};
  RETURN_IF_ERROR(tx.Query(
      "SELECT version, text, privacy, location_name, location_lat, location_lng, written_at "
      "FROM post_versions WHERE post_id = $1 ORDER BY version",
      {post}, [&](const stores::Row& row) {
        ExportedVersion& version = history.emplace_back();
        version.version = row.Int(0);
        version.text = row.Text(1);
        version.privacy = static_cast<Privacy>(row.Int(2));
        if (!row.IsNull(3)) {
          version.location =
              Location{.name = std::string(row.Text(3)), .lat = row.Real(4), .lng = row.Real(5)};
        }
        version.written_at = row.Time(6);
      }));
  return history;
}

Result<ExportPage> PageOfPosts(stores::Transaction& tx, const std::vector<PostId>& ids) {
  ExportPage page;
  for (const auto id : ids) {
    ASSIGN_OR_RETURN(const auto found, FindPost(tx, id));
    if (!found) continue;
    const StoredPost& post = found->post;
    ExportedPost exported{.id = post.id,
                          .text = post.text,
                          .privacy = post.privacy,
                          .location = post.location,
                          .created_at = IdTime(post.id.value),
                          .edited_at = post.edited_at,
                          .deleted_at = found->deleted_at};
    if (post.quote_of) exported.quote_of = post.quote_of;
    if (post.share_of) exported.share_of = post.share_of;
    ASSIGN_OR_RETURN(exported.history, HistoryOf(tx, id));
    page.items.push_back(net::ToJson(exported));
  }
  return page;
}

Result<ExportPage> ExportPosts(stores::Transaction& tx, AccountId person, ExportPosition from) {
  std::vector<PostId> ids;
  RETURN_IF_ERROR(
      tx.Query("SELECT id FROM posts WHERE author_id = $1 AND deleted_at IS NULL AND id > $2 "
               "ORDER BY id LIMIT $3",
               {person, from.first, kPostsAtOnce},
               [&](const stores::Row& row) { ids.push_back(row.AsId<PostId>(0)); }));
  ASSIGN_OR_RETURN(auto page, PageOfPosts(tx, ids));
  if (ids.size() == kPostsAtOnce) page.next = {.first = ids.back().value};
  return page;
}

// What can still be restored.
Result<ExportPage> ExportDeleted(stores::Transaction& tx, AccountId person, ExportPosition from) {
  std::vector<PostId> ids;
  std::optional<ExportPosition> last = {};
  RETURN_IF_ERROR(tx.Query(
      "SELECT id, deleted_at FROM posts WHERE author_id = $1 AND deleted_at IS NOT NULL "
      "AND (deleted_at, id) > ($2, $3) AND share_of IS NULL ORDER BY deleted_at, id LIMIT $4",
      {person, from.first, from.second, kPostsAtOnce}, [&](const stores::Row& row) {
        ids.push_back(row.AsId<PostId>(0));
        last = {.first = static_cast<std::uint64_t>(row.Int(1)), .second = ids.back().value};
      }));
  ASSIGN_OR_RETURN(auto page, PageOfPosts(tx, ids));
  if (ids.size() == kPostsAtOnce) page.next = last;
  return page;
}

Result<ExportPage> ExportMutedWords(stores::Transaction& tx, AccountId person) {
  ExportPage page;  // of which there are few
  RETURN_IF_ERROR(
      tx.Query("SELECT word, expires_at FROM muted_words WHERE account_id = $1 ORDER BY created_at",
               {person}, [&](const stores::Row& row) {
                 page.items.push_back(net::ToJson(MutedWord{.word = std::string(row.Text(0)),
                                                            .expires_at = row.OptionalTime(1)}));
               }));
  return page;
}

// Those whom the person asked to follow.
Result<std::vector<RestrictionPage::Entry>> ReadRequested(stores::Transaction& tx, AccountId person,
                                                          ExportPosition from) {
  std::vector<RestrictionPage::Entry> entries;
  RETURN_IF_ERROR(
      tx.Query("SELECT followee_id, created_at FROM follow_requests WHERE follower_id = $1 "
               "AND followee_id > $2 ORDER BY followee_id LIMIT $3",
               {person, from.second, kPeopleAtOnce}, [&](const stores::Row& row) {
                 entries.push_back(
                     {.account = row.AsId<AccountId>(0), .since = row.Time(1), .expires_at = {}});
               }));
  return entries;
}

}  // namespace

std::vector<std::string_view> SocialData::Lists() const {
  return {"posts",           "deleted_posts", "following", "followers",  "requested",
          "follow_requests", "blocks",        "mutes",     "muted_words"};
}

Awaitable<Result<ExportPage>> SocialData::Export(std::string_view list, AccountId person,
                                                 ExportPosition from, Deadline deadline) {
  const auto read = [&](stores::Transaction& tx) -> Result<ExportPage> {
    if (list == "posts") return ExportPosts(tx, person, from);
    if (list == "deleted_posts") return ExportDeleted(tx, person, from);
    return ExportMutedWords(tx, person);
  };
  if (list == "posts" || list == "deleted_posts" || list == "muted_words") {
    co_return co_await stores::ReadReturning(parts_.database, read, deadline);
  }
  co_return co_await ExportPeople(list, person, from, deadline);
}

Awaitable<Result<std::vector<RestrictionPage::Entry>>> SocialData::People(std::string_view list,
                                                                          AccountId person,
                                                                          ExportPosition from,
                                                                          Deadline deadline) {
  const AccountId last{from.second};
  const FollowPage::Entry before{.account = last, .since = Time(from.first)};
  const RestrictionPage::Entry below{.account = last, .since = before.since, .expires_at = {}};
  if (list == "requested") {
    co_return co_await stores::ReadReturning(
        parts_.database, [&](stores::Transaction& tx) { return ReadRequested(tx, person, from); },
        deadline);
  }
  if (list == "blocks" || list == "mutes") {
    CO_ASSIGN_OR_RETURN(auto found, list == "blocks" ? co_await parts_.restrictions.Blocked(
                                                           person, below, kPeopleAtOnce, deadline)
                                                     : co_await parts_.restrictions.Muted(
                                                           person, below, kPeopleAtOnce, deadline));
    co_return std::move(found.entries);
  }
  FollowPage found;
  if (list == "following") {
    CO_ASSIGN_OR_RETURN(found,
                        co_await parts_.graph.Following(person, before, kPeopleAtOnce, deadline));
  } else if (list == "followers") {
    CO_ASSIGN_OR_RETURN(found,
                        co_await parts_.graph.Followers(person, before, kPeopleAtOnce, deadline));
  } else {
    CO_ASSIGN_OR_RETURN(found,
                        co_await parts_.graph.Requests(person, before, kPeopleAtOnce, deadline));
  }
  std::vector<RestrictionPage::Entry> entries;
  for (const auto& entry : found.entries) {
    entries.push_back({.account = entry.account, .since = entry.since, .expires_at = {}});
  }
  co_return entries;
}

Awaitable<Result<ExportPage>> SocialData::ExportPeople(std::string_view list, AccountId person,
                                                       ExportPosition from, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto entries, co_await People(list, person, from, deadline));
  std::vector<AccountId> ids;
  for (const auto& entry : entries) ids.push_back(entry.account);
  CO_ASSIGN_OR_RETURN(const auto found, co_await parts_.profiles.Find(std::move(ids), deadline));
  ExportPage page;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ExportedPerson exported{.account_id = entries[i].account,
                            .since = entries[i].since,
                            .expires_at = entries[i].expires_at};
    if (found[i]) exported.username = found[i]->username;
    page.items.push_back(net::ToJson(exported));
  }
  if (entries.size() == kPeopleAtOnce) {
    page.next = {.first = Number(entries.back().since), .second = entries.back().account.value};
  }
  co_return page;
}

}  // namespace freshet::social
