// A made-up community, the same for the same seed: who is there, who follows whom, who said what.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "algorithms/ranking/replay.h"
#include "base/clock.h"

namespace freshet::app {

struct DemoPerson {
  std::string username;
  std::string display_name;
  std::string bio;
};

struct DemoPost {
  std::size_t author = 0;  // index into people
  std::size_t topic = 0;
  std::string text;
  Timestamp created_at;
};

struct DemoWorld {
  std::vector<DemoPerson> people;                            // the first two are the celebrities
  std::vector<std::pair<std::size_t, std::size_t>> follows;  // follower, followee; each once
  std::vector<DemoPost> posts;                               // oldest first
  // What people did with posts of those whom they follow, oldest first.
  std::vector<algorithms::ReplayInteraction> interactions;
};

// `people` from 10 on. In-degrees follow a power law, as by preferential attachment (Barabasi and
// Albert, Science 286, 1999); nearly everybody follows the two celebrities. Posts fill the four
// months before `until`, more by day than by night, and few people write most of them. Every second
// day or so people read the newest posts of those whom they follow, and like some: rather what is
// about their topics, by people who are close to them, and good. Of the liked posts some are
// commented on or shared.
DemoWorld MakeDemoWorld(std::size_t people, std::uint64_t seed, Timestamp until);

struct DemoComment {
  std::size_t author = 0;  // index into people
  std::size_t post = 0;
  std::optional<std::size_t> reply_to = {};  // an earlier comment under the same post
  std::string text;
  Timestamp at;
};

// The comments among the interactions, each in its author's language, and what came of them: the
// author of the post answers some, and some who commented have the last word.
std::vector<DemoComment> DemoComments(const DemoWorld& world);

// The world as ranking is fitted on it.
algorithms::ReplayWorld ToReplay(const DemoWorld& world);

}  // namespace freshet::app
