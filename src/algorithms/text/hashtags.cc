#include "algorithms/text/hashtags.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "algorithms/text/entities.h"

namespace freshet::algorithms {

std::string FoldHashtag(std::string_view tag) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* const fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  icu::UnicodeString folded = icu::UnicodeString::fromUTF8(
      icu::StringPiece(tag.data(), static_cast<std::int32_t>(tag.size())));
  // Only a failed allocation keeps ICU from its own tables.
  if (U_SUCCESS(status)) folded = fold->normalize(folded, status);
  std::string bytes;
  folded.toUTF8String(bytes);
  return bytes;
}

std::vector<std::string> FoldedHashtags(std::string_view text) {
  std::vector<std::string> tags;
  for (const auto& entity : FindEntities(text)) {
    if (entity.kind != EntityKind::kHashtag) continue;
    std::string tag = FoldHashtag(entity.value);
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
  }
  return tags;
}

}  // namespace freshet::algorithms
