// Which dead letters of a topic are unresolved, and where they are.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "stores/log/event_log.h"

namespace freshet::stores {

// Built by noting the topic's records in order; remembers ids and offsets only, of at most `most`
// letters. Newer ones are found once half of those are resolved. Not thread-safe.
class DeadLetterIndex {
 public:
  explicit DeadLetterIndex(std::size_t most) : most_(most) {}

  // The offset from which on records are to be noted. May step back when there is room again.
  Offset Next();
  // A letter that is there already, unresolved, stays where it was first.
  void NoteLetter(Offset offset, const std::string& id);
  void NoteResolved(Offset offset, const std::string& id);
  // Goes on behind a record that tells nothing.
  void Skip(Offset offset) { next_ = offset + 1; }
  // Forgets letters that are not kept any longer, and expects no such records.
  void DropBefore(Offset begin);

  std::optional<Offset> Find(const std::string& id) const;
  // At most `limit` letters at or after `from`, oldest first.
  std::vector<Offset> ListFrom(Offset from, std::size_t limit) const;

 private:
  const std::size_t most_;
  Offset next_ = 0;
  std::optional<Offset> left_out_;  // the first letter there was no room for
  std::unordered_map<std::string, Offset> by_id_;
  std::map<Offset, std::string> by_offset_;
};

}  // namespace freshet::stores
