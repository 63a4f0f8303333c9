// How close people are to those whom they follow: the interaction score of each follow.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/id.h"
#include "services/social/api.h"
#include "services/social/graph.h"
#include "stores/database/database.h"
#include "stores/log/event_log.h"

namespace freshet::social {

// Something that a follower did with what an author made.
enum class InteractionKind : std::uint8_t { kProfileVisit, kDwell, kLike, kComment, kShare };

struct Interaction {
  AccountId follower;
  AccountId author;
  InteractionKind kind = InteractionKind::kLike;
  bool undone = false;
  double dwell_seconds = 0;  // of kDwell
  Timestamp at;
};

// What one interaction adds: a profile visit 0.5, each 30 seconds that a post is looked at 0.5 (at
// most 1), a like 1, a comment 3, a share 4. Undoing takes as much away.
double WeightOf(const Interaction& interaction);

// The score is the sum of the weights, each halved with every half-life that has passed since:
//   score(t) = sum over interactions i of weight_i * 2^-((t - t_i) / half_life)
// kept as its value at the newest interaction, which fades by the same formula (exponential decay:
// Cormode et al., Forward decay, ICDE 2009). Never below 0.
double FadedScore(double score, Duration age, Duration half_life);

// Thread-safe.
class Affinity {
 public:
  Affinity(GraphOptions options, Graph& graph, stores::Database& database, const Clock& clock)
      : options_(options), graph_(graph), database_(database), clock_(clock) {}

  // Raises the scores of those follows that exist. Interactions of one follow must be newer than
  // those that its score counts already; others are passed over. That makes repeating harmless, and
  // of two that come in the wrong order the earlier one is not counted. Errors: the database's.
  Awaitable<Result<>> Record(std::vector<Interaction> interactions, Deadline deadline);

  // As SocialReads::Ties.
  Awaitable<Result<std::vector<Tie>>> Ties(AccountId reader, std::span<const AccountId> people,
                                           Deadline deadline);

 private:
  const GraphOptions options_;
  Graph& graph_;
  stores::Database& database_;
  const Clock& clock_;
};

// What `topic` says about interactions: of engagement likes and comments, of posts shares, of user
// actions visits and dwell. Errors: kInvalid.
Result<std::vector<Interaction>> InteractionsIn(const std::string& topic,
                                                std::span<const stores::StoredRecord> records);

}  // namespace freshet::social
