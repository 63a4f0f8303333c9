#include "algorithms/text/entities.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <optional>

#include "base/text.h"

namespace freshet::algorithms {
namespace {

constexpr std::int64_t kMaxMention = 50;
constexpr std::int64_t kMaxHashtag = 100;

bool IsWord(UChar32 c) {
  return c == '_' || u_isalnum(c) ||
         u_getIntPropertyValue(c, UCHAR_GENERAL_CATEGORY_MASK) & U_GC_M_MASK;
}
bool IsNameCharacter(UChar32 c) { return c == '_' || (c < 0x80 && u_isalnum(c)); }

// Walks a text by code points and can step back to a place that it passed.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  struct Place {
    std::int32_t byte = 0;
    std::int64_t point = 0;
  };

  bool done() const { return place_.byte >= static_cast<std::int32_t>(text_.size()); }
  Place place() const { return place_; }
  void Return(Place place) { place_ = place; }
  std::string_view rest() const { return text_.substr(static_cast<std::size_t>(place_.byte)); }
  std::string_view Since(Place start) const {
    return text_.substr(static_cast<std::size_t>(start.byte),
                        static_cast<std::size_t>(place_.byte - start.byte));
  }

  UChar32 Peek() const {
    auto ahead = place_.byte;
    return Read(ahead);
  }
  UChar32 Next() {
    ++place_.point;
    return Read(place_.byte);
  }

 private:
  UChar32 Read(std::int32_t& byte) const {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(text_.data(), byte, static_cast<std::int32_t>(text_.size()), c);
    return c;
  }

  std::string_view text_;
  Place place_;
};

std::optional<TextEntity> ReadMention(Cursor& cursor) {
  const auto start = cursor.place();
  cursor.Next();
  const auto name_start = cursor.place();
  while (!cursor.done() && IsNameCharacter(cursor.Peek())) cursor.Next();
  const auto length = cursor.place().point - name_start.point;
  const bool runs_on = !cursor.done() && (IsWord(cursor.Peek()) || cursor.Peek() == '@');
  if (length == 0 || length > kMaxMention || runs_on) return std::nullopt;
  return TextEntity{EntityKind::kMention, start.point, cursor.place().point,
                    ToLower(cursor.Since(name_start))};
}

std::optional<TextEntity> ReadHashtag(Cursor& cursor) {
  const auto start = cursor.place();
  cursor.Next();
  const auto tag_start = cursor.place();
  bool only_digits = true;
  while (!cursor.done() && IsWord(cursor.Peek())) only_digits &= u_isdigit(cursor.Next()) != 0;
  const auto length = cursor.place().point - tag_start.point;
  if (only_digits || length > kMaxHashtag) return std::nullopt;
  return TextEntity{EntityKind::kHashtag, start.point, cursor.place().point,
                    std::string(cursor.Since(tag_start))};
}

std::optional<TextEntity> ReadLink(Cursor& cursor) {
  const std::string_view rest = cursor.rest();
  const std::size_t scheme = rest.starts_with("https://") ? 8 : rest.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return std::nullopt;
  const auto start = cursor.place();
  auto end = start;
  int open_brackets = 0;
  while (!cursor.done() && !u_isUWhiteSpace(cursor.Peek()) && cursor.Peek() > ' ' &&
         cursor.Peek() != '<' && cursor.Peek() != '"') {
    const UChar32 c = cursor.Next();
    if (c == '(') ++open_brackets;
    const bool closes_own_bracket = c == ')' && open_brackets-- > 0;
    // Punctuation at the end belongs to the sentence, a bracket only if it was not opened within
    // the link.
    if (closes_own_bracket ||
        !(u_ispunct(c) && c != '/' && c != '_' && c != '-' && c != '&' && c != '#' && c != '%'))
      end = cursor.place();
  }
  cursor.Return(end);
  if (cursor.Since(start).size() <= scheme) return std::nullopt;
  return TextEntity{EntityKind::kLink, start.point, end.point, std::string(cursor.Since(start))};
}

}  // namespace

std::vector<TextEntity> FindEntities(std::string_view text) {
  std::vector<TextEntity> entities;
  Cursor cursor(text);
  bool in_word = false;  // whether the character before is part of a word
  while (!cursor.done()) {
    const auto start = cursor.place();
    const UChar32 c = cursor.Peek();
    std::optional<TextEntity> entity;
    if (!in_word) {
      if (c == '@') entity = ReadMention(cursor);
      if (c == '#') entity = ReadHashtag(cursor);
      if (c == 'h') entity = ReadLink(cursor);
    }
    if (entity) {
      entities.push_back(*std::move(entity));
      in_word = true;
      continue;
    }
    cursor.Return(start);
    cursor.Next();
    in_word = IsWord(c) || c == '@' || c == '#' || c == '&' || c == '/';
  }
  return entities;
}

}  // namespace freshet::algorithms
