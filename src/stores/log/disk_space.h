// Whether the disk under the event log takes writes again.
#pragma once

#include <rocksdb/status.h>

#include <cstdint>
#include <string>

namespace rocksdb {
class Env;
}

namespace freshet::stores {

// Writes `bytes` into `folder`, syncs them and deletes them again; but nothing where the file
// system says that this would take the last of its space, which others write to meanwhile. Blocks.
rocksdb::Status ProbeDisk(rocksdb::Env& env, const std::string& folder, std::uint64_t bytes);

}  // namespace freshet::stores
