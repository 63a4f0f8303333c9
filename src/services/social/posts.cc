#include "services/social/posts.h"

#include <algorithm>

#include "algorithms/text/entities.h"
#include "services/social/post_rows.h"

namespace freshet::social {
namespace {

constexpr stores::CacheSpace kPosts{.number = 3, .name = "post"};
constexpr std::size_t kNowhere = ~std::size_t{0};

Failure NoSuchPost() { return NotFound("There is no such post."); }

}  // namespace

struct Posts::Loaded {
  std::vector<std::uint64_t> ids;
  std::vector<stores::CacheValue> packed;
  std::vector<bool> visible;
  // Of what was asked for: where the post stands that it shows.
  std::vector<std::size_t> shows;
  // Of everything: where its quote stands.
  std::vector<std::size_t> quotes;
};

Posts::Posts(stores::Database& database, stores::Cache& cache, Visibility& visibility,
             accounts::Profiles& profiles, PostEngagement& engagement, IdGenerator& ids,
             const Clock& clock)
    : database_(database),
      visibility_(visibility),
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
  StoredPost post;
  post.id = ids_.Next<PostId>();
  post.author = author;
  post.text = std::move(request.text);
  post.privacy = request.privacy;
  post.location = std::move(request.location);
  CO_ASSIGN_OR_RETURN(post.mentions, co_await FindMentions(post.text, deadline));
  PostEvent event = EventAbout(post, PostEventType::kCreated);
  for (const auto& mention : post.mentions) event.mentions.push_back(mention.account);
  if (request.quote_of) {
    CO_ASSIGN_OR_RETURN(const auto quoted,
                        co_await FindQuoted(author, *request.quote_of, deadline));
    post.quote_of = quoted.id();
    event.quote_of = quoted.id();
    event.about_author = quoted.author();
  }
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
            RETURN_IF_ERROR(InsertPost(tx, post, event));
            return post.id;
          },
          deadline));
  // Somebody may have asked for this id before it existed; a cache that fails forgets it by itself.
  if (id == post.id) (void)co_await Forget(id, deadline);
  if (id != post.id || post.quote_of) co_return co_await Show(author, id, deadline);
  co_return co_await ShowNew(post, deadline);
}

Awaitable<Result<ShownPost>> Posts::FindQuoted(AccountId author, PostId id, Deadline deadline) {
  auto quoted = co_await ShowEntry(author, id, deadline);
  if (!quoted && quoted.error().kind() == ErrorKind::kNotFound) {
    co_return InvalidField("/quote_of", "not_found", "There is no such post to quote.");
  }
  co_return quoted;
}

Awaitable<Result<ShownPost>> Posts::ShowNew(const StoredPost& post, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto cards, co_await profiles_.Cards({&post.author.value, 1}, deadline));
  if (!cards.front()) co_return NotFound("Your account does not exist any more.");
  co_return ShownPost({.id = post.id,
                       .packed = std::make_shared<const std::string>(PackPost(post)),
                       .author_card = std::move(cards.front())},
                      PostTallies());
}

Awaitable<Result<std::vector<Mention>>> Posts::FindMentions(std::string text, Deadline deadline) {
  std::vector<Mention> mentions;
  for (auto& entity : algorithms::FindEntities(text)) {
    if (entity.kind != algorithms::EntityKind::kMention) continue;
    if (std::ranges::find(mentions, entity.value, &Mention::username) != mentions.end()) continue;
    if (mentions.size() == kMostMentions) break;
    mentions.push_back({.username = std::move(entity.value), .account = {}});
  }
  for (auto& mention : mentions) {
    auto found = co_await profiles_.FindByUsername(mention.username, deadline);
    if (found) {
      mention.account = found->id;
    } else if (found.error().kind() != ErrorKind::kNotFound) {
      co_return std::unexpected(std::move(found).error());
    }
  }
  std::erase_if(mentions, [](const Mention& mention) { return !mention.account; });
  co_return mentions;
}

