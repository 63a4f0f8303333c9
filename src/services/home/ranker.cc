#include "services/home/ranker.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace freshet::home {
namespace {

// Less than this part of the spread of the scores is not worth telling.
constexpr float kLeastLift = 0.1F;

algorithms::RankingCandidate CandidateOf(const social::ShownPost& post, const social::Tie& author,
                                         const social::Tie& sharer, Timestamp now) {
  const auto& counts = post.tallies().counts;
  return {.id = post.entry().value,
          .author = post.author(),
          .age = std::max(now - IdTime(post.id().value), Duration(0)),
          .affinity = std::max(author.score, sharer.score),
          .friends = author.friends || sharer.friends,
          .shared = post.sharer() != AccountId{},
          .has_link = post.has_link(),
          .likes = counts.likes,
          .comments = counts.comments,
          .shares = counts.shares};
}

// What each score owes to its features, told where that is more than for the average of the batch.
void AddReasons(std::span<const float> contributions, std::span<Score> scores) {
  constexpr std::size_t kColumns = algorithms::kRankingFeatures;
  std::array<float, kColumns> mean{};
  for (std::size_t i = 0; i < contributions.size(); ++i) mean[i % kColumns] += contributions[i];
  for (auto& column : mean) column /= static_cast<float>(scores.size());
  const auto [least, most] = std::ranges::minmax(scores, {}, &Score::value);
  const float least_lift = kLeastLift * (most.value - least.value);
  for (std::size_t row = 0; row < scores.size(); ++row) {
    std::array<std::pair<float, std::size_t>, kColumns> lifts;
    for (std::size_t column = 0; column < kColumns; ++column) {
      lifts[column] = {contributions[row * kColumns + column] - mean[column], column};
    }
    std::ranges::sort(lifts, std::greater());
    for (const auto& [lift, column] : std::span(lifts).first<Score::kMostReasons>()) {
      if (lift <= least_lift) break;
      scores[row].reasons[scores[row].reason_count++] = algorithms::FeatureReasons()[column];
    }
  }
}

}  // namespace

Awaitable<Result<std::vector<Score>>> Ranker::Rank(AccountId reader,
                                                   std::span<const social::ShownPost> posts,
                                                   Deadline deadline) {
  if (posts.empty()) co_return std::vector<Score>();
  const Deadline soon = deadline.Within(Deadline::After(clock_, options_.timeout));
  std::vector<AccountId> people;
  std::unordered_map<AccountId, std::int64_t> posts_by;
  for (const auto& post : posts) {
    people.push_back(post.author());
    people.push_back(post.sharer());
    ++posts_by[post.author()];
  }
  CO_ASSIGN_OR_RETURN(const auto ties, co_await social_.Ties(reader, people, soon));
  const Timestamp now = clock_.Now();
  stores::ScoringBatch batch{.values = {}, .columns = algorithms::kRankingFeatures};
  batch.values.reserve(posts.size() * batch.columns);
  for (std::size_t i = 0; i < posts.size(); ++i) {
    auto candidate = CandidateOf(posts[i], ties[2 * i], ties[2 * i + 1], now);
    candidate.posts_by_author = posts_by[candidate.author];
    const auto row = algorithms::FeaturesOf(candidate);
    batch.values.insert(batch.values.end(), row.begin(), row.end());
  }
  const auto contributions = scorer_.Contributions(batch);
  CO_ASSIGN_OR_RETURN(const auto values, co_await scorer_.Score(std::move(batch), soon));
  std::vector<Score> scores(posts.size());
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i].value = values[i];
  if (!contributions.empty()) AddReasons(contributions, scores);
  co_return scores;
}

}  // namespace freshet::home
