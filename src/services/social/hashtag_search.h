// Finding hashtags by their beginnings, to complete what somebody is writing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/describe.h"
#include "services/social/visibility.h"
#include "stores/database/database.h"

namespace freshet::social {

struct Hashtag {
  std::string tag;
  std::int64_t uses = 0;

  static constexpr auto Describe() {
    return Description("Hashtag", "A hashtag that is in use.",
                       Field("tag", &Hashtag::tag).Doc("Without the #, in lower case."),
                       Field("uses", &Hashtag::uses).Doc("In how many public posts it stands."));
  }
};

// Thread-safe.
class HashtagSearch {
 public:
  HashtagSearch(stores::Database& database, Visibility& visibility)
      : database_(database), visibility_(visibility) {}

  // The most used hashtags that begin with `text`, without regard to case and diacritics, at most
  // `limit`. Only public posts count, and a tag is shown to who may read one of its kNewest newest
  // public posts. The work does not grow with how many tags begin so. Errors: the stores'.
  Awaitable<Result<std::vector<Hashtag>>> Find(AccountId viewer, std::string text,
                                               std::size_t limit, Deadline deadline);

  static constexpr std::int64_t kNewest = 10;

 private:
  // A tag and who wrote its newest public posts.
  struct Candidate;
  Awaitable<Result<std::vector<Candidate>>> Candidates(std::string text, std::size_t most,
                                                       Deadline deadline);

  stores::Database& database_;
  Visibility& visibility_;
};

}  // namespace freshet::social
