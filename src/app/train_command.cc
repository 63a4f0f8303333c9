#include <fmt/format.h>
#include <fmt/os.h>

#include <array>
#include <cstdio>
#include <numeric>
#include <optional>

#include "algorithms/learning/choice_model.h"
#include "algorithms/learning/ranking_quality.h"
#include "algorithms/ranking/replay.h"
#include "app/commands.h"
#include "app/demo/demo_world.h"
#include "services/home/weights.h"
#include "services/social/affinity.h"

namespace freshet::app {
namespace {

using algorithms::FeatureNames;
using algorithms::kRankingFeatures;
using algorithms::ReplayAction;
using algorithms::ReplayDecision;

constexpr std::size_t kCutoff = 10;
constexpr std::size_t kMostChoices = 20'000;  // to fit on
// Worlds are the same whenever they are made.
constexpr Timestamp kUntil{
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 1).time_since_epoch()};

double WeightOf(ReplayAction action) {
  social::Interaction interaction;
  switch (action) {
    case ReplayAction::kLike: interaction.kind = social::InteractionKind::kLike; break;
    case ReplayAction::kComment: interaction.kind = social::InteractionKind::kComment; break;
    case ReplayAction::kShare: interaction.kind = social::InteractionKind::kShare; break;
  }
  return social::WeightOf(interaction);
}

// One of the rankings that are compared.
struct Contender {
  std::string_view name;
  std::function<std::vector<float>(const ReplayDecision&)> score;
  algorithms::RankingQuality quality{kCutoff};
};

std::vector<float> Weighted(const ReplayDecision& decision, std::span<const float> weights) {
  std::vector<float> scores(decision.rows());
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const auto values =
        std::span(decision.values).subspan(row * kRankingFeatures, kRankingFeatures);
    scores[row] = std::inner_product(values.begin(), values.end(), weights.begin(), 0.0F);
  }
  return scores;
}

std::vector<float> NewestFirst(const ReplayDecision& decision) {
  std::vector<float> scores(decision.rows());
  std::iota(scores.rbegin(), scores.rend(), 0.0F);
  return scores;
}

// Rows as models elsewhere can be fitted on them: the decision, whether it was chosen, the
// features.
class RowWriter {
 public:
  explicit RowWriter(const std::string& path) : file_(fmt::output_file(path)) {
    file_.print("decision,chosen,{}\n", fmt::join(FeatureNames(), ","));
  }
  void Add(const ReplayDecision& decision) {
    for (std::size_t row = 0; row < decision.rows(); ++row) {
      const auto values =
          std::span(decision.values).subspan(row * kRankingFeatures, kRankingFeatures);
      file_.print("{},{:d},{}\n", number_, row == decision.chosen, fmt::join(values, ","));
    }
    ++number_;
  }

 private:
  fmt::ostream file_;
  std::size_t number_ = 0;
};

// The first nine tenths of the time are learnt from, the last tenth is held out.
void TrainRanker(const TrainRankerCommand& command) {
  const auto world = ToReplay(MakeDemoWorld(command.people, command.seed, kUntil));
  fmt::print("{} people, {} posts, {} interactions\n", world.people, world.posts.size(),
             world.interactions.size());
  const auto& actions = world.interactions;
  if (actions.size() < 10) {
    fmt::print("that is too little to learn from\n");
    return;
  }
  const Timestamp held_out_from = actions[actions.size() - actions.size() / 10].at;
  const std::size_t one_in = actions.size() / kMostChoices + 1;
  const algorithms::ReplayOptions options{.weight = WeightOf, .one_in = one_in};

  std::optional<RowWriter> rows;
  if (!command.rows.empty()) rows.emplace(command.rows);
  std::vector<algorithms::Choice> choices;
  std::vector<ReplayDecision> held_out;
  algorithms::Replay(world, options, [&](ReplayDecision decision) {
    if (decision.at >= held_out_from) {
      held_out.push_back(std::move(decision));
      return;
    }
    if (rows) rows->Add(decision);
    choices.push_back({.values = std::move(decision.values), .chosen = decision.chosen});
  });
  const auto weights = algorithms::FitChoiceModel(choices, {.columns = kRankingFeatures});

  fmt::print("weights, fitted on {} choices:\n", choices.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    fmt::print("  {:<12}{:8.3f}   built in {:8.3f}\n", FeatureNames()[i], weights[i],
               home::kWeights[i]);
  std::array contenders{
      Contender{.name = "ranked, as fitted",
                .score = [&](const auto& decision) { return Weighted(decision, weights); }},
      Contender{.name = "ranked, as built in",
                .score = [](const auto& decision) { return Weighted(decision, home::kWeights); }},
      Contender{.name = "latest", .score = NewestFirst},
      Contender{.name = "popular",
                .score = [](const auto& decision) { return decision.reactions; }},
  };
  for (const auto& decision : held_out) {
    for (auto& contender : contenders)
      contender.quality.Add(algorithms::PlaceOf(decision.chosen, contender.score(decision)));
  }
  fmt::print("{} choices held out, each among up to {}:\n", held_out.size(), options.candidates);
  for (const auto& contender : contenders) {
    fmt::print("  {:<20} hit rate@{} {:.4f}   NDCG@{} {:.4f}\n", contender.name, kCutoff,
               contender.quality.hit_rate(), kCutoff, contender.quality.ndcg());
  }
}

}  // namespace

int RunTrainRanker(const TrainRankerCommand& command) {
  try {
    TrainRanker(command);
  } catch (const std::system_error& error) {
    fmt::print(stderr, "the rows cannot be written to {}: {}\n", command.rows, error.what());
    return 1;
  }
  return 0;
}

}  // namespace freshet::app
