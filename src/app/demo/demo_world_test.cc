#include "app/demo/demo_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "algorithms/text/hashtags.h"
#include "app/demo/demo_texts.h"
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

TEST(DemoWorld, SpeaksEveryLanguageAboutSeveralTopics) {
  const DemoWorld world = MakeDemoWorld(500, 3, kUntil);
  std::map<std::string_view, std::set<std::size_t>> topics;
  for (const auto& post : world.posts) {
    const DemoLanguage& language = LanguageOf(post.author);
    const auto& lines = language.topics[post.topic].lines;
    EXPECT_TRUE(std::ranges::any_of(lines, [&](auto line) { return post.text.starts_with(line); }))
        << post.text;
    topics[language.code].insert(post.topic);
  }
  EXPECT_EQ(topics.size(), kDemoLanguages);
  for (const auto& [code, spoken_of] : topics) EXPECT_GT(spoken_of.size(), 3U) << code;
}

TEST(DemoWorld, EveryTextCanBePosted) {
  for (std::size_t number = 0; number < kDemoLanguages; ++number) {
    const DemoLanguage& language = LanguageAt(number);
    for (std::size_t topic = 0; topic < kDemoTopics; ++topic) {
      const std::string tag(language.topics[topic].tag);
      EXPECT_THAT(algorithms::FoldedHashtags("#" + tag),
                  testing::ElementsAre(algorithms::FoldHashtag(tag)));
      for (const auto line : language.topics[topic].lines) EXPECT_FALSE(line.empty()) << tag;
      for (std::uint64_t i = 0; i < language.comments.size(); ++i) {
        EXPECT_THAT(CommentIn(language, topic, i), testing::Not(testing::HasSubstr("{")));
      }
    }
  }
}

TEST(DemoWorld, PeopleAnswerWhatIsSaidUnderTheirPosts) {
  const DemoWorld world = MakeDemoWorld(500, 3, kUntil);
  const auto comments = DemoComments(world);
  std::set<std::size_t> answered, answered_back;
  for (const auto& comment : comments) {
    EXPECT_FALSE(comment.text.empty());
    if (!comment.reply_to) continue;
    const DemoComment& parent = comments[*comment.reply_to];
    EXPECT_LT(&parent, &comment) << "it is made after what it answers";
    EXPECT_FALSE(parent.reply_to);
    EXPECT_EQ(parent.post, comment.post);
    EXPECT_GT(comment.at, parent.at);
    const bool by_author = comment.author == world.posts[comment.post].author;
    EXPECT_TRUE(by_author || comment.author == parent.author);
    (by_author ? answered : answered_back).insert(*comment.reply_to);
  }
  EXPECT_GT(answered.size(), comments.size() / 10);
  EXPECT_GT(answered_back.size(), comments.size() / 20);
  EXPECT_TRUE(std::ranges::includes(answered, answered_back)) << "who answers back was answered";
}

}  // namespace
}  // namespace freshet::app
