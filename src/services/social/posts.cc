#include "services/social/posts.h"

#include "net/json/json_writer.h"
#include "services/social/events.h"
#include "stores/database/outbox.h"

namespace freshet::social {
namespace {

constexpr stores::CacheSpace kPosts{.number = 3, .name = "post"};

StoredPost ReadPost(const stores::Row& row) {
  StoredPost post{.id = row.AsId<PostId>(0),
                  .author = row.AsId<AccountId>(1),
                  .text = std::string(row.Text(2)),
                  .privacy = static_cast<Privacy>(row.Int(3)),
                  .location = {},
                  .edited_at = row.OptionalTime(7)};
  if (!row.IsNull(4))
    post.location =
        Location{.name = std::string(row.Text(4)), .lat = row.Real(5), .lng = row.Real(6)};
  return post;
}

Result<> AddEvent(stores::Transaction& tx, const PostEvent& event) {
  return stores::AddToOutbox(tx, kPostsTopic, std::to_string(event.author_id.value),
                             net::ToJson(event));
}

Failure NoSuchPost() { return NotFound("There is no such post."); }

}  // namespace

Result<> InsertPost(stores::Transaction& tx, const StoredPost& post, bool imported) {
  const auto& place = post.location;
  RETURN_IF_ERROR(tx.Execute(
      "INSERT INTO posts (id, author_id, text, privacy, location_name, location_lat, location_lng) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {post.id, post.author, post.text, post.privacy,
       place ? std::optional<std::string_view>(place->name) : std::nullopt,
       place ? std::optional(place->lat) : std::nullopt,
       place ? std::optional(place->lng) : std::nullopt}));
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO social_counts (account_id, posts) VALUES ($1, 1) "
                 "ON CONFLICT (account_id) DO UPDATE SET posts = social_counts.posts + 1",
                 {post.author}));
  return AddEvent(tx, {.type = PostEventType::kCreated,
                       .post_id = post.id,
                       .author_id = post.author,
                       .privacy = post.privacy,
                       .imported = imported});
}

Posts::Posts(stores::Database& database, stores::Cache& cache, Graph& graph,
             accounts::Profiles& profiles, PostEngagement& engagement, IdGenerator& ids,
             const Clock& clock)
    : database_(database),
      graph_(graph),
      profiles_(profiles),
      engagement_(engagement),
      ids_(ids),
      clock_(clock),
      packed_(
          cache, kPosts, {},
          [this](std::vector<std::uint64_t> ids_to_load, Deadline deadline) {
            return LoadPacked(std::move(ids_to_load), deadline);
          },
          clock) {}

Awaitable<Result<ShownPost>> Posts::Create(AccountId author, CreatePost request,
                                           std::optional<OperationKey> operation,
                                           Deadline deadline) {
  const StoredPost post{.id = ids_.Next<PostId>(),
                        .author = author,
                        .text = std::move(request.text),
                        .privacy = request.privacy,
                        .location = std::move(request.location),
                        .edited_at = {}};
  CO_ASSIGN_OR_RETURN(
      const PostId id,
      co_await stores::WriteReturning(
          database_,
          [&](stores::Transaction& tx) -> Result<PostId> {
            if (operation) {
              ASSIGN_OR_RETURN(const auto earlier,
                               stores::ClaimOperation(tx, *operation, post.id.value, clock_.Now()));
              if (earlier) return PostId{*earlier};
            }
            RETURN_IF_ERROR(InsertPost(tx, post, /*imported=*/false));
            return post.id;
          },
          deadline));
  if (id != post.id) co_return co_await Show(author, id, deadline);
  // Somebody may have asked for this id before it existed; a cache that fails forgets it by itself.
  (void)co_await Forget(id, deadline);
  CO_ASSIGN_OR_RETURN(auto cards, co_await profiles_.Cards({&author.value, 1}, deadline));
  if (!cards.front()) co_return NotFound("Your account does not exist any more.");
  co_return ShownPost(id, std::make_shared<const std::string>(PackPost(post)),
                      std::move(cards.front()), PostTallies());
}

