// The home feed as it is answered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "net/json/json_types.h"
#include "services/social/types.h"

namespace freshet::home {

enum class FeedOrder { kRanked, kLatest };
enum class FeedSource { kTimeline, kCelebrity };
enum class FeedRung { kRanked, kLatest, kRebuilt, kPartial };

struct FeedQuery {
  FeedOrder order = FeedOrder::kRanked;
  std::int64_t limit = 20;
  std::optional<std::string> cursor;

  static constexpr auto Describe() {
    return Description(
        "FeedQuery", "A page of the home feed.",
        Field("order", &FeedQuery::order)
            .Defaulted()
            .Doc("ranked: what matters most to the reader first, what was seen last, no author "
                 "twice "
                 "in a row; latest: strictly by time, newest first."),
        Field("limit", &FeedQuery::limit).Defaulted().Range(1, 100).Doc("Posts on the page."),
        Field("cursor", &FeedQuery::cursor).Doc("The `next` of the page before."));
  }
};

struct NewerQuery {
  std::string since;

  static constexpr auto Describe() {
    return Description(
        "NewerQuery", "Counts what came since a page was read.",
        Field("since", &NewerQuery::since).Length(1, 200).Doc("The `newest` of that page."));
  }
};

struct NewerCount {
  std::int64_t count = 0;

  static constexpr auto Describe() {
    return Description("NewerCount", "",
                       Field("count", &NewerCount::count).Doc("Counts up to 100."));
  }
};

struct FeedItem {
  social::Post post;
  FeedSource source = FeedSource::kTimeline;
  std::optional<double> score;
  std::vector<std::string> why;

  static constexpr auto Describe() {
    return Description(
        "FeedItem", "A post and how it came here.", Field("post", &FeedItem::post),
        Field("source", &FeedItem::source),
        Field("score", &FeedItem::score)
            .Doc("In ranked order; comparable with the scores of the same page."),
        Field("why", &FeedItem::why)
            .Defaulted()
            .Doc("In ranked order: what moved the post up most, the strongest first."));
  }
};

struct Served {
  FeedRung rung = FeedRung::kRanked;
  std::vector<std::string> late;

  static constexpr auto Describe() {
    return Description(
        "Served", "How the page came about.",
        Field("rung", &Served::rung)
            .Doc("The lowest rung that was needed. ranked, latest: in that order; rebuilt: the "
                 "timeline was not at hand and was made anew; partial: without the posts of "
                 "celebrities."),
        Field("late", &Served::late).Doc("Sources that failed or missed the deadline."));
  }
};

struct FeedPage {
  std::vector<FeedItem> items;
  net::Nullable<std::string> next;
  std::string newest;
  Served served;

  static constexpr auto Describe() {
    return Description("FeedPage", "A page of the home feed.", Field("items", &FeedPage::items),
                       Field("next", &FeedPage::next),
                       Field("newest", &FeedPage::newest).Doc("For /v1/feed/newer."),
                       Field("served", &FeedPage::served));
  }
};

}  // namespace freshet::home

template <>
struct freshet::Enumerators<freshet::home::FeedOrder> {
  using O = freshet::home::FeedOrder;
  static constexpr std::array kNames{std::pair{O::kRanked, "ranked"},
                                     std::pair{O::kLatest, "latest"}};
};
template <>
struct freshet::Enumerators<freshet::home::FeedSource> {
  using S = freshet::home::FeedSource;
  static constexpr std::array kNames{std::pair{S::kTimeline, "timeline"},
                                     std::pair{S::kCelebrity, "celebrity"}};
};
template <>
struct freshet::Enumerators<freshet::home::FeedRung> {
  using R = freshet::home::FeedRung;
  static constexpr std::array kNames{
      std::pair{R::kRanked, "ranked"}, std::pair{R::kLatest, "latest"},
      std::pair{R::kRebuilt, "rebuilt"}, std::pair{R::kPartial, "partial"}};
};
