#include "algorithms/ranking/diversify.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace freshet::algorithms {

std::vector<std::size_t> Diversify(std::span<const RankedPost> posts, AccountId before) {
  std::vector<std::size_t> ranked(posts.size());
  std::iota(ranked.begin(), ranked.end(), std::size_t{0});
  std::ranges::sort(ranked, [&](std::size_t a, std::size_t b) {
    const auto rank = [&](std::size_t i) {
      return std::tuple(!posts[i].seen, posts[i].score, posts[i].id);
    };
    return rank(a) > rank(b);
  });
  // While one author waits, everything that waits is by that author: whoever else comes is shown.
  std::vector<std::size_t> shown;
  shown.reserve(ranked.size());
  std::vector<std::size_t> waiting;  // best first, from `next_waiting` on
  std::size_t next_waiting = 0;
  AccountId last = before;
  const auto show = [&](std::size_t index) {
    shown.push_back(index);
    last = posts[index].author;
  };
  for (const std::size_t index : ranked) {
    if (posts[index].author == last) {
      waiting.push_back(index);
      continue;
    }
    show(index);
    if (next_waiting < waiting.size() && posts[waiting[next_waiting]].author != last) {
      show(waiting[next_waiting++]);
    }
  }
  while (next_waiting < waiting.size()) show(waiting[next_waiting++]);
  return shown;
}

}  // namespace freshet::algorithms
