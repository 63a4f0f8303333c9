#include "app/demo_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "services/accounts/types.h"

namespace freshet::app {
namespace {

const Timestamp kUntil = ParseTimestamp("2026-01-01T00:00:00Z").value();

TEST(DemoWorld, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const DemoWorld one = MakeDemoWorld(200, 7, kUntil);
  const DemoWorld same = MakeDemoWorld(200, 7, kUntil);
  const DemoWorld other = MakeDemoWorld(200, 8, kUntil);
  EXPECT_EQ(one.follows, same.follows);
  ASSERT_EQ(one.posts.size(), same.posts.size());
  for (std::size_t i = 0; i < one.posts.size(); ++i)
    EXPECT_EQ(one.posts[i].text, same.posts[i].text);
  EXPECT_NE(one.follows, other.follows);
  ASSERT_EQ(one.interactions.size(), same.interactions.size());
  for (std::size_t i = 0; i < one.interactions.size(); ++i) {
    EXPECT_EQ(one.interactions[i].post, same.interactions[i].post);
    EXPECT_EQ(one.interactions[i].person, same.interactions[i].person);
  }
}

TEST(DemoWorld, PeopleReactOnceToWhatThoseWhomTheyFollowSaidBefore) {
  const DemoWorld world = MakeDemoWorld(200, 7, kUntil);
  const std::set<std::pair<std::size_t, std::size_t>> follows(world.follows.begin(),
                                                              world.follows.end());
  std::set<std::tuple<std::size_t, std::size_t, algorithms::ReplayAction>> once;
  EXPECT_GT(world.interactions.size(), world.posts.size() / 2);
  for (const auto& done : world.interactions) {
    const auto& post = world.posts[done.post];
    EXPECT_TRUE(follows.contains({done.person, post.author}));
    EXPECT_GT(done.at, post.created_at);
    EXPECT_TRUE(once.emplace(done.person, done.post, done.action).second);
  }
  EXPECT_TRUE(std::ranges::is_sorted(world.interactions, {}, &algorithms::ReplayInteraction::at));
}

TEST(DemoWorld, HasTwoCelebritiesAndAPowerLawBelowThem) {
  const DemoWorld world = MakeDemoWorld(2'000, 1, kUntil);
  std::vector<int> followers(world.people.size());
  for (const auto& [follower, followee] : world.follows) ++followers[followee];
  EXPECT_GT(followers[0], 1'800);
  EXPECT_GT(followers[1], 1'800);
  std::vector<int> others(followers.begin() + 2, followers.end());
  std::ranges::sort(others, std::greater());
  EXPECT_GT(others[0], 20 * others[1'000]) << "the best known ordinary person against the median";
  EXPECT_LT(others[0], 1'000) << "no third celebrity";
}

TEST(DemoWorld, IsMadeOfValidPeopleFollowsAndPosts) {
  const DemoWorld world = MakeDemoWorld(500, 3, kUntil);
  std::set<std::string> names;
  for (const auto& person : world.people) {
    EXPECT_TRUE(accounts::CheckUsername(person.username).empty()) << person.username;
    EXPECT_TRUE(names.insert(person.username).second) << person.username;
  }
  const std::set<std::pair<std::size_t, std::size_t>> once(world.follows.begin(),
                                                           world.follows.end());
  EXPECT_EQ(once.size(), world.follows.size());
  for (const auto& [follower, followee] : world.follows) EXPECT_NE(follower, followee);
  EXPECT_TRUE(std::ranges::is_sorted(world.posts, {}, &DemoPost::created_at));
  EXPECT_LE(world.posts.back().created_at, kUntil);
}

}  // namespace
}  // namespace freshet::app
