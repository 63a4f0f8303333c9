#include "algorithms/learning/choice_model.h"

#include <Eigen/Dense>
#include <cmath>

namespace freshet::algorithms {
namespace {

using Rows =
    Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

constexpr double kConverged = 1e-9;  // of the likelihood, relative
constexpr int kMostHalvings = 20;

struct Likelihood {
  double value = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd curvature;  // the negated Hessian
};

Likelihood LikelihoodOf(std::span<const Choice> choices, const Eigen::VectorXd& weights,
                        double ridge) {
  const auto columns = weights.size();
  Likelihood likelihood{.value = -ridge / 2 * weights.squaredNorm(),
                        .gradient = -ridge * weights,
                        .curvature = ridge * Eigen::MatrixXd::Identity(columns, columns)};
  for (const auto& choice : choices) {
    const Rows map(choice.values.data(), static_cast<Eigen::Index>(choice.values.size()) / columns,
                   columns);
    const Eigen::MatrixXd rows = map.cast<double>();
    Eigen::VectorXd scores = rows * weights;
    const double highest = scores.maxCoeff();
    Eigen::VectorXd probabilities = (scores.array() - highest).exp();
    const double sum = probabilities.sum();
    probabilities /= sum;
    const auto chosen = static_cast<Eigen::Index>(choice.chosen);
    likelihood.value += scores[chosen] - highest - std::log(sum);
    const Eigen::VectorXd mean = rows.transpose() * probabilities;
    likelihood.gradient += rows.row(chosen).transpose() - mean;
    likelihood.curvature +=
        rows.transpose() * probabilities.asDiagonal() * rows - mean * mean.transpose();
  }
  return likelihood;
}

}  // namespace

std::vector<float> FitChoiceModel(std::span<const Choice> choices,
                                  const ChoiceModelOptions& options) {
  Eigen::VectorXd weights = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(options.columns));
  auto here = LikelihoodOf(choices, weights, options.ridge);
  for (int step = 0; step < options.most_steps; ++step) {
    Eigen::VectorXd direction = here.curvature.ldlt().solve(here.gradient);
    Likelihood next;
    Eigen::VectorXd moved;
    for (int halvings = 0; halvings < kMostHalvings; ++halvings, direction /= 2) {
      moved = weights + direction;
      next = LikelihoodOf(choices, moved, options.ridge);
      if (next.value >= here.value) break;
    }
    const double gain = next.value - here.value;
    if (gain < 0) break;
    weights = moved;
    here = std::move(next);
    if (gain <= kConverged * std::abs(here.value)) break;
  }
  std::vector<float> fitted(options.columns);
  for (std::size_t i = 0; i < fitted.size(); ++i)
    fitted[i] = static_cast<float>(weights[static_cast<Eigen::Index>(i)]);
  return fitted;
}

}  // namespace freshet::algorithms
