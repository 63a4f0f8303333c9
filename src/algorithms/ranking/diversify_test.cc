#include "algorithms/ranking/diversify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace freshet::algorithms {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RankedPost Post(std::uint64_t id, std::uint64_t author, double score) {
  return {.id = id, .author = AccountId{author}, .score = score};
}

TEST(Diversify, ShowsTheBestFirstAndTheNewerAmongEquals) {
  const std::vector posts{Post(1, 1, 0.2), Post(2, 2, 0.9), Post(3, 3, 0.2)};
  EXPECT_THAT(Diversify(posts, AccountId{}), ElementsAre(1, 2, 0));
  EXPECT_THAT(Diversify({}, AccountId{}), IsEmpty());
}

TEST(Diversify, PutsSomebodyElseBetweenTwoPostsOfAnAuthor) {
  const std::vector posts{Post(1, 1, 0.9), Post(2, 1, 0.8), Post(3, 2, 0.1), Post(4, 1, 0.7)};
  EXPECT_THAT(Diversify(posts, AccountId{}), ElementsAre(0, 2, 1, 3));
}

TEST(Diversify, RemembersWhoStoodLast) {
  const std::vector posts{Post(1, 1, 0.9), Post(2, 2, 0.1)};
  EXPECT_THAT(Diversify(posts, AccountId{1}), ElementsAre(1, 0));
}

TEST(Diversify, KeepsEveryPostAndSeparatesAuthorsAsLongAsItCan) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<RankedPost> posts;
    for (std::uint64_t id = 0; id < random() % 60; ++id) {
      posts.push_back(Post(id + 1, random() % 5 + 1, static_cast<double>(random() % 10)));
    }
    auto order = Diversify(posts, AccountId{});
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (posts[order[i]].author != posts[order[i - 1]].author) continue;
      const auto rest = std::span(order).subspan(i);
      EXPECT_TRUE(std::ranges::all_of(
          rest, [&](std::size_t left) { return posts[left].author == posts[order[i]].author; }))
          << "somebody else could have stood at " << i;
    }
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
    EXPECT_EQ(order.size(), posts.size());
  }
}

}  // namespace
}  // namespace freshet::algorithms
