// Tokens whose signature was found good lately.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/mutex.h"
#include "net/api/authenticator.h"

namespace freshet::net {

// Bounded by bytes, in shards; the least recently used tokens leave first. A token is found only by
// its every byte. Only verified tokens enter, so strangers cannot push others out. Thread-safe.
class VerifiedTokens {
 public:
  explicit VerifiedTokens(std::size_t bytes);

  std::optional<Identity> Find(std::string_view token, Timestamp now);
  // Kept until `until` at the longest.
  void Put(std::string_view token, const Identity& identity, Timestamp until);
  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Key {
    std::string_view token;
    std::size_t hash;
    bool operator==(const Key& other) const { return token == other.token; }
  };
  struct Hash {
    std::size_t operator()(const Key& key) const { return key.hash; }
  };
  struct Entry {
    std::string token;
    std::size_t hash;
    Identity identity;
    Timestamp until;
  };
  struct Shard {
    mutable Mutex mutex;
    std::list<Entry> recent GUARDED_BY(mutex);  // the latest first
    std::unordered_map<Key, std::list<Entry>::iterator, Hash> by_token GUARDED_BY(mutex);
    std::size_t bytes GUARDED_BY(mutex) = 0;
  };
  static Key KeyOf(std::string_view token);
  static std::size_t BytesOf(const Entry& entry);
  static void Remove(Shard& shard, std::list<Entry>::iterator entry) REQUIRES(shard.mutex);
  Shard& ShardOf(const Key& key) { return shards_[key.hash >> 60]; }

  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace freshet::net
