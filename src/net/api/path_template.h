// The path of a route: "/v1/accounts/{id}/posts". A part in braces is a parameter; "{path...}" at
// the end takes all that remains, slashes included.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace freshet::net {

// Made from literals only, so that the compiler refuses a malformed one.
class PathTemplate {
 public:
  consteval PathTemplate(const char* text)  // NOLINT(google-explicit-constructor): is its text
      : text_(text) {
    Validate();
  }

  struct Segment {
    std::string_view text;  // without braces and dots
    bool is_parameter = false;
    bool is_rest = false;
  };

  constexpr std::string_view text() const { return text_; }
  std::vector<Segment> Segments() const {
    std::vector<Segment> segments;
    if (text_ == "/") return segments;
    for (std::size_t at = 1; at <= text_.size();) {
      const std::string_view part = Part(at);
      segments.push_back(ToSegment(part));
      at += part.size() + 1;
    }
    return segments;
  }

 private:
  // What a failed check "calls" is shown in the compiler's message.
  static void MustStartWithASlash();
  static void SegmentsMustNotBeEmpty();
  static void LiteralsAreLowerCaseLettersDigitsDashesAndDots();
  static void ParameterNamesAreSnakeCase();
  static void OnlyTheLastSegmentMayTakeTheRest();
  static void ParameterNamesMustDiffer();

  constexpr std::string_view Part(std::size_t at) const {
    return text_.substr(at, text_.find('/', at) - at);
  }
  static constexpr Segment ToSegment(std::string_view part) {
    if (!part.starts_with('{')) return {part, false, false};
    const bool rest = part.ends_with("...}");
    part.remove_prefix(1);
    part.remove_suffix(rest ? 4 : 1);
    return {part, true, rest};
  }
  static constexpr bool IsLowerOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
  consteval void ValidatePart(std::string_view part) const {
    if (part.empty()) SegmentsMustNotBeEmpty();
    const bool is_parameter = part.starts_with('{') && part.ends_with('}') && part.size() > 2;
    if (!is_parameter) {
      for (const char c : part) {
        const bool ok = IsLowerOrDigit(c) || c == '-' || c == '.' || c == '_';
        if (!ok) LiteralsAreLowerCaseLettersDigitsDashesAndDots();
      }
      return;
    }
    const Segment segment = ToSegment(part);
    if (segment.text.empty()) ParameterNamesAreSnakeCase();
    for (const char c : segment.text) {
      if (!IsLowerOrDigit(c) && c != '_') ParameterNamesAreSnakeCase();
    }
    if (segment.is_rest && !text_.ends_with(part)) OnlyTheLastSegmentMayTakeTheRest();
    const std::size_t brace = text_.find(part.substr(0, segment.text.size() + 1));
    const std::size_t again = text_.find(part.substr(0, segment.text.size() + 1), brace + 1);
    if (again != std::string_view::npos) ParameterNamesMustDiffer();
  }
  consteval void Validate() const {
    if (!text_.starts_with('/')) MustStartWithASlash();
    if (text_ == "/") return;
    for (std::size_t at = 1; at <= text_.size();) {
      const std::string_view part = Part(at);
      ValidatePart(part);
      at += part.size() + 1;
    }
  }

  std::string_view text_;
};

}  // namespace freshet::net
