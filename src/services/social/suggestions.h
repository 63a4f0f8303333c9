// People you may know: those whom many of the people that one follows follow.
#pragma once

#include <cstdint>
#include <vector>

#include "base/async.h"
#include "base/describe.h"
#include "services/accounts/api.h"
#include "services/social/graph.h"
#include "services/social/restrictions.h"
#include "services/social/visibility.h"

namespace freshet::social {

struct Suggestion {
  accounts::Account account;
  std::int64_t mutual_count = 0;

  static constexpr auto Describe() {
    return Description("Suggestion", "Somebody whom the reader may want to follow.",
                       Field("account", &Suggestion::account),
                       Field("mutual_count", &Suggestion::mutual_count)
                           .Doc("How many of the people whom the reader follows follow it; of a "
                                "part of them, when the reader follows very many."));
  }
};

// Thread-safe.
class Suggestions {
 public:
  Suggestions(Graph& graph, Visibility& visibility, accounts::Profiles& profiles)
      : graph_(graph), visibility_(visibility), profiles_(profiles) {}

  // At most `limit`, those with most mutuals first, filled up with the most followed. Nobody whom
  // `person` follows, asked to follow, mutes or blocks, or who blocks `person`. Looks at
  // kMostPeople followees, the closest first, and kMostEach of the followees of each, so that the
  // work does not grow with the graph. Errors: the stores'.
  Awaitable<Result<std::vector<Suggestion>>> For(AccountId person, std::size_t limit,
                                                 Deadline deadline);

  static constexpr std::size_t kMostPeople = 100;
  static constexpr std::size_t kMostEach = 200;

 private:
  struct Candidate {
    AccountId account;
    std::int64_t mutuals = 0;
  };
  // The best first.
  Awaitable<Result<std::vector<Candidate>>> Candidates(AccountId person, Deadline deadline);

  Graph& graph_;
  Visibility& visibility_;
  accounts::Profiles& profiles_;
};

}  // namespace freshet::social
