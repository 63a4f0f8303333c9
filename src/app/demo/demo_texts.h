// What the people of a demo world say, in the languages that they speak.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace freshet::app {

inline constexpr std::size_t kDemoTopics = 10;
inline constexpr std::size_t kDemoLines = 6;  // of a topic

struct DemoTopic {
  std::string_view tag;
  std::string_view place;
  std::array<std::string_view, kDemoLines> lines;
};

struct DemoLanguage {
  std::string_view code;     // BCP 47
  std::string_view bio;      // with {tag} and {place}
  std::string_view at;       // with {place}
  std::string_view mention;  // with {name}
  std::array<DemoTopic, kDemoTopics> topics;
  std::array<std::string_view, 6> comments;  // some with {place}
  std::array<std::string_view, 4> replies;   // of who wrote the post
  std::array<std::string_view, 4> thanks;    // of who wrote the comment, after that
};

// The first is English, which most people speak.
inline constexpr std::size_t kDemoLanguages = 6;
const DemoLanguage& LanguageAt(std::size_t number);

// The language of the person with this number.
const DemoLanguage& LanguageOf(std::size_t person);

// What somebody says about a post of this topic, what its author answers, and what comes back; the
// same for the same number.
std::string CommentIn(const DemoLanguage& language, std::size_t topic, std::uint64_t number);
std::string_view ReplyIn(const DemoLanguage& language, std::uint64_t number);
std::string_view ThanksIn(const DemoLanguage& language, std::uint64_t number);

}  // namespace freshet::app
