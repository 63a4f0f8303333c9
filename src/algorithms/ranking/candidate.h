// What ranking knows of a post and of its reader.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/id.h"

namespace freshet::algorithms {

struct RankingCandidate {
  std::uint64_t id = 0;  // breaks ties: the newer first
  AccountId author = {};
  std::chrono::milliseconds age{0};
  double affinity = 0;   // interaction score of the reader with the author, 0 or more
  bool friends = false;  // reader and author follow each other
  bool shared = false;   // a share brought it to the reader
  bool has_link = false;
  std::int64_t likes = 0;
  std::int64_t comments = 0;
  std::int64_t shares = 0;
  std::int64_t posts_by_author = 1;  // among the candidates, this one included
};

inline double HoursOf(std::chrono::milliseconds age) {
  return static_cast<double>(age.count()) / 3'600'000.0;
}

}  // namespace freshet::algorithms
