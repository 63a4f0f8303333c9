#include "app/demo/demo_texts.h"

#include <fmt/format.h>

#include "app/demo/demo_languages.h"
#include "base/id.h"

namespace freshet::app {
namespace {

constexpr std::array<const DemoLanguage*, kDemoLanguages> kLanguages{
    &kEnglish, &kGerman, &kSpanish, &kFrench, &kArabic, &kJapanese};
// Of ten people.
constexpr std::array<std::size_t, 10> kSpeakers{0, 0, 0, 0, 1, 2, 2, 3, 4, 5};

}  // namespace

const DemoLanguage& LanguageAt(std::size_t number) { return *kLanguages[number]; }

const DemoLanguage& LanguageOf(std::size_t person) {
  return *kLanguages[kSpeakers[MixBits(person + 1) % kSpeakers.size()]];
}

std::string CommentIn(const DemoLanguage& language, std::size_t topic, std::uint64_t number) {
  return fmt::format(fmt::runtime(language.comments[number % language.comments.size()]),
                     fmt::arg("place", language.topics[topic].place));
}

std::string_view ReplyIn(const DemoLanguage& language, std::uint64_t number) {
  return language.replies[number % language.replies.size()];
}

std::string_view ThanksIn(const DemoLanguage& language, std::uint64_t number) {
  return language.thanks[number % language.thanks.size()];
}

}  // namespace freshet::app
