// The services on stores that fail before and after their effect: whatever was answered with
// success is there in the end, once, and every home equals a plain model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <tuple>

#include "app/testing/faulty_installation.h"
#include "base/io_threads.h"

namespace freshet::app {
namespace {

using testing::ElementsAreArray;

constexpr int kPeople = 8;

class FaultyWorld : public testing::TestWithParam<std::string> {
 protected:
  FaultPlan& Plan() { return installation_.plan(GetParam()); }

  // One call of the port goes wrong soon, before or after its effect.
  void MaybeBreak() {
    if (Below(3) != 0) return;
    const auto calls = 1 + Below(2);
    Below(2) == 0 ? Plan().FailNext(calls) : Plan().FailNextAfterEffect(calls);
  }

  void Step() {
    const AccountId person = people_[Below(kPeople)];
    const AccountId other = people_[Below(kPeople)];
    MaybeBreak();
    switch (Below(16)) {
      case 0:
      case 1:
        if (person != other) Follow(person, other, true);
        break;
      case 2:
        if (person != other) Follow(person, other, false);
        break;
      case 3: DeleteOne(person); break;
      case 4:
      case 13:
        std::ignore = RunBlocking(services_.home.Page(
            person,
            {.order = Below(2) == 0 ? home::FeedOrder::kRanked : home::FeedOrder::kLatest,
             .limit = 5,
             .cursor = {}},
            Soon()));
        break;
      case 5: Deliver(); break;
      case 6:
      case 7: Like(person, other); break;
      case 8: Restore(person); break;
      case 9:
      case 10: Comment(person, other); break;
      case 11: DeleteComment(person); break;
      case 12: Share(person, other); break;
      default: Post(person);
    }
  }

  void Follow(AccountId person, AccountId other, bool follow) {
    const auto done = RunBlocking(follow ? services_.relationships.Follow(person, other, Soon())
                                         : services_.relationships.Unfollow(person, other, Soon()));
    follows_[{person, other}] = done ? std::optional(follow) : std::nullopt;
  }

  void Post(AccountId person) {
    const std::string text = "post " + std::to_string(++texts_);
    const auto made = RunBlocking(services_.posts.Create(
        person, {.text = text, .location = {}, .quote_of = {}}, std::nullopt, Soon()));
    if (made) posts_[made->id()] = {.author = person, .alive = true};
  }

  void DeleteOne(AccountId person) {
    for (auto& [id, post] : posts_) {
      if (post.author != person || post.alive != true) continue;
      const bool done = RunBlocking(services_.posts.Delete(person, id, Soon())).has_value();
      post = {
          .author = person, .alive = done ? std::optional(false) : std::nullopt, .steady = false};
      return;
    }
  }

  void Restore(AccountId person) {
    for (auto& [id, post] : posts_) {
      if (post.author != person || post.alive != false) continue;
      const bool done =
          RunBlocking(services_.deleted_posts.Restore(person, id, Soon())).has_value();
      post.alive = done ? std::optional(true) : std::nullopt;
      return;
    }
  }

  // The newest post of `author` that is there.
  std::optional<PostId> NewestOf(AccountId author) const {
    for (auto post = posts_.rbegin(); post != posts_.rend(); ++post) {
      if (post->second.author == author && post->second.alive == true) return post->first;
    }
    return std::nullopt;
  }

  void Like(AccountId person, AccountId author) {
    const auto post = NewestOf(author);
    if (!post) return;
    const bool like = Below(3) != 0;
    const auto done = RunBlocking(
        services_.engagement.React(person, *post, engagement::Reaction::kLike, like, Soon()));
    likes_[{*post, person}] = done ? std::optional(like) : std::nullopt;
  }

