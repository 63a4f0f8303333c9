// Hashtags as they are compared, in every script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet::algorithms {

// What two spellings of one hashtag have in common: NFKC_Casefold (UAX #44), so "#CAFÉ" and "#café"
// are one tag, "#ＲＩＶＥＲ" and "#river", "#ΟΔΟΣ" and "#οδος". Diacritics make a difference.
std::string FoldHashtag(std::string_view tag);

// The folded hashtags in `text`, each once, in the order of the text. O(n).
std::vector<std::string> FoldedHashtags(std::string_view text);

}  // namespace freshet::algorithms
