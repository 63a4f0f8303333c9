// Keeps what was deleted out of the database's file. Internal to the SQLite adapter.
#pragma once

#include <cstddef>
#include <span>

namespace freshet::stores {

// Overwrites with zeros what is neither a cell nor structure in a page of a b-tree (the file
// format, https://www.sqlite.org/fileformat2.html section 1.6): secure_delete clears cells where
// they are deleted, but not the copies that stay behind where splitting and joining pages moved
// them. Pages of other kinds, and what is not well formed, stay as they are. `first` is the page
// that begins with the file's header.
void ClearUnusedBytes(std::span<unsigned char> page, bool first);

// The name of a VFS like the default one that does so to each page which is written into the file.
// Registers it the first time. Null when that fails.
const char* CleanPagesVfs();

}  // namespace freshet::stores