  void Share(AccountId person, AccountId author) {
    const auto post = NewestOf(author);
    if (!post) return;
    const bool share = Below(3) != 0;
    const bool done =
        share ? RunBlocking(services_.shares.Share(person, *post, {}, std::nullopt, Soon()))
                    .has_value()
              : RunBlocking(services_.shares.Unshare(person, *post, Soon())).has_value();
    shares_[{*post, person}] = done ? std::optional(share) : std::nullopt;
  }

  void Comment(AccountId person, AccountId author) {
    const auto post = NewestOf(author);
    if (!post) return;
    const std::string text = "comment " + std::to_string(++texts_);
    const auto made = RunBlocking(services_.comments.Create(
        person, *post, {.text = text, .reply_to = {}}, std::nullopt, Soon()));
    if (made) comments_[made->id] = {.post = *post, .author = person, .alive = true};
  }

  void DeleteComment(AccountId person) {
    for (auto& [id, comment] : comments_) {
      if (comment.author != person || comment.alive != true) continue;
      if (posts_.at(comment.post).alive != true) continue;
      const bool done = RunBlocking(services_.comments.Delete(person, id, Soon())).has_value();
      comment.alive = done ? std::optional(false) : std::nullopt;
      return;
    }
  }

  void Deliver() { std::ignore = RunBlocking(services_.Deliver(Soon())); }

  // Ends all faults, lets every fact arrive, and compares.
  void Check() {
    installation_.Heal();
    installation_.Settle();
    std::map<AccountId, std::vector<PostId>> truth;
    for (const AccountId person : people_) truth[person] = CheckedPosts(person);
    for (const AccountId person : people_) CheckLikes(person);
    for (const AccountId person : people_) CheckShares(person);
    for (const AccountId person : people_) CheckLikedList(person);
    for (const auto& [id, post] : posts_) {
      if (post.alive == true) CheckEngagement(id);
    }
    for (const AccountId person : people_) CheckInbox(person);
    for (const AccountId person : people_) {
      const auto followees = CheckedFollowees(person);
      std::vector<PostId> expected = truth[person];
      for (const AccountId author : followees)
        expected.insert(expected.end(), truth[author].begin(), truth[author].end());
      std::ranges::sort(expected, std::greater());
      EXPECT_THAT(Home(person), ElementsAreArray(expected));
    }
  }

