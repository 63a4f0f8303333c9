#include "base/utf8.h"

#include <fmt/format.h>

namespace freshet {

std::size_t Utf8CharacterSize(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) > 0x9f) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) > 0x8f) return 0;
  return size;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = Utf8CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::size_t CountCodePoints(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const std::size_t size = Utf8CharacterSize(text);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return count;
}

std::string ToValidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = Utf8CharacterSize(text);
    if (size == 0) {
      valid += "\xef\xbf\xbd";
    } else {
      valid += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return valid;
}

namespace {

// `quoting` also escapes what would end the string.
std::string Escape(std::string_view text, bool quoting) {
  std::string escaped;
  escaped.reserve(text.size() + 2);
  while (!text.empty()) {
    const std::size_t size = Utf8CharacterSize(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (size == 0) {
      escaped += "\xef\xbf\xbd";
    } else if (first < 0x20 || first == 0x7f) {
      escaped += fmt::format("\\u{:04x}", first);
    } else if (size == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) {
      escaped += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[1]));
    } else if (quoting && (first == '"' || first == '\\')) {
      escaped += '\\';
      escaped += text[0];
    } else {
      escaped += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return escaped;
}

}  // namespace

std::string QuoteText(std::string_view text) { return '"' + Escape(text, true) + '"'; }

std::string EscapeControls(std::string_view text) { return Escape(text, false); }

}  // namespace freshet