Awaitable<Result<>> Posts::Delete(AccountId caller, PostId id, Deadline deadline) {
  enum class Outcome { kDeleted, kMissing, kSomebodyElses };
  const auto delete_own = [&](stores::Transaction& tx) -> Result<Outcome> {
    std::optional<AccountId> author;
    bool deleted = false;
    auto privacy = Privacy::kPublic;
    RETURN_IF_ERROR(
        tx.Query("SELECT author_id, deleted_at IS NOT NULL, privacy FROM posts WHERE id = $1", {id},
                 [&](const stores::Row& row) {
                   author = row.AsId<AccountId>(0);
                   deleted = row.Bool(1);
                   privacy = static_cast<Privacy>(row.Int(2));
                 }));
    if (!author) return Outcome::kMissing;
    if (*author != caller) return deleted ? Outcome::kMissing : Outcome::kSomebodyElses;
    if (deleted) return Outcome::kDeleted;
    RETURN_IF_ERROR(
        tx.Execute("UPDATE posts SET deleted_at = $2 WHERE id = $1", {id, clock_.Now()}));
    RETURN_IF_ERROR(
        tx.Execute("UPDATE social_counts SET posts = posts - 1 WHERE account_id = $1", {caller}));
    RETURN_IF_ERROR(AddEvent(
        tx,
        {.type = PostEventType::kDeleted, .post_id = id, .author_id = caller, .privacy = privacy}));
    return Outcome::kDeleted;
  };
  CO_ASSIGN_OR_RETURN(const auto outcome,
                      co_await stores::WriteReturning(database_, delete_own, deadline));
  if (outcome == Outcome::kMissing) co_return NoSuchPost();
  if (outcome == Outcome::kSomebodyElses) {
    CO_RETURN_IF_ERROR(co_await Show(caller, id, deadline));
    co_return Forbidden("Only its author can delete a post.");
  }
  // A failure here is mended by the worker that reads the event.
  (void)co_await Forget(id, deadline);
  co_return Result<>();
}

Awaitable<Result<>> Posts::Forget(PostId id, Deadline deadline) {
  co_return co_await packed_.Remove({&id.value, 1}, deadline);
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> Posts::Show(
    AccountId viewer, std::span<const std::uint64_t> ids, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto packed, co_await packed_.Get(ids, deadline));
  CO_ASSIGN_OR_RETURN(const auto may_see, co_await MaySee(viewer, packed, deadline));
  co_return co_await Assemble(viewer, ids, std::move(packed), may_see, deadline);
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> Posts::ForDelivery(
    std::span<const std::uint64_t> ids, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto packed, co_await packed_.Get(ids, deadline));
  CO_RETURN_IF_ERROR(co_await ReadAbsentAgain(ids, packed, deadline));
  std::vector<bool> exists;
  exists.reserve(packed.size());
  for (const auto& post : packed) exists.push_back(post != nullptr);
  co_return co_await Assemble(AccountId{}, ids, std::move(packed), exists, deadline);
}

Awaitable<Result<>> Posts::ReadAbsentAgain(std::span<const std::uint64_t> ids,
                                           std::vector<stores::CacheValue>& packed,
                                           Deadline deadline) {
  std::vector<std::uint64_t> absent;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!packed[i]) absent.push_back(ids[i]);
  }
  if (absent.empty()) co_return Result<>();
  CO_RETURN_IF_ERROR(co_await packed_.Remove(absent, deadline));
  CO_ASSIGN_OR_RETURN(auto found, co_await LoadPacked(absent, deadline));
  std::size_t next = 0;
  for (auto& value : packed) {
    if (!value) value = std::move(found[next++]);
  }
  co_return Result<>();
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> Posts::Assemble(
    AccountId viewer, std::span<const std::uint64_t> ids, std::vector<stores::CacheValue> packed,
    const std::vector<bool>& wanted, Deadline deadline) {
  std::vector<std::uint64_t> authors;
  std::vector<std::uint64_t> posts;
  authors.reserve(ids.size());
  posts.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!wanted[i]) continue;
    authors.push_back(PackedPost(*packed[i]).author().value);
    posts.push_back(ids[i]);
  }
  CO_ASSIGN_OR_RETURN(auto cards, co_await profiles_.Cards(authors, deadline));
  CO_ASSIGN_OR_RETURN(const auto tallies, co_await engagement_.Tally(viewer, posts, deadline));
  std::vector<std::optional<ShownPost>> shown(ids.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!wanted[i]) continue;
    if (auto& card = cards[next]) {
      shown[i].emplace(PostId{ids[i]}, std::move(packed[i]), std::move(card), tallies[next]);
    }
    ++next;
  }
  co_return shown;
}

