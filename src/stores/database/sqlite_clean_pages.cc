#include "stores/database/sqlite_clean_pages.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>

namespace freshet::stores {
namespace {

constexpr std::size_t kPageBytes = 4'096;
constexpr std::size_t kFileHeaderBytes = 100;
// From page 2^25 on (128 GiB), a page that begins with the number of another may look like one of a
// b-tree; then nothing is cleared any more.
constexpr sqlite3_int64 kMostFileBytes = sqlite3_int64{1} << 37;

enum PageType : unsigned char {
  kInteriorIndex = 2,
  kInteriorTable = 5,
  kLeafIndex = 10,
  kLeafTable = 13
};

std::size_t Number(std::span<const unsigned char> page, std::size_t at) {
  return static_cast<std::size_t>(page[at]) << 8 | page[at + 1];
}

void Clear(std::span<unsigned char> page, std::size_t begin, std::size_t end) {
  std::fill(page.begin() + static_cast<std::ptrdiff_t>(begin),
            page.begin() + static_cast<std::ptrdiff_t>(end), static_cast<unsigned char>(0));
}

// An open database file: the default VFS' own file stands behind it in memory.
struct CleanFile {
  sqlite3_file base;
  bool may_clear;
  sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

CleanFile* Of(sqlite3_file* file) { return reinterpret_cast<CleanFile*>(file); }
sqlite3_file* Inner(sqlite3_file* file) { return Of(file)->inner(); }

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  CleanFile& self = *Of(file);
  sqlite3_file* const inner = self.inner();
  if (offset + size > kMostFileBytes) self.may_clear = false;
  const bool whole_page = size == static_cast<int>(kPageBytes) && offset % size == 0;
  if (!self.may_clear || !whole_page) return inner->pMethods->xWrite(inner, bytes, size, offset);
  unsigned char page[kPageBytes];
  std::copy_n(static_cast<const unsigned char*>(bytes), kPageBytes, page);
  ClearUnusedBytes(page, offset == 0);
  return inner->pMethods->xWrite(inner, page, size, offset);
}

// All but the writing is the default VFS' business.
template <auto Method, class... Arguments>
auto Forward(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* const inner = Inner(file);
  return (inner->pMethods->*Method)(inner, arguments...);
}

using M = sqlite3_io_methods;
constexpr sqlite3_io_methods kMethods{
    .iVersion = 3,
    .xClose = Forward<&M::xClose>,
    .xRead = Forward<&M::xRead, void*, int, sqlite3_int64>,
    .xWrite = Write,
    .xTruncate = Forward<&M::xTruncate, sqlite3_int64>,
    .xSync = Forward<&M::xSync, int>,
    .xFileSize = Forward<&M::xFileSize, sqlite3_int64*>,
    .xLock = Forward<&M::xLock, int>,
    .xUnlock = Forward<&M::xUnlock, int>,
    .xCheckReservedLock = Forward<&M::xCheckReservedLock, int*>,
    .xFileControl = Forward<&M::xFileControl, int, void*>,
    .xSectorSize = Forward<&M::xSectorSize>,
    .xDeviceCharacteristics = Forward<&M::xDeviceCharacteristics>,
    .xShmMap = Forward<&M::xShmMap, int, int, int, void volatile**>,
    .xShmLock = Forward<&M::xShmLock, int, int, int>,
    .xShmBarrier = Forward<&M::xShmBarrier>,
    .xShmUnmap = Forward<&M::xShmUnmap, int>,
    .xFetch = Forward<&M::xFetch, sqlite3_int64, int, void**>,
    .xUnfetch = Forward<&M::xUnfetch, sqlite3_int64, void*>,
};

sqlite3_vfs* Default(sqlite3_vfs* self) { return static_cast<sqlite3_vfs*>(self->pAppData); }

int Open(sqlite3_vfs* self, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* const vfs = Default(self);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return vfs->xOpen(vfs, name, file, flags, out_flags);
  CleanFile& opened = *new (file) CleanFile{.base = {.pMethods = nullptr}, .may_clear = true};
  sqlite3_file* const inner = opened.inner();
  inner->pMethods = nullptr;
  const int code = vfs->xOpen(vfs, name, inner, flags, out_flags);
  // Whoever got methods is closed, even after an error.
  if (inner->pMethods != nullptr) opened.base.pMethods = &kMethods;
  if (code != SQLITE_OK) return code;
  sqlite3_int64 size = 0;
  if (inner->pMethods->iVersion < 3) return SQLITE_CANTOPEN;
  if (inner->pMethods->xFileSize(inner, &size) == SQLITE_OK && size > kMostFileBytes) {
    opened.may_clear = false;
  }
  return SQLITE_OK;
}

template <auto Method, class... Arguments>
auto ForwardVfs(sqlite3_vfs* self, Arguments... arguments) {
  sqlite3_vfs* const vfs = Default(self);
  return (vfs->*Method)(vfs, arguments...);
}

using V = sqlite3_vfs;

sqlite3_vfs* Register() {
  sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
  if (base == nullptr || base->iVersion < 2) return nullptr;
  static sqlite3_vfs vfs{
      .iVersion = 2,
      .szOsFile = static_cast<int>(sizeof(CleanFile)) + base->szOsFile,
      .mxPathname = base->mxPathname,
      .pNext = nullptr,
      .zName = "freshet-clean-pages",
      .pAppData = base,
      .xOpen = Open,
      .xDelete = ForwardVfs<&V::xDelete, const char*, int>,
      .xAccess = ForwardVfs<&V::xAccess, const char*, int, int*>,
      .xFullPathname = ForwardVfs<&V::xFullPathname, const char*, int, char*>,
      .xDlOpen = ForwardVfs<&V::xDlOpen, const char*>,
      .xDlError = ForwardVfs<&V::xDlError, int, char*>,
      .xDlSym =
          [](sqlite3_vfs* self, void* library, const char* symbol) {
            return Default(self)->xDlSym(Default(self), library, symbol);
          },
      .xDlClose = ForwardVfs<&V::xDlClose, void*>,
      .xRandomness = ForwardVfs<&V::xRandomness, int, char*>,
      .xSleep = ForwardVfs<&V::xSleep, int>,
      .xCurrentTime = ForwardVfs<&V::xCurrentTime, double*>,
      .xGetLastError = ForwardVfs<&V::xGetLastError, int, char*>,
      .xCurrentTimeInt64 = ForwardVfs<&V::xCurrentTimeInt64, sqlite3_int64*>,
      .xSetSystemCall = nullptr,
      .xGetSystemCall = nullptr,
      .xNextSystemCall = nullptr,
  };
  return sqlite3_vfs_register(&vfs, /*makeDflt=*/0) == SQLITE_OK ? &vfs : nullptr;
}

}  // namespace

void ClearUnusedBytes(std::span<unsigned char> page, bool first) {
  const std::size_t header = first ? kFileHeaderBytes : 0;
  const unsigned char type = page[header];
  const bool interior = type == kInteriorIndex || type == kInteriorTable;
  if (!interior && type != kLeafIndex && type != kLeafTable) return;
  const std::size_t pointers = header + (interior ? 12 : 8);
  const std::size_t end_of_pointers = pointers + 2 * Number(page, header + 3);
  const std::size_t content = Number(page, header + 5);
  if (end_of_pointers > content || content > page.size()) return;
  for (std::size_t at = pointers; at < end_of_pointers; at += 2) {
    if (Number(page, at) < content || Number(page, at) >= page.size()) return;
  }
  // Free blocks, ascending; each begins with the next one's place and its own size.
  std::vector<std::size_t> blocks;
  for (std::size_t block = Number(page, header + 1); block != 0; block = Number(page, block)) {
    const std::size_t before = blocks.empty() ? content : blocks.back() + 4;
    if (block < before || block + 4 > page.size()) return;
    if (Number(page, block + 2) < 4 || block + Number(page, block + 2) > page.size()) return;
    blocks.push_back(block);
  }
  Clear(page, end_of_pointers, content);
  for (const auto block : blocks) Clear(page, block + 4, block + Number(page, block + 2));
}

const char* CleanPagesVfs() {
  static sqlite3_vfs* const registered = Register();
  return registered != nullptr ? registered->zName : nullptr;
}

}  // namespace freshet::stores