Awaitable<Result<>> Posts::Delete(AccountId caller, PostId id, Deadline deadline) {
  enum class Outcome { kDeleted, kMissing, kSomebodyElses };
  const auto delete_own = [&](stores::Transaction& tx) -> Result<Outcome> {
    ASSIGN_OR_RETURN(const auto found, FindPost(tx, id));
    if (!found || found->post.share_of) return Outcome::kMissing;
    const bool deleted = found->deleted_at.has_value();
    if (found->post.author != caller) return deleted ? Outcome::kMissing : Outcome::kSomebodyElses;
    if (deleted) return Outcome::kDeleted;
    RETURN_IF_ERROR(
        tx.Execute("UPDATE posts SET deleted_at = $2 WHERE id = $1", {id, clock_.Now()}));
    RETURN_IF_ERROR(CountPost(tx, found->post, -1));
    RETURN_IF_ERROR(AddEvent(tx, EventAbout(found->post, PostEventType::kDeleted)));
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
  CO_ASSIGN_OR_RETURN(auto loaded, co_await Load(ids, Shares::kAbsent, deadline));
  CO_RETURN_IF_ERROR(co_await CheckVisible(viewer, loaded, deadline));
  co_return co_await Assemble(viewer, std::move(loaded), deadline);
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> Posts::ShowEntries(
    AccountId viewer, std::span<const std::uint64_t> ids, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto loaded, co_await Load(ids, Shares::kResolved, deadline));
  CO_RETURN_IF_ERROR(co_await CheckVisible(viewer, loaded, deadline));
  co_return co_await Assemble(viewer, std::move(loaded), deadline);
}

Awaitable<Result<ShownPost>> Posts::Show(AccountId viewer, PostId id, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(
      auto shown, co_await Show(viewer, std::span<const std::uint64_t>(&id.value, 1), deadline));
  if (!shown.front()) co_return NoSuchPost();
  co_return *std::move(shown.front());
}

Awaitable<Result<ShownPost>> Posts::ShowEntry(AccountId viewer, PostId id, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto shown, co_await ShowEntries(viewer, {&id.value, 1}, deadline));
  if (!shown.front()) co_return NoSuchPost();
  co_return *std::move(shown.front());
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> Posts::ForDelivery(
    std::span<const std::uint64_t> ids, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(auto loaded, co_await Load(ids, Shares::kResolved, deadline));
  // Somebody may have asked for a post before it existed, and the cache remember that it did not.
  std::vector<std::uint64_t> absent;
  for (std::size_t i = 0; i < loaded.ids.size(); ++i) {
    if (!loaded.packed[i]) absent.push_back(loaded.ids[i]);
  }
  if (!absent.empty()) {
    CO_RETURN_IF_ERROR(co_await packed_.Remove(absent, deadline));
    CO_ASSIGN_OR_RETURN(loaded, co_await Load(ids, Shares::kResolved, deadline));
  }
  loaded.visible.assign(loaded.ids.size(), true);
  co_return co_await Assemble(AccountId{}, std::move(loaded), deadline);
}

Awaitable<Result<std::vector<bool>>> Posts::MaySee(AccountId viewer,
                                                   std::span<const std::uint64_t> ids,
                                                   Deadline deadline) {
  Loaded loaded;
  CO_RETURN_IF_ERROR(co_await LoadMore(loaded, ids, deadline));
  for (auto& packed : loaded.packed) {
    if (packed && PackedPost(*packed).share_of()) packed = nullptr;
  }
  CO_RETURN_IF_ERROR(co_await CheckVisible(viewer, loaded, deadline));
  co_return std::move(loaded.visible);
}

Awaitable<Result<std::vector<AccountId>>> Posts::Authors(std::span<const std::uint64_t> ids,
                                                         Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto packed, co_await packed_.Get(ids, deadline));
  std::vector<AccountId> authors;
  authors.reserve(packed.size());
  for (const auto& post : packed) {
    authors.push_back(post ? PackedPost(*post).author() : AccountId{});
  }
  co_return authors;
}