Awaitable<Result<ShownPost>> Posts::Show(AccountId viewer, PostId id, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      auto shown, co_await Show(viewer, std::span<const std::uint64_t>(&id.value, 1), deadline));
  if (!shown.front()) co_return NoSuchPost();
  co_return *std::move(shown.front());
}

Awaitable<Result<std::vector<bool>>> Posts::MaySee(AccountId viewer,
                                                   std::span<const stores::CacheValue> packed,
                                                   Deadline deadline) {
  std::vector<bool> may_see(packed.size(), false);
  std::vector<std::size_t> for_friends;
  for (std::size_t i = 0; i < packed.size(); ++i) {
    if (!packed[i]) continue;
    const PackedPost post(*packed[i]);
    may_see[i] = post.privacy() == Privacy::kPublic || (viewer && post.author() == viewer);
    if (!may_see[i] && viewer && post.privacy() == Privacy::kFriends) for_friends.push_back(i);
  }
  if (for_friends.empty()) co_return may_see;

  // The viewer's own set comes last.
  std::vector<std::uint64_t> people;
  for (const auto i : for_friends) people.push_back(PackedPost(*packed[i]).author().value);
  people.push_back(viewer.value);
  CO_ASSIGN_OR_RETURN(const auto followees, co_await graph_.Followees(people, deadline));
  for (std::size_t k = 0; k < for_friends.size(); ++k) {
    may_see[for_friends[k]] =
        followees[k].Contains(viewer) && followees.back().Contains(AccountId{people[k]});
  }
  co_return may_see;
}

Awaitable<Result<std::vector<PostId>>> Posts::ByAuthor(AccountId author, PostId before,
                                                       std::size_t limit, Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<PostId>> {
        std::vector<PostId> ids;
        RETURN_IF_ERROR(
            tx.Query("SELECT id FROM posts WHERE author_id = $1 AND id < $2 AND deleted_at IS NULL "
                     "ORDER BY id DESC LIMIT $3",
                     {author, before ? before.value : kMaxIdValue, limit},
                     [&](const stores::Row& row) { ids.push_back(row.AsId<PostId>(0)); }));
        return ids;
      },
      deadline);
}

Awaitable<Result<std::uint64_t>> Posts::NewestId(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [](stores::Transaction& tx) -> Result<std::uint64_t> {
        std::uint64_t newest = 0;
        RETURN_IF_ERROR(tx.Query("SELECT max(id) FROM posts", {}, [&](const stores::Row& row) {
          if (!row.IsNull(0)) newest = static_cast<std::uint64_t>(row.Int(0));
        }));
        return newest;
      },
      deadline);
}

Awaitable<Result<std::vector<stores::CacheValue>>> Posts::LoadPacked(std::vector<std::uint64_t> ids,
                                                                     Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<stores::CacheValue>> {
        std::vector<stores::CacheValue> values;
        values.reserve(ids.size());
        for (const auto id : ids) {
          stores::CacheValue value;
          RETURN_IF_ERROR(
              tx.Query("SELECT id, author_id, text, privacy, location_name, location_lat, "
                       "location_lng, edited_at "
                       "FROM posts WHERE id = $1 AND deleted_at IS NULL",
                       {id}, [&](const stores::Row& row) {
                         value = std::make_shared<const std::string>(PackPost(ReadPost(row)));
                       }));
          values.push_back(std::move(value));
        }
        return values;
      },
      deadline);
}

}  // namespace freshet::social
