#include "services/home/seen_posts.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <type_traits>

namespace freshet::home {
namespace {

constexpr stores::CacheSpace kSeen{.number = 40, .name = "seen_posts"};
constexpr Duration kLifetime{7LL * 24 * 3'600'000};

}  // namespace

void SeenSet::Add(PostId post) {
  if (Contains(post)) return;
  if (added_ == kPerGeneration) {
    older_ = newer_;
    newer_ = {};
    added_ = 0;
  }
  newer_.Add(post.value);
  ++added_;
}

std::string SeenSet::Pack() const {
  static_assert(std::is_trivially_copyable_v<SeenSet>);
  return {reinterpret_cast<const char*>(this), sizeof *this};
}

SeenSet SeenSet::Unpack(const stores::CacheValue& packed) {
  SeenSet set;
  if (packed && packed->size() == sizeof set)
    std::memcpy(static_cast<void*>(&set), packed->data(), sizeof set);
  return set;
}

Awaitable<SeenSet> SeenPosts::Find(AccountId person, Deadline deadline) {
  const stores::CacheKey key{.space = kSeen, .id = person.value};
  const auto found = co_await cache_.Get({&key, 1}, deadline);
  co_return SeenSet::Unpack(found ? found->front().value : nullptr);
}

Awaitable<> SeenPosts::Add(AccountId person, std::span<const PostId> posts, Deadline deadline) {
  SeenSet set = co_await Find(person, deadline);
  const auto is_new = [&](PostId post) { return !set.Contains(post); };
  if (std::ranges::none_of(posts, is_new)) co_return;
  for (const auto post : posts) set.Add(post);
  const stores::CacheKey key{.space = kSeen, .id = person.value};
  // Only what is missing can be put.
  (void)co_await cache_.Remove({&key, 1}, deadline);
  const auto missing = co_await cache_.Get({&key, 1}, deadline);
  if (!missing) co_return;
  std::vector<stores::CacheEntry> entries;
  entries.push_back({.key = key,
                     .value = std::make_shared<const std::string>(set.Pack()),
                     .ttl = kLifetime,
                     .lease = missing->front().lease});
  (void)co_await cache_.Put(std::move(entries), deadline);
}

Awaitable<Result<>> SeenPosts::Forget(AccountId person, Deadline deadline) {
  const stores::CacheKey key{.space = kSeen, .id = person.value};
  co_return co_await cache_.Remove({&key, 1}, deadline);
}

}  // namespace freshet::home