Awaitable<Result<Posts::Loaded>> Posts::Load(std::span<const std::uint64_t> ids, Shares shares,
                                             Deadline deadline) {
  Loaded loaded;
  CO_RETURN_IF_ERROR(co_await LoadMore(loaded, ids, deadline));
  std::vector<std::uint64_t> shared;
  loaded.shows.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    loaded.shows.push_back(i);
    if (!loaded.packed[i]) continue;
    const PostId original = PackedPost(*loaded.packed[i]).share_of();
    if (!original) continue;
    if (shares == Shares::kAbsent) {
      loaded.packed[i] = nullptr;
      continue;
    }
    loaded.shows[i] = ids.size() + shared.size();
    shared.push_back(original.value);
  }
  CO_RETURN_IF_ERROR(co_await LoadMore(loaded, shared, deadline));

  std::vector<std::uint64_t> quoted;
  const std::size_t posts = loaded.ids.size();
  for (std::size_t i = 0; i < posts; ++i) {
    if (!loaded.packed[i]) continue;
    const PostId quote = PackedPost(*loaded.packed[i]).quote_of();
    if (!quote) continue;
    loaded.quotes[i] = posts + quoted.size();
    quoted.push_back(quote.value);
  }
  CO_RETURN_IF_ERROR(co_await LoadMore(loaded, quoted, deadline));
  co_return loaded;
}

Awaitable<Result<>> Posts::LoadMore(Loaded& loaded, std::span<const std::uint64_t> ids,
                                    Deadline deadline) {
  if (ids.empty()) co_return Result<>();
  CO_ASSIGN_OR_RETURN(auto packed, co_await packed_.Get(ids, deadline));
  loaded.ids.insert(loaded.ids.end(), ids.begin(), ids.end());
  loaded.packed.insert(loaded.packed.end(), std::move_iterator(packed.begin()),
                       std::move_iterator(packed.end()));
  loaded.quotes.resize(loaded.ids.size(), kNowhere);
  co_return Result<>();
}

Awaitable<Result<>> Posts::CheckVisible(AccountId viewer, Loaded& loaded, Deadline deadline) {
  std::vector<PostAudience> audiences;
  std::vector<std::size_t> existing;
  audiences.reserve(loaded.ids.size());
  existing.reserve(loaded.ids.size());
  for (std::size_t i = 0; i < loaded.ids.size(); ++i) {
    if (!loaded.packed[i]) continue;
    const PackedPost post(*loaded.packed[i]);
    audiences.push_back({.author = post.author(), .privacy = post.privacy()});
    existing.push_back(i);
  }
  CO_ASSIGN_OR_RETURN(const auto may_see, co_await visibility_.MaySee(viewer, audiences, deadline));
  loaded.visible.assign(loaded.ids.size(), false);
  for (std::size_t k = 0; k < existing.size(); ++k) loaded.visible[existing[k]] = may_see[k];
  co_return Result<>();
}

Awaitable<Result<std::vector<std::optional<ShownPost>>>> Posts::Assemble(AccountId viewer,
                                                                         Loaded loaded,
                                                                         Deadline deadline) {
  const std::size_t total = loaded.ids.size();
  std::vector<std::uint64_t> authors;
  std::vector<std::uint64_t> posts;
  std::vector<std::size_t> place(total, kNowhere);  // among authors and posts
  authors.reserve(total);
  posts.reserve(total);
  for (std::size_t i = 0; i < total; ++i) {
    if (!loaded.packed[i] || !loaded.visible[i]) continue;
    place[i] = authors.size();
    authors.push_back(PackedPost(*loaded.packed[i]).author().value);
    posts.push_back(loaded.ids[i]);
  }
  CO_ASSIGN_OR_RETURN(const auto cards, co_await profiles_.Cards(authors, deadline));
  CO_ASSIGN_OR_RETURN(const auto tallies, co_await engagement_.Tally(viewer, posts, deadline));
  const auto present = [&](std::size_t i) {
    return i != kNowhere && place[i] != kNowhere && cards[place[i]] != nullptr;
  };
  const auto source = [&](std::size_t i) {
    return ShownPost::Source{
        .id = PostId{loaded.ids[i]}, .packed = loaded.packed[i], .author_card = cards[place[i]]};
  };
  std::vector<std::optional<ShownPost>> shown(loaded.shows.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::size_t post = loaded.shows[i];
    if (!present(i) || !present(post)) continue;
    shown[i].emplace(source(post), tallies[place[post]]);
    if (post != i) shown[i]->AddShare(source(i));
    if (const std::size_t quote = loaded.quotes[post]; present(quote)) {
      shown[i]->AddQuote(std::make_shared<const ShownPost>(source(quote), tallies[place[quote]]));
    }
  }
  co_return shown;
}

