// Finds what a post's text points at: people, topics and pages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::algorithms {

enum class EntityKind { kMention, kHashtag, kLink };

// Offsets count Unicode code points; the span includes the "@" or "#".
struct TextEntity {
  EntityKind kind = EntityKind::kMention;
  std::int64_t start = 0;
  std::int64_t end = 0;
  // The user name in lower case, the tag as it was written, or the URL.
  std::string value;

  bool operator==(const TextEntity&) const = default;
};

// In the order of the text, without overlap. `text` is UTF-8; O(n).
//   @name     ASCII letters, digits and "_", at most 50, not inside a word or an e-mail address
//   #tag      letters, digits, marks and "_" of every script (UAX #31's hashtag profile without
//   emoji), at most 100 code points, with at
//             least one that is not a digit
//   a link    "http://" or "https://" up to white space, less the punctuation that ends a sentence
std::vector<TextEntity> FindEntities(std::string_view text);

}  // namespace freshet::algorithms
