#include "app/demo_world.h"

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

struct Topic {
  std::string_view tag;
  std::string_view place;
  std::array<std::string_view, 6> lines;
};

constexpr std::array kTopics = std::to_array<Topic>({
    {"rivers",
     "the weir",
     {"The river is a hand higher than yesterday.", "Saw a kingfisher before breakfast.",
      "Snowmelt is here, the water is the colour of milk tea.",
      "Counted eleven herons on the way to work.", "They have opened the sluice again.",
      "Ice on the banks, but the middle runs."}},
    {"cycling",
     "the old railway",
     {"Forty kilometres before noon and only one puncture.", "New chain, same hill, less noise.",
      "Headwind both ways, as usual.", "Found a road that my map does not know.",
      "Passed by a postman on a cargo bike. No shame.", "The gravel section is passable again."}},
    {"bread",
     "the corner bakery",
     {"The starter finally doubled overnight.", "Rye, caraway, and patience.",
      "Scored it too deep, ate it anyway.", "Crust sings when it cools. Listen.",
      "Tried 80 % hydration. My counter is now dough.",
      "Somebody asked for the recipe: flour, water, salt, time."}},
    {"astronomy",
     "the observatory hill",
     {"Clear sky at last, Saturn's rings were knife-sharp.", "Two meteors in ten minutes.",
      "The new mirror needs an hour to settle.", "Moonlight spoiled it, but what a moon.",
      "Andromeda with the naked eye tonight.", "Cloud. Cloud. Cloud. One star. Cloud."}},
    {"music",
     "the small hall",
     {"Rehearsal ran late and nobody minded.", "That bridge in seven-eight still lives in my head.",
      "Found my grandfather's cornet.", "Second violin is the best seat in the house.",
      "They played it slower and it was better.", "Tuned the piano. It did not want to be tuned."}},
    {"gardens",
     "plot 14",
     {"First beans are up.", "The slugs have voted, and they like the lettuce.",
      "Compost is warm enough to steam.", "Traded tomatoes for plums over the fence.",
      "Frost warning, everything is under blankets.", "The quince blossoms, a week early."}},
    {"code",
     "the library",
     {"Deleted four hundred lines and nothing broke.",
      "The bug was a time zone. It is always a time zone.", "Wrote the test first, for once.",
      "Names took longer than the code.", "It compiles, and I am suspicious.",
      "Read somebody else's code today and learned three things."}},
    {"football",
     "the lower pitch",
     {"Own goal in stoppage time. Ours.", "Under-tens won 7:6, defence is a rumour.",
      "New keeper, same nerves.", "It rained sideways and they played on.",
      "Nil-nil, and it was a good one.", "The whistle broke, so we clapped."}},
    {"photography",
     "the harbour",
     {"Fog until ten, then gold.", "One frame left and the dog looked up.",
      "Blue hour lasted four minutes.", "Scanned a roll that sat in a drawer for a decade.",
      "Wide lens, small street.", "The best picture was behind me."}},
    {"books",
     "the night train",
     {"Finished it and started again from page one.", "A map at the front is always a good sign.",
      "Lent it out, so I will have to buy it again.", "The footnotes are the plot.",
      "Two chapters, then sleep, I said.", "Library fine paid with pride."}},
});

constexpr std::array kComments = std::to_array<std::string_view>(
    {"Made my morning.", "I was at {place} too and saw none of it.", "More of this, please.",
     "How long did that take?", "My grandmother would agree.", "Saving this for the weekend.",
     "Same here, and I have the photographs to prove it.", "You always find these.",
     "See you at {place}?", "I laughed, then I checked, then I laughed again.",
     "That is the best description of it yet.", "Not convinced, but I like how you put it."});

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
      const Topic& topic = Pick(kTopics);
      favourite_.push_back(static_cast<std::size_t>(&topic - kTopics.data()));
      world_.people.push_back(
          {.username = username,
           .display_name = name,
           .bio = fmt::format("Mostly #{}, mostly at {}.", topic.tag, topic.place)});
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
        world_.posts.push_back(
            {.author = person, .topic = topic, .text = Text(topic), .created_at = start + When()});
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
    return Below(4) == 0 ? Below(kTopics.size()) : favourite_[person];
  }

  std::string Text(std::size_t topic_number) {
    const Topic& topic = kTopics[topic_number];
    std::string text(Pick(topic.lines));
    if (Below(3) == 0) text += fmt::format(" At {}.", topic.place);
    if (Below(6) == 0)
      text += fmt::format(" @{}, you should see this.", world_.people[Below(count_)].username);
    if (Below(2) == 0) text += fmt::format(" #{}", topic.tag);
    if (Below(12) == 0)
      text += fmt::format(" https://example.org/{}/{}", topic.tag, 100 + Below(900));
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

std::string DemoComment(std::size_t topic, std::uint64_t number) {
  const std::string_view line = kComments[number % kComments.size()];
  return fmt::format(fmt::runtime(line), fmt::arg("place", kTopics[topic].place));
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
