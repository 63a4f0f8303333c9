#include "services/social/post_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "algorithms/text/hashtags.h"
#include "net/json/json_writer.h"
#include "services/social/hashtag_rows.h"
#include "stores/database/outbox.h"

namespace freshet::social {
namespace {

constexpr std::string_view kColumns =
    "SELECT id, author_id, text, privacy, location_name, location_lat, location_lng, edited_at, "
    "version, mentions, quote_of, share_of, was_shared, deleted_at FROM posts ";

// "name id", one a line.
std::string RenderMentions(const std::vector<Mention>& mentions) {
  std::string lines;
  for (const auto& mention : mentions)
    lines += fmt::format("{} {}\n", mention.username, mention.account.value);
  return lines;
}

std::vector<Mention> ParseMentions(std::string_view lines) {
  std::vector<Mention> mentions;
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    const auto space = line.find(' ');
    if (const auto id = ParseId(line.substr(space + 1)); id) {
      mentions.push_back(
          {.username = std::string(line.substr(0, space)), .account = AccountId{*id}});
    }
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  return mentions;
}

PostRow ReadPost(const stores::Row& row) {
  PostRow read;
  StoredPost& post = read.post;
  post.id = row.AsId<PostId>(0);
  post.author = row.AsId<AccountId>(1);
  post.text = row.Text(2);
  post.privacy = static_cast<Privacy>(row.Int(3));
  if (!row.IsNull(4)) {
    post.location = {.name = std::string(row.Text(4)), .lat = row.Real(5), .lng = row.Real(6)};
  }
  post.edited_at = row.OptionalTime(7);
  post.version = row.Int(8);
  post.mentions = ParseMentions(row.Text(9));
  post.quote_of = row.AsId<PostId>(10);
  post.share_of = row.AsId<PostId>(11);
  post.was_shared = row.Bool(12);
  read.deleted_at = row.OptionalTime(13);
  return read;
}

// A location in the three columns that it has.
struct LocationColumns {
  explicit LocationColumns(const std::optional<Location>& place) {
    if (!place) return;
    name = place->name;
    lat = place->lat;
    lng = place->lng;
  }
  std::optional<std::string_view> name;
  std::optional<double> lat;
  std::optional<double> lng;
};

std::optional<PostId> OrNull(PostId id) { return id ? std::optional(id) : std::nullopt; }

}  // namespace

Result<std::optional<PostRow>> FindPost(stores::Transaction& tx, PostId id) {
  static const std::string sql = std::string(kColumns) + "WHERE id = $1";
  std::optional<PostRow> found;
  RETURN_IF_ERROR(tx.Query(sql, {id}, [&](const stores::Row& row) { found = ReadPost(row); }));
  return found;
}

PostEvent EventAbout(const StoredPost& post, PostEventType type) {
  PostEvent event;
  event.type = type;
  event.post_id = post.id;
  event.author_id = post.author;
  event.privacy = post.privacy;
  event.share_of = OrNull(post.share_of);
  event.quote_of = OrNull(post.quote_of);
  return event;
}

Result<> AddEvent(stores::Transaction& tx, const PostEvent& event) {
  return stores::AddToOutbox(tx, kPostsTopic, std::to_string(event.author_id.value),
                             net::ToJson(event));
}

Result<> CountPost(stores::Transaction& tx, const StoredPost& post, std::int64_t by) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO social_counts (account_id, posts) VALUES ($1, $2) "
                 "ON CONFLICT (account_id) DO UPDATE SET posts = social_counts.posts + $2",
                 {post.author, by}));
  return AddToHashtagUses(tx, post, by);
}

Result<> InsertPost(stores::Transaction& tx, const StoredPost& post, const PostEvent& event) {
  const LocationColumns place(post.location);
  const std::string mentions = RenderMentions(post.mentions);
  RETURN_IF_ERROR(tx.Execute(
      "INSERT INTO posts (id, author_id, text, privacy, location_name, location_lat, location_lng, "
      "mentions, quote_of, share_of) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {post.id, post.author, post.text, post.privacy, place.name, place.lat, place.lng,
       mentions.empty() ? std::nullopt : std::optional<std::string_view>(mentions),
       OrNull(post.quote_of), OrNull(post.share_of)}));
  if (!post.share_of) {
    RETURN_IF_ERROR(CountPost(tx, post, 1));
    RETURN_IF_ERROR(AddToTopics(tx, post));
  }
  return AddEvent(tx, event);
}

Result<> AddToTopics(stores::Transaction& tx, const StoredPost& post) {
  for (const auto& tag : algorithms::FoldedHashtags(post.text)) {
    RETURN_IF_ERROR(
        tx.Execute("INSERT INTO post_hashtags (tag, post_id) VALUES ($1, $2) "
                   "ON CONFLICT (tag, post_id) DO NOTHING",
                   {tag, post.id}));
  }
  for (const auto& mention : post.mentions) {
    RETURN_IF_ERROR(
        tx.Execute("INSERT INTO post_mentions (account_id, post_id) VALUES ($1, $2) "
                   "ON CONFLICT (account_id, post_id) DO NOTHING",
                   {mention.account, post.id}));
  }
  return {};
}

Result<> RemoveFromTopics(stores::Transaction& tx, const StoredPost& post) {
  for (const auto& tag : algorithms::FoldedHashtags(post.text)) {
    RETURN_IF_ERROR(
        tx.Execute("DELETE FROM post_hashtags WHERE tag = $1 AND post_id = $2", {tag, post.id}));
  }
  for (const auto& mention : post.mentions) {
    RETURN_IF_ERROR(tx.Execute("DELETE FROM post_mentions WHERE account_id = $1 AND post_id = $2",
                               {mention.account, post.id}));
  }
  return {};
}

Result<> KeepVersion(stores::Transaction& tx, const StoredPost& post) {
  const LocationColumns place(post.location);
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO post_versions (post_id, version, text, privacy, location_name, "
                 "location_lat, location_lng, written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                 {post.id, post.version, post.text, post.privacy, place.name, place.lat, place.lng,
                  post.edited_at.value_or(IdTime(post.id.value))}));
  return {};
}

Result<> UpdatePost(stores::Transaction& tx, const StoredPost& post) {
  const LocationColumns place(post.location);
  const std::string mentions = RenderMentions(post.mentions);
  RETURN_IF_ERROR(
      tx.Execute("UPDATE posts SET text = $2, privacy = $3, location_name = $4, location_lat = $5, "
                 "location_lng = $6, mentions = $7, edited_at = $8, version = $9 WHERE id = $1",
                 {post.id, post.text, post.privacy, place.name, place.lat, place.lng,
                  mentions.empty() ? std::nullopt : std::optional<std::string_view>(mentions),
                  post.edited_at, post.version}));
  return {};
}

}  // namespace freshet::social
