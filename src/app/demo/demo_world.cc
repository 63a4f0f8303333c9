#include "app/demo/demo_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "app/demo/demo_texts.h"
#include "base/id.h"
#include "base/text.h"

namespace freshet::app {
namespace {

constexpr std::size_t kCelebrities = 2;
constexpr int kDays = 120;

constexpr std::array kFirstNames = std::to_array<std::string_view>(
    {"Ana",   "Ben",    "Chidi", "Dalia", "Emre",  "Freya", "Goran", "Hana",  "Ines",  "Jonas",
     "Kaito", "Lucia",  "Mina",  "Noor",  "Oskar", "Priya", "Quinn", "Rosa",  "Sami",  "Tomas",
     "Uma",   "Viktor", "Wanda", "Xenia", "Yusuf", "Zoe",   "Amara", "Bruno", "Clara", "Diego",
     "Elif",  "Fatou",  "Greta", "Hugo",  "Isla",  "Joao",  "Kemal", "Leila", "Mateo", "Nadia"});
constexpr std::array kLastNames = std::to_array<std::string_view>(
    {"Abara",  "Bauer",  "Castro", "Dupont", "Eriksen",  "Fischer", "Garcia", "Haddad", "Ito",
     "Jansen", "Kovac",  "Lindh",  "Moreau", "Nakamura", "Okafor",  "Petrov", "Quispe", "Rossi",
     "Silva",  "Tanaka", "Ueda",   "Varga",  "Weber",    "Xu",      "Yilmaz", "Zhang"});

constexpr std::array kCelebrityNames = {"Marisol Vega", "Theo Lindqvist"};

class Generator {
 public:
  Generator(std::size_t people, std::uint64_t seed, Timestamp until)
      : count_(people), until_(until), random_(seed) {}

  DemoWorld Make() {
    MakePeople();
    MakeFollows();
    MakePosts();
    MakeInteractions();
    return std::move(world_);
  }

 private:
  // The standard library's distributions differ between implementations; these do not.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  double Fraction() { return static_cast<double>(random_() >> 11) / 9007199254740992.0; }
  template <class T, std::size_t N>
  const T& Pick(const std::array<T, N>& from) {
    return from[Below(N)];
  }

  void MakePeople() {
    std::unordered_set<std::string> taken;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::string name = i < kCelebrities
                                   ? std::string(kCelebrityNames[i])
                                   : fmt::format("{} {}", Pick(kFirstNames), Pick(kLastNames));
      std::string username = ToLower(name);
      std::ranges::replace(username, ' ', '_');
      for (int n = 2; !taken.insert(username).second; ++n)
        username = fmt::format("{}{}", ToLower(name.substr(0, name.find(' '))), n);
      favourite_.push_back(Below(kDemoTopics));
      const DemoLanguage& language = LanguageOf(i);
      const DemoTopic& topic = language.topics[favourite_.back()];
      world_.people.push_back(
          {.username = username,
           .display_name = name,
           .bio = fmt::format(fmt::runtime(language.bio), fmt::arg("tag", topic.tag),
                              fmt::arg("place", topic.place))});
    }
  }

  void MakeFollows() {
    std::set<std::pair<std::size_t, std::size_t>> follows;
    std::vector<std::size_t> attractive;  // every person once, and once more for each follower
    for (std::size_t i = kCelebrities; i < count_; ++i) attractive.push_back(i);
    const auto follow = [&](std::size_t follower, std::size_t followee) {
      if (follower == followee || !follows.emplace(follower, followee).second) return;
      attractive.push_back(followee);
      // About a third of all follows are returned, as in measured graphs.
      if (followee >= kCelebrities && Below(3) == 0 && follows.emplace(followee, follower).second)
        attractive.push_back(follower);
    };
    for (std::size_t person = kCelebrities; person < count_; ++person) {
      for (std::size_t celebrity = 0; celebrity < kCelebrities; ++celebrity) {
        if (Below(20) != 0) follows.emplace(person, celebrity);
      }
      const auto wanted = static_cast<std::size_t>(
          std::min(3.0 / std::pow(1.0 - Fraction(), 0.8), static_cast<double>(count_) / 4));
      for (std::size_t k = 0; k < wanted; ++k) follow(person, attractive[Below(attractive.size())]);
    }
    world_.follows.assign(follows.begin(), follows.end());
  }

