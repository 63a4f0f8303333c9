#include "services/social/post_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "algorithms/text/entities.h"
#include "net/json/json_reader.h"
#include "net/json/json_writer.h"

namespace freshet::social {

struct PackedPost::Head {
  AccountId author;
  PostId quote_of;
  PostId share_of;
  std::uint32_t version = 1;
  Privacy privacy = Privacy::kPublic;
  bool was_shared = false;
  bool has_link = false;
};

namespace {

constexpr std::string_view kTextMember = R"(,"text":)";

void AppendNumber(std::string_view name, std::int64_t number, std::string& out) {
  out += name;
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

void AppendFlag(std::string_view name, bool flag, std::string& out) {
  out += name;
  out += flag ? "true" : "false";
}

std::optional<AccountId> FindMention(const std::vector<Mention>& mentions, std::string_view name) {
  const auto found = std::ranges::find(mentions, name, &Mention::username);
  return found == mentions.end() ? std::nullopt : std::optional(found->account);
}

PostEntity Describe(algorithms::TextEntity entity, const std::vector<Mention>& mentions) {
  PostEntity shown;
  shown.start = entity.start;
  shown.end = entity.end;
  switch (entity.kind) {
    case algorithms::EntityKind::kMention:
      shown.type = PostEntityType::kMention;
      shown.account_id = FindMention(mentions, entity.value);
      shown.username = std::move(entity.value);
      break;
    case algorithms::EntityKind::kHashtag:
      shown.type = PostEntityType::kHashtag;
      shown.tag = std::move(entity.value);
      break;
    case algorithms::EntityKind::kLink:
      shown.type = PostEntityType::kLink;
      shown.url = std::move(entity.value);
      break;
  }
  return shown;
}

void AppendShare(const StoredPost& post, net::JsonWriter& json, std::string& bytes) {
  bytes += kTextMember;
  if (post.text.empty()) {
    bytes += "null";
  } else {
    net::WriteJson(json, post.text);
  }
  bytes += R"(,"shared_at":)";
  net::WriteJson(json, IdTime(post.id.value));
}

void AppendPost(const StoredPost& post, const std::vector<PostEntity>& entities,
                net::JsonWriter& json, std::string& bytes) {
  bytes += kTextMember;
  net::WriteJson(json, post.text);
  bytes += R"(,"entities":)";
  net::WriteJson(json, entities);
  bytes += R"(,"privacy":)";
  net::WriteJson(json, post.privacy);
  bytes += R"(,"location":)";
  net::WriteJson(json, net::Nullable<Location>(post.location));
  bytes += R"(,"media":[],"created_at":)";
  net::WriteJson(json, IdTime(post.id.value));
  bytes += R"(,"edited_at":)";
  net::WriteJson(json, net::Nullable<Timestamp>(post.edited_at));
}

}  // namespace

std::vector<PostEntity> EntitiesOf(std::string_view text, const std::vector<Mention>& mentions) {
  std::vector<PostEntity> entities;
  for (auto& entity : algorithms::FindEntities(text))
    entities.push_back(Describe(std::move(entity), mentions));
  return entities;
}

std::string PackPost(const StoredPost& post) {
  const auto entities = EntitiesOf(post.text, post.mentions);
  const bool has_link = std::ranges::any_of(
      entities, [](const PostEntity& entity) { return entity.type == PostEntityType::kLink; });
  const PackedPost::Head head{.author = post.author,
                              .quote_of = post.quote_of,
                              .share_of = post.share_of,
                              .version = static_cast<std::uint32_t>(post.version),
                              .privacy = post.privacy,
                              .was_shared = post.was_shared,
                              .has_link = has_link};
  std::string bytes(sizeof head, '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  net::JsonWriter json(bytes);
  if (post.share_of) {
    AppendShare(post, json, bytes);
  } else {
    AppendPost(post, entities, json, bytes);
  }
  return bytes;
}

PackedPost::Head PackedPost::head() const {
  Head head;
  std::memcpy(&head, bytes_.data(), sizeof head);
  return head;
}

std::string PackedPost::text() const {
  // The first member. A quote within it stands behind a backslash.
  std::string_view rest = json();
  rest.remove_prefix(kTextMember.size());
  if (!rest.starts_with('"')) return {};
  std::size_t end = 1;
  while (rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
  const auto parsed = net::ParseJson(rest.substr(0, end + 1));
  return parsed ? std::string(parsed->as_string()) : std::string();
}

std::string_view PackedPost::json() const { return bytes_.substr(sizeof(Head)); }

AccountId PackedPost::author() const { return head().author; }
Privacy PackedPost::privacy() const { return head().privacy; }
std::int64_t PackedPost::version() const { return head().version; }
PostId PackedPost::quote_of() const { return head().quote_of; }
PostId PackedPost::share_of() const { return head().share_of; }
bool PackedPost::was_shared() const { return head().was_shared; }
bool PackedPost::has_link() const { return head().has_link; }

void PackedPost::Write(PostId id, const Surroundings& around, std::string& out) const {
  out += R"({"id":")";
  const fmt::format_int digits(id.value);
  out.append(digits.data(), digits.size());
  out += R"(","author":)";
  out += around.author_card;
  out += json();
  out += around.more;
  AppendNumber(R"(,"counts":{"likes":)", around.counts.likes, out);
  AppendNumber(R"(,"comments":)", around.counts.comments, out);
  AppendNumber(R"(,"shares":)", around.counts.shares, out);
  AppendFlag(R"(},"viewer":{"liked":)", around.viewer.liked, out);
  AppendFlag(R"(,"saved":)", around.viewer.saved, out);
  AppendFlag(R"(,"shared":)", around.viewer.shared, out);
  out += "}}";
}

void PackedPost::WriteSharedBy(std::string_view author_card, std::string& out) const {
  author_card.remove_suffix(1);
  out += author_card;
  out += json();
  out += '}';
}

}  // namespace freshet::social
