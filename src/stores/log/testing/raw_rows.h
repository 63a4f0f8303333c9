// The rows under an event log, past the event log: for tests of its format and of damage.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace freshet::stores {

struct RawRow {
  std::string family;
  std::string key;
  std::string value;

  auto operator<=>(const RawRow&) const = default;
};

// Every row of the closed log in `folder`. Throws std::runtime_error, as does WriteRawRows.
std::vector<RawRow> ReadRawRows(const std::filesystem::path& folder);
// Puts the rows into `folder`, which is made if it is not there.
void WriteRawRows(const std::filesystem::path& folder, const std::vector<RawRow>& rows);

}  // namespace freshet::stores