  void MakePosts() {
    const auto start = until_ - std::chrono::hours(24 * kDays);
    for (std::size_t person = 0; person < count_; ++person) {
      const double often =
          person < kCelebrities ? 240 : std::min(2.0 / std::pow(1.0 - Fraction(), 0.9), 120.0);
      for (std::size_t k = 0; k < static_cast<std::size_t>(often); ++k) {
        const std::size_t topic = TopicOf(person);
        world_.posts.push_back({.author = person,
                                .topic = topic,
                                .text = Text(person, topic),
                                .created_at = start + When()});
      }
    }
    std::ranges::sort(world_.posts, {}, [](const DemoPost& post) {
      return std::tie(post.created_at, post.author, post.text);
    });
  }

  // Most is written between 7 and 23 o'clock.
  Duration When() {
    const auto day = std::chrono::hours(24 * Below(kDays));
    const int hour = Below(10) == 0 ? static_cast<int>(Below(7)) : 7 + static_cast<int>(Below(16));
    return day + std::chrono::hours(hour) + Duration(Below(3'600'000));
  }

  std::size_t TopicOf(std::size_t person) {
    return Below(4) == 0 ? Below(kDemoTopics) : favourite_[person];
  }

  std::string Text(std::size_t person, std::size_t topic_number) {
    const DemoLanguage& language = LanguageOf(person);
    const DemoTopic& topic = language.topics[topic_number];
    std::string text(Pick(topic.lines));
    if (Below(3) == 0) {
      text += fmt::format(fmt::runtime(language.at), fmt::arg("place", topic.place));
    }
    if (Below(6) == 0) {
      text += fmt::format(fmt::runtime(language.mention),
                          fmt::arg("name", world_.people[Below(count_)].username));
    }
    if (Below(2) == 0) text += fmt::format(" #{}", topic.tag);
    if (Below(12) == 0) {
      text += fmt::format(" https://example.org/{}/{}", LanguageAt(0).topics[topic_number].tag,
                          100 + Below(900));
    }
    return text;
  }

  // A factor around 1 that is seldom large: the product of a few uniform factors.
  double Factor() { return 4 * (0.25 + Fraction()) * (0.25 + Fraction()) * (0.25 + Fraction()); }

  void MakeInteractions() {
    std::vector<std::vector<std::size_t>> posts_by(count_);
    for (std::size_t i = 0; i < world_.posts.size(); ++i)
      posts_by[world_.posts[i].author].push_back(i);
    std::vector<double> quality;
    for (std::size_t i = 0; i < world_.posts.size(); ++i) quality.push_back(Factor());
    for (auto from = world_.follows.begin(); from != world_.follows.end();) {
      const auto to = std::find_if(from, world_.follows.end(),
                                   [&](const auto& follow) { return follow.first != from->first; });
      std::vector<Followee> followees;
      for (const auto& [person, followee] : std::span(from, to)) {
        const bool friends =
            std::ranges::binary_search(world_.follows, std::pair{followee, person});
        followees.push_back({.person = followee, .closeness = (friends ? 2 : 1) * Factor()});
      }
      Read(from->first, followees, posts_by, quality);
      from = to;
    }
    std::ranges::sort(world_.interactions, {}, [](const algorithms::ReplayInteraction& done) {
      return std::tie(done.at, done.person, done.post, done.action);
    });
  }

  struct Followee {
    std::size_t person;
    double closeness;
  };

