// UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace freshet {

// The bytes of the well-formed character at the front of `text`; 0 when there is none.
std::size_t Utf8CharacterSize(std::string_view text);

bool IsUtf8(std::string_view text);

// Code points; each byte that belongs to no well-formed character counts as one.
std::size_t CountCodePoints(std::string_view text);

// Puts U+FFFD in the place of every byte that belongs to no well-formed character.
std::string ToValidUtf8(std::string_view text);

// `text` as a JSON string on one line, which is also a TOML basic string: control characters are
// escaped, and bytes that are not UTF-8 replaced as by ToValidUtf8.
std::string QuoteText(std::string_view text);

// Escapes the control characters of `text` in the same way, without putting it in quotes.
std::string EscapeControls(std::string_view text);

}  // namespace freshet
