// How well rankings put first what was chosen.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace freshet::algorithms {

// Counts choices of one thing each. The hit rate is the share of them that stood among the first
// `cutoff`; NDCG (Jarvelin and Kekalainen, Cumulated gain-based evaluation of IR techniques, 2002)
// counts them 1 / log2(1 + place), places from 1 on, and those beyond the cutoff 0.
class RankingQuality {
 public:
  explicit RankingQuality(std::size_t cutoff) : cutoff_(cutoff) {}

  // `place` from 0 on.
  void Add(std::size_t place) {
    ++choices_;
    if (place >= cutoff_) return;
    ++hits_;
    gain_ += 1 / std::log2(static_cast<double>(place) + 2);
  }

  std::size_t choices() const { return choices_; }
  double hit_rate() const { return PerChoice(static_cast<double>(hits_)); }
  double ndcg() const { return PerChoice(gain_); }

 private:
  double PerChoice(double sum) const {
    return choices_ == 0 ? 0 : sum / static_cast<double>(choices_);
  }

  std::size_t cutoff_;
  std::size_t choices_ = 0;
  std::size_t hits_ = 0;
  double gain_ = 0;
};

// How many of `scores` are greater than that of `chosen`, and half of those that equal it: what a
// ranking that breaks ties by chance does on average.
inline std::size_t PlaceOf(std::size_t chosen, std::span<const float> scores) {
  std::size_t greater = 0, equal = 0;
  for (const float score : scores) {
    if (score > scores[chosen]) ++greater;
    if (score == scores[chosen]) ++equal;
  }
  return greater + (equal - 1) / 2;
}

}  // namespace freshet::algorithms
