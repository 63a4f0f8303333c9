#include "net/auth/verified_tokens.h"

#include <functional>

namespace freshet::net {

VerifiedTokens::VerifiedTokens(std::size_t bytes) : shard_bytes_(bytes / kShards) {}

VerifiedTokens::Key VerifiedTokens::KeyOf(std::string_view token) {
  return {token, std::hash<std::string_view>()(token)};
}

// With what the list and the table hold besides.
std::size_t VerifiedTokens::BytesOf(const Entry& entry) {
  constexpr std::size_t kOverhead = sizeof(Entry) + sizeof(Key) + 8 * sizeof(void*);
  return entry.token.size() + kOverhead;
}

void VerifiedTokens::Remove(Shard& shard, std::list<Entry>::iterator entry) {
  shard.bytes -= BytesOf(*entry);
  shard.by_token.erase({entry->token, entry->hash});
  shard.recent.erase(entry);
}

std::optional<Identity> VerifiedTokens::Find(std::string_view token, Timestamp now) {
  const Key key = KeyOf(token);
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mutex);
  const auto found = shard.by_token.find(key);
  if (found == shard.by_token.end()) return std::nullopt;
  const auto entry = found->second;
  if (now >= entry->until) {
    Remove(shard, entry);
    return std::nullopt;
  }
  shard.recent.splice(shard.recent.begin(), shard.recent, entry);
  return entry->identity;
}

void VerifiedTokens::Put(std::string_view token, const Identity& identity, Timestamp until) {
  const Key key = KeyOf(token);
  Entry fresh{std::string(token), key.hash, identity, until};
  const std::size_t bytes = BytesOf(fresh);
  if (bytes > shard_bytes_) return;
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mutex);
  if (const auto known = shard.by_token.find(key); known != shard.by_token.end()) {
    Remove(shard, known->second);
  }
  while (shard.bytes + bytes > shard_bytes_) Remove(shard, std::prev(shard.recent.end()));
  shard.recent.push_front(std::move(fresh));
  shard.by_token.emplace(Key{shard.recent.front().token, key.hash}, shard.recent.begin());
  shard.bytes += bytes;
}

std::size_t VerifiedTokens::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    MutexLock lock(shard.mutex);
    total += shard.recent.size();
  }
  return total;
}

}  // namespace freshet::net
