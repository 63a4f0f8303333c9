#include "stores/log/disk_space.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>

namespace freshet::stores {
namespace {

constexpr std::uint64_t kLeftToOthers = 16 << 20;
constexpr std::size_t kBlockBytes = 1 << 20;

}  // namespace

rocksdb::Status ProbeDisk(rocksdb::Env& env, const std::string& folder, std::uint64_t bytes) {
  std::uint64_t free = 0;
  const rocksdb::Status told = env.GetFileSystem()->GetFreeSpace(folder, {}, &free, nullptr);
  if (told.ok() && free < bytes + kLeftToOthers) return rocksdb::Status::NoSpace();
  // The file system does not know of quotas, nor of a disk that refuses.
  const std::string name = folder + "/space.probe";
  const std::string block(kBlockBytes, '\0');
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status status = env.NewWritableFile(name, &file, {});
  for (std::uint64_t written = 0; status.ok() && written < bytes; written += block.size()) {
    status = file->Append(block);
  }
  if (status.ok()) status = file->Sync();
  file.reset();
  env.DeleteFile(name).PermitUncheckedError();
  return status;
}

}  // namespace freshet::stores
