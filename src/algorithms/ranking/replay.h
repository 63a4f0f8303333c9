// Plays back what people did, and asks at each action what a ranking would have had to choose from.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "algorithms/ranking/feature_row.h"
#include "base/clock.h"

namespace freshet::algorithms {

enum class ReplayAction : std::uint8_t { kLike, kComment, kShare };

struct ReplayPost {
  std::size_t author = 0;
  Timestamp at;
  bool has_link = false;
};

struct ReplayInteraction {
  std::size_t person = 0;
  std::size_t post = 0;  // index into posts
  ReplayAction action = ReplayAction::kLike;
  Timestamp at;
};

// People and posts are indices from 0 on.
struct ReplayWorld {
  std::size_t people = 0;
  std::vector<std::pair<std::size_t, std::size_t>> follows;  // follower, followee
  std::vector<ReplayPost> posts;                             // oldest first
  std::vector<ReplayInteraction> interactions;               // oldest first
};

struct ReplayOptions {
  std::size_t candidates = 200;
  Duration affinity_half_life{30LL * 24 * 3'600'000};
  // What an action adds to the interaction score.
  std::function<double(ReplayAction)> weight;
  // One in so many actions is looked at; all of them count for what comes later.
  std::size_t one_in = 1;
};

// What somebody could have acted on at the moment when they acted on one of them.
struct ReplayDecision {
  Timestamp at;
  std::vector<float> values;     // the candidates' FeatureRows, newest candidate first
  std::vector<float> reactions;  // weighted, of each candidate
  std::size_t chosen = 0;        // its row
  std::size_t rows() const { return reactions.size(); }
};

// Calls `visit` for each action on one of the newest `candidates` posts by those whom the person
// follows, in the order of time. The features are those of that moment: nothing later is known.
void Replay(const ReplayWorld& world, const ReplayOptions& options,
            const std::function<void(ReplayDecision)>& visit);

}  // namespace freshet::algorithms
