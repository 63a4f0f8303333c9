#include "services/social/post_json.h"

#include <fmt/format.h>

#include <cstring>

#include "algorithms/text/entities.h"
#include "net/json/json_writer.h"

namespace freshet::social {
namespace {

constexpr std::size_t kPrivacyAt = sizeof(AccountId);
constexpr std::size_t kJsonAt = kPrivacyAt + 1;

void AppendNumber(std::string_view name, std::int64_t number, std::string& out) {
  out += name;
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

void AppendFlag(std::string_view name, bool flag, std::string& out) {
  out += name;
  out += flag ? "true" : "false";
}

PostEntity Describe(algorithms::TextEntity entity) {
  PostEntity shown{.start = entity.start, .end = entity.end, .username = {}, .tag = {}, .url = {}};
  switch (entity.kind) {
    case algorithms::EntityKind::kMention:
      shown.type = PostEntityType::kMention;
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

}  // namespace

std::string PackPost(const StoredPost& post) {
  std::vector<PostEntity> entities;
  for (auto& entity : algorithms::FindEntities(post.text))
    entities.push_back(Describe(std::move(entity)));

  std::string bytes(kJsonAt, '\0');
  std::memcpy(bytes.data(), &post.author, sizeof post.author);
  bytes[kPrivacyAt] = static_cast<char>(post.privacy);

  net::JsonWriter json(bytes);
  bytes += R"(,"text":)";
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
  return bytes;
}

AccountId PackedPost::author() const {
  AccountId author;
  std::memcpy(&author, bytes_.data(), sizeof author);
  return author;
}

Privacy PackedPost::privacy() const { return static_cast<Privacy>(bytes_[kPrivacyAt]); }

void PackedPost::Write(PostId id, std::string_view author_card, const PostCounts& counts,
                       const PostViewer& viewer, std::string& out) const {
  out += R"({"id":")";
  fmt::format_int digits(id.value);
  out.append(digits.data(), digits.size());
  out += R"(","author":)";
  out += author_card;
  out += bytes_.substr(kJsonAt);
  AppendNumber(R"(,"counts":{"likes":)", counts.likes, out);
  AppendNumber(R"(,"comments":)", counts.comments, out);
  AppendNumber(R"(,"shares":)", counts.shares, out);
  AppendFlag(R"(},"viewer":{"liked":)", viewer.liked, out);
  AppendFlag(R"(,"saved":)", viewer.saved, out);
  AppendFlag(R"(,"shared":)", viewer.shared, out);
  out += "}}";
}

}  // namespace freshet::social
