// Texts as search compares them: without regard to case, diacritics and width.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::algorithms {

// Compatibility decomposition (UAX #15), full case folding (Unicode 3.13, toCasefold), without the
// marks that alphabets put on letters: "Ångström" becomes "angstrom", "Straße" "strasse", "ＡＮＡ"
// "ana". Letters that Unicode does not decompose become what people type for them: "ł" "l", "ø"
// "o", "æ" "ae". Marks that make another letter, as in Devanagari and kana, stay. Bytes that are
// not UTF-8 become U+FFFD. O(n).
std::string FoldForSearch(std::string_view text);

// The words of the folded text in their order, without repetition: at most `most`, each cut after
// at most `most_bytes` bytes, between characters. A word is letters, digits, marks and "_".
std::vector<std::string> FoldedWords(std::string_view text, std::size_t most,
                                     std::size_t most_bytes);

// The folded words of the text in their order, a space before and after each: " angstrom and ana ".
// Whole words and phrases are found in it by what this makes of them. Empty when there is no word.
std::string SpacedWords(std::string_view text);

}  // namespace freshet::algorithms
