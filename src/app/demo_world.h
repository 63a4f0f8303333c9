// A made-up community, the same for the same seed: who is there, who follows whom, who said what.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace freshet::app {

struct DemoPerson {
  std::string username;
  std::string display_name;
  std::string bio;
};

struct DemoPost {
  std::size_t author = 0;  // index into people
  std::string text;
  Timestamp created_at;
};

struct DemoWorld {
  std::vector<DemoPerson> people;                            // the first two are the celebrities
  std::vector<std::pair<std::size_t, std::size_t>> follows;  // follower, followee; each once
  std::vector<DemoPost> posts;                               // oldest first
};

// `people` from 10 on. In-degrees follow a power law, as by preferential attachment (Barabasi and
// Albert, Science 286, 1999); nearly everybody follows the two celebrities. Posts fill the four
// months before `until`, more by day than by night, and few people write most of them.
DemoWorld MakeDemoWorld(std::size_t people, std::uint64_t seed, Timestamp until);

}  // namespace freshet::app
