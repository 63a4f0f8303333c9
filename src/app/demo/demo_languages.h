// The texts of demo_texts.h, a language in a file.
#pragma once

#include "app/demo/demo_texts.h"

namespace freshet::app {

// The order of the topics is the same in all: rivers, cycling, bread, astronomy, music, gardens,
// code, football, photography, books.
extern const DemoLanguage kEnglish;
extern const DemoLanguage kGerman;
extern const DemoLanguage kSpanish;
extern const DemoLanguage kFrench;
extern const DemoLanguage kArabic;
extern const DemoLanguage kJapanese;

}  // namespace freshet::app
