// Kafka's default partitioner, so that a key has the same partition on every adapter and for every
// Kafka client.
#pragma once

#include <cstdint>
#include <string_view>

namespace freshet::stores {

// MurmurHash2, 32 bits (Appleby), with Kafka's seed.
std::int32_t Murmur2(std::string_view key);

// toPositive(murmur2(key)) % partitions; `partitions` > 0.
std::uint32_t PartitionOf(std::string_view key, std::uint32_t partitions);

}  // namespace freshet::stores
