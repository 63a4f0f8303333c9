// What is done to short texts everywhere: by ASCII's rules alone, whatever the locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace freshet {

constexpr char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
std::string ToLower(std::string_view text);

bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// Without the characters of `space` at both ends.
std::string_view Trimmed(std::string_view text, std::string_view space = " \t");

// The insertions, removals and replacements that make `b` of `a` (Levenshtein, Binary codes capable
// of correcting deletions, insertions and reversals, 1966). Looks at the first 100 bytes of each.
std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace freshet
