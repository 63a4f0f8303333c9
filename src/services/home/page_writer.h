// A FeedPage as JSON, grown item by item.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "services/home/types.h"
#include "services/social/api.h"

namespace freshet::home {

// The kind of the cursors that name a page's newest entry.
inline constexpr std::string_view kNewestCursor = "feed-newest";

// Why a ranked item stands where it stands.
struct Ranking {
  double score = 0;
  std::span<const std::string_view> why;
};

struct PageEnd {
  std::string next;  // empty: there is no more
  std::string newest;
  FeedRung rung = FeedRung::kRanked;
  std::span<const std::string_view> late;
};

class PageWriter {
 public:
  explicit PageWriter(std::size_t items);

  void Add(const social::ShownPost& post, FeedSource source,
           const std::optional<Ranking>& ranking = {});
  std::size_t count() const { return count_; }

  std::string Finish(const PageEnd& end) &&;

 private:
  void AddNames(std::span<const std::string_view> names);
  void AddCursor(std::string_view cursor);

  std::string json_;
  std::size_t count_ = 0;
};

FeedRung ToFeedRung(social::HomeRung rung);
FeedSource ToFeedSource(social::EntrySource source);

}  // namespace freshet::home
