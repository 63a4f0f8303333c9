#include "stores/log/murmur2.h"

namespace freshet::stores {

std::int32_t Murmur2(std::string_view key) {
  constexpr std::uint32_t kSeed = 0x9747b28c;
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  auto hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  for (; key.size() >= 4; key.remove_prefix(4)) {
    std::uint32_t word = 0;
    for (int i = 3; i >= 0; --i) word = word << 8 | static_cast<std::uint8_t>(key[i]);
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash = hash * kMultiplier ^ word;
  }
  if (!key.empty()) {
    for (std::size_t i = key.size(); i-- > 0;) {
      hash ^= std::uint32_t{static_cast<std::uint8_t>(key[i])} << (8 * i);
    }
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<std::int32_t>(hash);
}

std::uint32_t PartitionOf(std::string_view key, std::uint32_t partitions) {
  return (static_cast<std::uint32_t>(Murmur2(key)) & 0x7fffffff) % partitions;
}

}  // namespace freshet::stores
