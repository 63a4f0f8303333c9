#include "services/social/post_edits.h"

#include <fmt/format.h>

#include <algorithm>

#include "services/social/hashtag_rows.h"
#include "services/social/post_rows.h"

namespace freshet::social {
namespace {

bool SamePlace(const std::optional<Location>& a, const std::optional<Location>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->name == b->name && a->lat == b->lat && a->lng == b->lng;
}

Failure ChangedMeanwhile() {
  return Conflict("The post changed since you read it; read it again and repeat the edit.",
                  "precondition_failed");
}

// The post after the edit. `mentions` are those of the new text.
StoredPost Apply(const StoredPost& post, const EditPost& request,
                 const std::vector<Mention>& mentions, Timestamp now) {
  StoredPost edited = post;
  if (request.privacy) edited.privacy = *request.privacy;
  if (request.text && *request.text != post.text) {
    edited.text = *request.text;
    edited.mentions = mentions;
  }
  if (request.location) edited.location = *request.location;
  if (edited.text == post.text && SamePlace(edited.location, post.location)) return edited;
  edited.version = post.version + 1;
  edited.edited_at = now;
  return edited;
}

PostEvent UpdateOf(const StoredPost& before, const StoredPost& after) {
  PostEvent event = EventAbout(after, PostEventType::kUpdated);
  event.earlier_privacy = before.privacy;
  for (const auto& mention : after.mentions) {
    const bool known = std::ranges::find(before.mentions, mention.account, &Mention::account) !=
                       before.mentions.end();
    if (!known) event.mentions.push_back(mention.account);
  }
  return event;
}

PostVersion VersionOf(const StoredPost& post) {
  return {.version = post.version,
          .text = post.text,
          .entities = EntitiesOf(post.text, post.mentions),
          .location = post.location,
          .written_at = post.edited_at.value_or(IdTime(post.id.value))};
}

struct KeptVersion {
  PostVersion version;
  Privacy privacy = Privacy::kPublic;
};

Result<std::vector<KeptVersion>> ReadVersions(stores::Transaction& tx, PostId id) {
  std::vector<KeptVersion> kept;
  RETURN_IF_ERROR(tx.Query(
      "SELECT version, text, privacy, location_name, location_lat, location_lng, written_at "
      "FROM post_versions WHERE post_id = $1 ORDER BY version DESC",
      {id}, [&](const stores::Row& row) {
        KeptVersion& read = kept.emplace_back();
        read.version.version = row.Int(0);
        read.version.text = row.Text(1);
        read.version.entities = EntitiesOf(read.version.text, {});
        read.privacy = static_cast<Privacy>(row.Int(2));
        if (!row.IsNull(3)) {
          read.version.location =
              Location{.name = std::string(row.Text(3)), .lat = row.Real(4), .lng = row.Real(5)};
        }
        read.version.written_at = row.Time(6);
      }));
  return kept;
}

// Writes what an edit made of a post, and says so.
Result<> Replace(stores::Transaction& tx, const StoredPost& post, const StoredPost& edited) {
  const bool new_version = edited.version != post.version;
  if (!new_version && edited.privacy == post.privacy) return {};
  RETURN_IF_ERROR(AddToHashtagUses(tx, post, -1));
  RETURN_IF_ERROR(AddToHashtagUses(tx, edited, 1));
  if (new_version) {
    if (edited.version > PostEdits::kMostVersions) {
      return Conflict(fmt::format("A post can be edited {} times; write a new one.",
                                  PostEdits::kMostVersions - 1),
                      "too_many_edits");
    }
    RETURN_IF_ERROR(KeepVersion(tx, post));
    RETURN_IF_ERROR(RemoveFromTopics(tx, post));
    RETURN_IF_ERROR(AddToTopics(tx, edited));
  }
  RETURN_IF_ERROR(UpdatePost(tx, edited));
  return AddEvent(tx, UpdateOf(post, edited));
}

}  // namespace

Awaitable<Result<ShownPost>> PostEdits::Edit(AccountId caller, PostId id, EditPost request,
                                             Precondition may_go_on, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto shown, co_await posts_.Show(caller, id, deadline));
  if (shown.author() != caller) co_return Forbidden("Only its author can edit a post.");
  if (may_go_on && !may_go_on(shown)) co_return ChangedMeanwhile();
  std::vector<Mention> mentions;
  if (request.text) {
    CO_ASSIGN_OR_RETURN(mentions, co_await posts_.FindMentions(*request.text, deadline));
  }
  const auto edit = [&](stores::Transaction& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto found, FindPost(tx, id));
    if (!found || found->deleted_at) return NotFound("There is no such post.");
    const StoredPost& post = found->post;
    const bool as_shown = post.version == shown.version() && post.privacy == shown.privacy();
    if (may_go_on && !as_shown) return ChangedMeanwhile();
    return Replace(tx, post, Apply(post, request, mentions, clock_.Now()));
  };
  CO_RETURN_IF_ERROR(co_await database_.Write(edit, deadline));
  // A failure here is mended by the worker that reads the event.
  (void)co_await posts_.Forget(id, deadline);
  co_return co_await posts_.Show(caller, id, deadline);
}

Awaitable<Result<net::Page<PostVersion>>> PostEdits::History(AccountId viewer, PostId id,
                                                             Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto shown, co_await posts_.Show(viewer, id, deadline));
  std::vector<KeptVersion> kept;
  net::Page<PostVersion> page;
  CO_RETURN_IF_ERROR(co_await database_.Read(
      [&](stores::Transaction& tx) -> Result<> {
        ASSIGN_OR_RETURN(const auto found, FindPost(tx, id));
        if (!found || found->deleted_at) return NotFound("There is no such post.");
        page.items.assign(1, VersionOf(found->post));
        ASSIGN_OR_RETURN(kept, ReadVersions(tx, id));
        return {};
      },
      deadline));
  std::vector<PostAudience> audiences;
  for (const auto& version : kept) {
    audiences.push_back({.author = shown.author(), .privacy = version.privacy});
  }
  CO_ASSIGN_OR_RETURN(const auto may_see, co_await visibility_.MaySee(viewer, audiences, deadline));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (may_see[i]) page.items.push_back(std::move(kept[i].version));
  }
  co_return page;
}

}  // namespace freshet::social