Awaitable<Result<std::vector<PostState>>> Posts::StatesOf(std::vector<std::uint64_t> ids,
                                                          Deadline deadline) {
  co_return co_await stores::ReadReturning(
      database_,
      [&](stores::Transaction& tx) -> Result<std::vector<PostState>> {
        std::vector<PostState> states(ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i) {
          RETURN_IF_ERROR(
              tx.Query("SELECT author_id, privacy, share_of FROM posts "
                       "WHERE id = $1 AND deleted_at IS NULL",
                       {ids[i]}, [&](const stores::Row& row) {
                         states[i] = {.author = row.AsId<AccountId>(0),
                                      .privacy = static_cast<Privacy>(row.Int(1)),
                                      .share_of = row.AsId<PostId>(2),
                                      .exists = true};
                       }));
        }
        return states;
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
          ASSIGN_OR_RETURN(const auto found, FindPost(tx, PostId{id}));
          const bool exists = found && !found->deleted_at;
          values.push_back(exists ? std::make_shared<const std::string>(PackPost(found->post))
                                  : nullptr);
        }
        return values;
      },
      deadline);
}

namespace {

constexpr std::uint64_t kFromTheStart = kMaxIdValue;

template <class Of>
Awaitable<Result<std::vector<PostId>>> ReadIds(stores::Database& database, std::string_view sql,
                                               const Of& of, PostId before, std::size_t limit,
                                               Deadline deadline) {
  const std::uint64_t below = before ? before.value : kFromTheStart;
  co_return co_await stores::ReadReturning(
      database,
      [&](stores::Transaction& tx) -> Result<std::vector<PostId>> {
        std::vector<PostId> ids;
        RETURN_IF_ERROR(tx.Query(sql, {of, below, limit}, [&](const stores::Row& row) {
          ids.push_back(row.AsId<PostId>(0));
        }));
        return ids;
      },
      deadline);
}

}  // namespace

Awaitable<Result<std::vector<PostId>>> Posts::ByAuthor(AccountId author, PostId before,
                                                       std::size_t limit, Deadline deadline) {
  co_return co_await ReadIds(database_,
                             "SELECT id FROM posts WHERE author_id = $1 AND id < $2 "
                             "AND deleted_at IS NULL ORDER BY id DESC LIMIT $3",
                             author, before, limit, deadline);
}

Awaitable<Result<std::vector<PostId>>> Posts::ByHashtag(std::string tag, PostId before,
                                                        std::size_t limit, Deadline deadline) {
  co_return co_await ReadIds(database_,
                             "SELECT post_id FROM post_hashtags WHERE tag = $1 AND post_id < $2 "
                             "ORDER BY post_id DESC LIMIT $3",
                             tag, before, limit, deadline);
}

Awaitable<Result<std::vector<PostId>>> Posts::Mentioning(AccountId account, PostId before,
                                                         std::size_t limit, Deadline deadline) {
  co_return co_await ReadIds(database_,
                             "SELECT post_id FROM post_mentions WHERE account_id = $1 "
                             "AND post_id < $2 ORDER BY post_id DESC LIMIT $3",
                             account, before, limit, deadline);
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

}  // namespace freshet::social
