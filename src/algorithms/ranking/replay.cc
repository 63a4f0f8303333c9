#include "algorithms/ranking/replay.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <unordered_map>

namespace freshet::algorithms {
namespace {

struct Counts {
  std::int64_t likes = 0;
  std::int64_t comments = 0;
  std::int64_t shares = 0;

  float Weighted() const { return static_cast<float>(likes + 2 * comments + 3 * shares); }
  void Add(ReplayAction action) {
    switch (action) {
      case ReplayAction::kLike: ++likes; break;
      case ReplayAction::kComment: ++comments; break;
      case ReplayAction::kShare: ++shares; break;
    }
  }
};

// A score that fades, as of the moment when it last grew.
struct Fading {
  double value = 0;
  Timestamp at;

  double Now(Timestamp now, Duration half_life) const {
    const double half_lives =
        std::chrono::duration<double>(now - at) / std::chrono::duration<double>(half_life);
    return value * std::exp2(-half_lives);
  }
};

class Player {
 public:
  Player(const ReplayWorld& world, const ReplayOptions& options)
      : world_(world),
        options_(options),
        followees_(world.people),
        posts_by_(world.people),
        affinity_(world.people),
        counts_(world.posts.size()) {
    for (const auto& [follower, followee] : world.follows) followees_[follower].push_back(followee);
    for (auto& followees : followees_) std::ranges::sort(followees);
    for (std::size_t i = 0; i < world.posts.size(); ++i)
      posts_by_[world.posts[i].author].push_back(i);
  }

  void Play(const std::function<void(ReplayDecision)>& visit) {
    std::size_t number = 0;
    for (const auto& interaction : world_.interactions) {
      if (number++ % options_.one_in == 0) Decide(interaction, visit);
      counts_[interaction.post].Add(interaction.action);
      auto& affinity = affinity_[interaction.person][world_.posts[interaction.post].author];
      affinity = {.value = affinity.Now(interaction.at, options_.affinity_half_life) +
                           options_.weight(interaction.action),
                  .at = interaction.at};
    }
  }

 private:
  void Decide(const ReplayInteraction& interaction,
              const std::function<void(ReplayDecision)>& visit) const {
    const auto posts = HomeOf(interaction.person, interaction.at);
    const auto chosen = std::ranges::find(posts, interaction.post);
    if (chosen == posts.end()) return;
    ReplayDecision decision{.at = interaction.at, .values = {}, .reactions = {}};
    decision.chosen = static_cast<std::size_t>(chosen - posts.begin());
    std::unordered_map<std::size_t, std::int64_t> posts_by;
    for (const auto post : posts) ++posts_by[world_.posts[post].author];
    for (const auto post : posts) {
      auto candidate = CandidateOf(interaction, post);
      candidate.posts_by_author = posts_by[world_.posts[post].author];
      const auto row = FeaturesOf(candidate);
      decision.values.insert(decision.values.end(), row.begin(), row.end());
      decision.reactions.push_back(counts_[post].Weighted());
    }
    visit(std::move(decision));
  }

  // The newest posts before `at` by the followees, newest first: a merge of their lists.
  std::vector<std::size_t> HomeOf(std::size_t person, Timestamp at) const {
    struct Head {
      std::size_t post;  // the newest that was not taken
      std::size_t left;  // in the author's list, this one included
      std::size_t author;
      bool operator<(const Head& other) const { return post < other.post; }
    };
    std::priority_queue<Head> heads;
    for (const auto author : followees_[person]) {
      const auto& posts = posts_by_[author];
      const auto end = std::ranges::lower_bound(posts, at, {},
                                                [&](std::size_t i) { return world_.posts[i].at; });
      const auto left = static_cast<std::size_t>(end - posts.begin());
      if (left > 0) heads.push({.post = posts[left - 1], .left = left, .author = author});
    }
    std::vector<std::size_t> home;
    while (!heads.empty() && home.size() < options_.candidates) {
      Head head = heads.top();
      heads.pop();
      home.push_back(head.post);
      if (--head.left == 0) continue;
      head.post = posts_by_[head.author][head.left - 1];
      heads.push(head);
    }
    return home;
  }

  RankingCandidate CandidateOf(const ReplayInteraction& interaction, std::size_t index) const {
    const auto& post = world_.posts[index];
    const auto& affinities = affinity_[interaction.person];
    const auto known = affinities.find(post.author);
    return {.id = index,
            .author = AccountId{post.author},
            .age = interaction.at - post.at,
            .affinity = known == affinities.end()
                            ? 0
                            : known->second.Now(interaction.at, options_.affinity_half_life),
            .friends = std::ranges::binary_search(followees_[post.author], interaction.person),
            .has_link = post.has_link,
            .likes = counts_[index].likes,
            .comments = counts_[index].comments,
            .shares = counts_[index].shares};
  }

  const ReplayWorld& world_;
  const ReplayOptions& options_;
  std::vector<std::vector<std::size_t>> followees_;                // sorted
  std::vector<std::vector<std::size_t>> posts_by_;                 // oldest first
  std::vector<std::unordered_map<std::size_t, Fading>> affinity_;  // by person, of authors
  std::vector<Counts> counts_;                                     // by post
};

}  // namespace

void Replay(const ReplayWorld& world, const ReplayOptions& options,
            const std::function<void(ReplayDecision)>& visit) {
  Player(world, options).Play(visit);
}

}  // namespace freshet::algorithms