  // The posts and shares that the database holds, having seen that they are what was acknowledged;
  // without shares of what is gone.
  std::vector<PostId> CheckedPosts(AccountId person) {
    auto stored =
        RunBlocking(services_.posts.ByAuthor(person, PostId{}, 10'000, Deadline::Never())).value();
    std::vector<std::uint64_t> ids;
    for (const PostId id : stored) ids.push_back(id.value);
    const auto states = RunBlocking(services_.posts.StatesOf(ids, Deadline::Never())).value();
    std::set<PostId> there;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      if (states[i].share_of) continue;
      there.insert(stored[i]);
      posts_.try_emplace(stored[i], StoredPost{.author = person, .alive = true, .steady = false});
    }
    for (auto& [id, post] : posts_) {
      if (post.author != person) continue;
      if (post.alive)
        EXPECT_EQ(there.contains(id), *post.alive) << "an acknowledged change is lost";
      post.alive = there.contains(id);
    }
    std::size_t at = 0;
    std::erase_if(stored, [&](PostId) {
      const PostId original = states[at++].share_of;
      return original && !RunBlocking(services_.posts.Show(person, original, Deadline::Never()));
    });
    return stored;
  }

  std::vector<AccountId> CheckedFollowees(AccountId person) {
    const auto page =
        RunBlocking(services_.graph.Following(person, {}, 1'000, Deadline::Never())).value();
    std::vector<AccountId> followees;
    for (const auto& entry : page.entries) followees.push_back(entry.account);
    for (auto& [pair, state] : follows_) {
      if (pair.first != person) continue;
      const bool there = std::ranges::find(followees, pair.second) != followees.end();
      if (state) EXPECT_EQ(there, *state) << "an acknowledged follow or unfollow is lost";
      state = there;
    }
    accounts::Account account;
    account.id = person;
    EXPECT_TRUE(
        RunBlocking(services_.graph.Complete(AccountId{}, {&account, 1}, Deadline::Never())));
    EXPECT_EQ(account.following_count, static_cast<std::int64_t>(followees.size()));
    EXPECT_EQ(account.posts_count, std::ranges::count_if(posts_, [&](const auto& post) {
                return post.second.author == person && post.second.alive == true;
              }));
    return followees;
  }

  void CheckLikes(AccountId person) {
    for (auto& [pair, state] : likes_) {
      const auto& [post, liker] = pair;
      if (liker != person || !posts_.at(post).alive.value()) continue;
      const auto shown = RunBlocking(services_.posts.Show(person, post, Deadline::Never()));
      ASSERT_TRUE(shown);
      const bool liked = shown->tallies().viewer.liked;
      if (state) EXPECT_EQ(liked, *state) << "an acknowledged like is lost";
      state = liked;
    }
  }

  // The durable list is what the counters say, of posts that are not deleted.
  void CheckLikedList(AccountId person) {
    std::set<PostId> listed;
    for (const auto& entry :
         RunBlocking(services_.reaction_lists.Page(person, engagement::Reaction::kLike, 0, 10'000,
                                                   Deadline::Never()))
             .value()) {
      listed.insert(entry.post);
    }
    for (const auto& [pair, state] : likes_) {
      const auto& [post, liker] = pair;
      if (liker != person || !posts_.at(post).alive.value()) continue;
      EXPECT_EQ(listed.contains(post), state.value_or(false)) << "a list is not what was liked";
    }
  }

  void CheckShares(AccountId person) {
    for (auto& [pair, state] : shares_) {
      const auto& [post, sharer] = pair;
      if (sharer != person) continue;
      const bool shared =
          RunBlocking(services_.shares.Find(post, person, Deadline::Never())).value().has_value();
      if (state) EXPECT_EQ(shared, *state) << "an acknowledged share is lost";
      state = shared;
      if (!posts_.at(post).alive.value()) continue;
      const auto shown = RunBlocking(services_.posts.Show(person, post, Deadline::Never()));
      ASSERT_TRUE(shown);
      EXPECT_EQ(shown->tallies().viewer.shared, shared);
    }
  }

  // The comments are those that were acknowledged, each once; the counts are those of what is
  // there.
  void CheckEngagement(PostId post) {
    const auto page =
        RunBlocking(services_.comments.List(posts_.at(post).author, post, {},
                                            {.limit = 100, .cursor = {}}, Deadline::Never()))
            .value();
    std::set<engagement::CommentId> there;
    std::set<std::string> texts;
    for (const auto& comment : page.items) {
      there.insert(comment.id);
      EXPECT_TRUE(texts.insert(comment.text).second) << "a comment is there twice";
      comments_.try_emplace(
          comment.id, StoredComment{.post = post, .author = comment.author->id, .alive = true});
    }
    for (auto& [id, comment] : comments_) {
      if (comment.post != post) continue;
      if (comment.alive) EXPECT_EQ(there.contains(id), *comment.alive) << "a comment is lost";
      comment.alive = there.contains(id);
    }
    const auto counts =
        RunBlocking(services_.posts.Show(posts_.at(post).author, post, Deadline::Never()))
            .value()
            .tallies()
            .counts;
    EXPECT_EQ(counts.comments, static_cast<std::int64_t>(there.size()));
    EXPECT_EQ(counts.likes, static_cast<std::int64_t>(Who(likes_, post).size()));
    EXPECT_EQ(counts.shares, static_cast<std::int64_t>(Who(shares_, post).size()));
  }

  using States = std::map<std::pair<PostId, AccountId>, std::optional<bool>>;  // nullopt: unknown
  static std::set<AccountId> Who(const States& states, PostId post) {
    std::set<AccountId> who;
    for (const auto& [pair, state] : states) {
      if (pair.first == post && state.value_or(false)) who.insert(pair.second);
    }
    return who;
  }

  // What happened to posts that were always there is told, once.
  void CheckInbox(AccountId reader) {
    using notifications::Kind;
    std::map<std::pair<Kind, PostId>, std::int64_t> told;
    for (const auto& group :
         RunBlocking(services_.inbox.List(reader, {}, 0, 10'000, Deadline::Never())).value()) {
      if (group.post && posts_.at(group.post).steady) {
        EXPECT_TRUE(told.emplace(std::pair(group.kind, group.post), group.actors).second);
      }
    }
    std::map<std::pair<Kind, PostId>, std::int64_t> expected;
    for (const auto& [id, post] : posts_) {
      if (post.author != reader || !post.steady || post.alive != true) continue;
      std::set<AccountId> commenters;
      for (const auto& [_, comment] : comments_) {
        if (comment.post == id && comment.alive == true) commenters.insert(comment.author);
      }
      for (auto [kind, who] :
           {std::pair(Kind::kLike, Who(likes_, id)), std::pair(Kind::kShare, Who(shares_, id)),
            std::pair(Kind::kComment, commenters)}) {
        who.erase(reader);
        if (!who.empty()) expected[{kind, id}] = static_cast<std::int64_t>(who.size());
      }
    }
    EXPECT_EQ(told, expected) << "the inbox of " << reader.value;
  }

  std::vector<PostId> Home(AccountId person) {
    std::vector<PostId> ids;
    PostId before;
    do {
      const auto page =
          RunBlocking(services_.home_timeline.Latest(person, before, 4, Deadline::Never())).value();
      std::vector<std::uint64_t> values;
      for (const auto& entry : page.entries) values.push_back(entry.post.value);
      const auto shown =
          RunBlocking(services_.posts.ShowEntries(person, values, Deadline::Never())).value();
      for (const auto& post : shown) {
        if (post) ids.push_back(post->entry());
      }
      before = page.next;
    } while (before);
    return ids;
  }

  Deadline Soon() { return Deadline::After(installation_.platform().clock, Duration(2'000)); }
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  const std::uint64_t seed_ =
      testing::UnitTest::GetInstance()->random_seed() + std::random_device()();
  std::mt19937_64 random_{seed_};
  FaultyInstallation installation_{{"--fanout.celebrity_threshold=5", "--fanout.batch=2",
                                    "--fanout.large_from=3", "--timelines.capacity=10",
                                    "--ranking.candidates=10"}};
  Services& services_ = installation_.services();

  std::vector<AccountId> people_ =
      installation_.MakePeople({"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"});
  std::map<std::pair<AccountId, AccountId>, std::optional<bool>> follows_;  // nullopt: unknown
  States likes_;
  States shares_;
  struct StoredPost {
    AccountId author;
    std::optional<bool> alive;  // nullopt: unknown
    bool steady = true;         // it was known to be there all the time
  };
  std::map<PostId, StoredPost> posts_;
  struct StoredComment {
    PostId post;
    AccountId author;
    std::optional<bool> alive;  // likewise
  };
  std::map<engagement::CommentId, StoredComment> comments_;
  int texts_ = 0;
};

TEST_P(FaultyWorld, LosesNothingAcknowledgedAndServesExactHomes) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  for (int batch = 0; batch < 6; ++batch) {
    for (int step = 0; step < 110; ++step) Step();
    Check();
    if (HasFailure()) return;
  }
  EXPECT_GT(Plan().faults(), 10U) << "too few faults to prove anything";
}

INSTANTIATE_TEST_SUITE_P(AtEachPort, FaultyWorld,
                         testing::Values("database", "log", "timelines", "activity", "cache",
                                         "pubsub", "counters", "scorer"),
                         [](const auto& port) { return port.param; });

}  // namespace
}  // namespace freshet::app
