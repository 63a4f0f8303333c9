#include "algorithms/text/folding.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>

namespace freshet::algorithms {
namespace {

// A text that ICU's tables cannot take, which only a failing allocation brings about, stays as it
// is.
icu::UnicodeString Normalize(const icu::Normalizer2* form, const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString normalized = form->normalize(text, status);
  return U_SUCCESS(status) ? normalized : text;
}

const icu::Normalizer2* Decomposition() {
  UErrorCode status = U_ZERO_ERROR;
  return icu::Normalizer2::getNFKDInstance(status);
}

const icu::Normalizer2* Composition() {
  UErrorCode status = U_ZERO_ERROR;
  return icu::Normalizer2::getNFCInstance(status);
}

bool IsDiacritic(UChar32 c) {
  constexpr UChar32 kVoicedMark = 0x3099;
  constexpr UChar32 kSemiVoicedMark = 0x309a;
  if (u_charType(c) != U_NON_SPACING_MARK || c == kVoicedMark || c == kSemiVoicedMark) return false;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_INHERITED:
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
    case USCRIPT_SYRIAC: return true;
    default: return false;
  }
}

// Letters with a stroke or of two parts, in lower case.
std::u16string_view Plain(UChar32 c) {
  switch (c) {
    case u'æ': return u"ae";
    case u'œ': return u"oe";
    case u'þ': return u"th";
    case u'ð':
    case u'đ': return u"d";
    case u'ħ': return u"h";
    case u'ı': return u"i";
    case u'ł': return u"l";
    case u'ø': return u"o";
    case u'ŧ': return u"t";
    default: return {};
  }
}

bool IsWord(UChar32 c) { return c == '_' || u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

template <class Visit>
void ForEachCharacter(const icu::UnicodeString& text, Visit&& visit) {
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) visit(text.char32At(i));
}

icu::UnicodeString Fold(std::string_view text) {
  const icu::UnicodeString decomposed = Normalize(
      Decomposition(),
      icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}));
  icu::UnicodeString bare;
  ForEachCharacter(decomposed, [&](UChar32 c) {
    if (!IsDiacritic(c)) bare.append(c);
  });
  bare.foldCase();
  icu::UnicodeString plain;
  ForEachCharacter(bare, [&](UChar32 c) {
    const std::u16string_view typed = Plain(c);
    if (typed.empty()) {
      plain.append(c);
    } else {
      plain.append(typed.data(), 0, static_cast<std::int32_t>(typed.size()));
    }
  });
  return Normalize(Composition(), plain);
}

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

void Cut(std::string& word, std::size_t most_bytes) {
  if (word.size() <= most_bytes) return;
  const auto continues = [&](std::size_t i) { return (word[i] & 0xc0) == 0x80; };
  while (most_bytes > 0 && continues(most_bytes)) --most_bytes;
  word.resize(most_bytes);
}

}  // namespace

std::string FoldForSearch(std::string_view text) { return ToUtf8(Fold(text)); }

std::vector<std::string> FoldedWords(std::string_view text, std::size_t most,
                                     std::size_t most_bytes) {
  std::vector<std::string> words;
  icu::UnicodeString current;
  const auto finish = [&] {
    if (current.isEmpty()) return;
    std::string word = ToUtf8(current);
    current.remove();
    Cut(word, most_bytes);
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  };
  ForEachCharacter(Fold(text), [&](UChar32 c) {
    if (words.size() == most) return;
    if (IsWord(c)) {
      current.append(c);
    } else {
      finish();
    }
  });
  if (words.size() < most) finish();
  return words;
}

std::string SpacedWords(std::string_view text) {
  icu::UnicodeString spaced;
  bool within = false;
  ForEachCharacter(Fold(text), [&](UChar32 c) {
    const bool word = IsWord(c);
    if (word != within) spaced.append(u' ');
    // The space that ends one word begins the next.
    if (word && !within && spaced.length() > 1) spaced.truncate(spaced.length() - 1);
    within = word;
    if (word) spaced.append(c);
  });
  if (within) spaced.append(u' ');
  return ToUtf8(spaced);
}

}  // namespace freshet::algorithms