  // All the sittings of one person.
  void Read(std::size_t reader, std::span<const Followee> followees,
            const std::vector<std::vector<std::size_t>>& posts_by,
            std::span<const double> quality) {
    constexpr std::size_t kPatience = 25;  // posts in one sitting
    Timestamp last = until_ - std::chrono::hours(24 * kDays);
    for (;;) {
      const Timestamp now = last + std::chrono::hours(12) + Duration(Below(3 * 24 * 3'600'000));
      if (now >= until_) return;
      struct Shown {
        std::size_t post;
        double closeness;
      };
      std::vector<Shown> shown;
      for (const auto& followee : followees) {
        const auto& posts = posts_by[followee.person];
        const auto at = [&](std::size_t post) { return world_.posts[post].created_at; };
        const auto begin = std::ranges::lower_bound(posts, last, {}, at);
        const auto end = std::ranges::lower_bound(posts, now, {}, at);
        for (auto post = begin; post != end; ++post)
          shown.push_back({.post = *post, .closeness = followee.closeness});
      }
      std::ranges::sort(shown, std::greater(), &Shown::post);
      if (shown.size() > kPatience) shown.resize(kPatience);
      for (const auto& [post, closeness] : shown) {
        const double interest = world_.posts[post].topic == favourite_[reader] ? 1.2 : 0.4;
        if (Fraction() < std::min(0.04 * interest * closeness * quality[post], 0.8))
          React(reader, post, now + Duration(Below(600'000)));
      }
      last = now;
    }
  }

  void React(std::size_t person, std::size_t post, Timestamp at) {
    using Action = algorithms::ReplayAction;
    const auto add = [&](Action action, Duration later) {
      world_.interactions.push_back(
          {.person = person, .post = post, .action = action, .at = at + later});
    };
    add(Action::kLike, Duration(0));
    if (Below(8) == 0) add(Action::kComment, Duration(60'000));
    if (Below(25) == 0) add(Action::kShare, Duration(90'000));
  }

  const std::size_t count_;
  const Timestamp until_;
  std::mt19937_64 random_;
  std::vector<std::size_t> favourite_;  // topic by person
  DemoWorld world_;
};

}  // namespace

std::vector<DemoComment> DemoComments(const DemoWorld& world) {
  std::vector<DemoComment> comments;
  for (const auto& done : world.interactions) {
    if (done.action != algorithms::ReplayAction::kComment) continue;
    const DemoPost& post = world.posts[done.post];
    const std::size_t place = comments.size();
    const std::uint64_t chance = MixBits(place + 1);
    // Whoever has no language in common speaks English.
    const bool common = &LanguageOf(done.person) == &LanguageOf(post.author);
    const DemoLanguage& language = common ? LanguageOf(post.author) : LanguageAt(0);
    comments.push_back({.author = done.person,
                        .post = done.post,
                        .text = CommentIn(language, post.topic, chance),
                        .at = done.at});
    if (chance % 5 < 2 || done.person == post.author) continue;
    comments.push_back({.author = post.author,
                        .post = done.post,
                        .reply_to = place,
                        .text = std::string(ReplyIn(language, chance >> 8)),
                        .at = done.at + std::chrono::minutes(3 + chance % 50)});
    if (chance % 5 == 2) continue;
    comments.push_back({.author = done.person,
                        .post = done.post,
                        .reply_to = place,
                        .text = std::string(ThanksIn(language, chance >> 16)),
                        .at = done.at + std::chrono::minutes(60 + chance % 90)});
  }
  return comments;
}

algorithms::ReplayWorld ToReplay(const DemoWorld& world) {
  algorithms::ReplayWorld replay{.people = world.people.size(),
                                 .follows = world.follows,
                                 .posts = {},
                                 .interactions = world.interactions};
  for (const auto& post : world.posts) {
    replay.posts.push_back(
        {.author = post.author, .at = post.created_at, .has_link = post.text.contains("https://")});
  }
  return replay;
}

DemoWorld MakeDemoWorld(std::size_t people, std::uint64_t seed, Timestamp until) {
  return Generator(std::max<std::size_t>(people, 10), seed, until).Make();
}

}  // namespace freshet::app
