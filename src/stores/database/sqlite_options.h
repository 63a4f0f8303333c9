// The options of the SQLite adapter.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/describe.h"
#include "stores/durability.h"

namespace freshet::stores {

struct SqliteOptions {
  Durability durability = Durability::kFsync;
  std::int64_t readers = 2;
  std::int64_t cache_bytes = 64LL << 20;
  std::int64_t mmap_bytes = 1LL << 30;
  std::int64_t write_queue = 8'192;
  std::int64_t read_queue = 8'192;
  std::int64_t group_limit = 512;
  std::int64_t checkpoint_bytes = 16LL << 20;
  std::int64_t max_bytes = 0;
  Duration scrub_interval{3'600'000};

  static constexpr auto Describe() {
    return Description(
        "sqlite", "The embedded relational database.",
        Field("durability", &SqliteOptions::durability)
            .Doc("fsync: an answered write survives loss of power; os: the end of the process."),
        Field("readers", &SqliteOptions::readers).Range(1, 64).Doc("Threads that read."),
        Field("cache_bytes", &SqliteOptions::cache_bytes)
            .Range(1 << 20, 1LL << 40)
            .Unit("bytes")
            .Doc("Pages kept in memory, over all threads."),
        Field("mmap_bytes", &SqliteOptions::mmap_bytes)
            .Range(0, 1LL << 46)
            .Unit("bytes")
            .Doc("How much of the file is read through the memory map; 0 for nothing."),
        Field("write_queue", &SqliteOptions::write_queue)
            .Range(1, 1'000'000)
            .Doc("Writes that may wait; further ones are refused."),
        Field("read_queue", &SqliteOptions::read_queue)
            .Range(1, 1'000'000)
            .Doc("Reads that may wait; further ones are refused."),
        Field("group_limit", &SqliteOptions::group_limit)
            .Range(1, 10'000)
            .Doc("Writes that are committed together at most."),
        Field("checkpoint_bytes", &SqliteOptions::checkpoint_bytes)
            .Range(1 << 16, 1LL << 40)
            .Unit("bytes")
            .Doc("Size of the write-ahead log from which it is copied into the file."),
        Field("max_bytes", &SqliteOptions::max_bytes)
            .Range(0, 1LL << 46)
            .Unit("bytes")
            .Doc("Largest size of the file; 0 for no bound but the disk's."),
        Field("scrub_interval", &SqliteOptions::scrub_interval)
            .Unit("ms")
            .Range(100, 8.64e7)
            .Doc("How often the write-ahead log is emptied, so that nothing that was deleted or "
                 "replaced longer ago stands in any file."));
  }
};

}  // namespace freshet::stores
