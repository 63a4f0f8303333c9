// The home in the order of what matters most.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/log.h"
#include "net/api/cursor.h"
#include "services/home/page_writer.h"
#include "services/home/ranker.h"
#include "services/home/seen_posts.h"
#include "services/home/types.h"
#include "services/social/api.h"

namespace freshet::home {

// The exact home is cut into segments of RankingOptions::candidates entries, newest first, and each
// is served whole, in its ranked order, before the next. So whoever pages on meets every post once:
// the cursor says which segment it is and what of it was served. What is new meanwhile is above the
// first segment, what is taken away is passed over, and nothing is kept on the server.
//
// Scores are made anew for each page. Without them the segment goes on by time. Thread-safe.
class RankedHome {
 public:
  RankedHome(RankingOptions options, social::SocialReads& social, Ranker& ranker, SeenPosts& seen,
             const net::CursorCodec& cursors, Logger& logger)
      : options_(options),
        social_(social),
        ranker_(ranker),
        seen_(seen),
        cursors_(cursors),
        logger_(logger) {}

  struct Page {
    std::string json;  // a FeedPage
    FeedRung rung = FeedRung::kRanked;
  };
  // Errors: as HomeService::Page.
  Awaitable<Result<Page>> Read(AccountId person, const FeedQuery& query, Deadline deadline);

 private:
  // Where somebody is in their home.
  struct Position {
    PostId before;                // the segment's entries are older than this; 0: than nothing
    std::optional<PostId> floor;  // and not older than this; none: the segment is not chosen yet
    PostId began;                 // when the first page was read
    PostId newest;                // what stood on top then
    AccountId last_author;
    // Of the segment; and of one that ended on the page before, so that it counts as seen.
    std::vector<PostId> served;
  };
  struct Segment {
    std::vector<social::ShownPost> posts;  // by time, newest first
    std::vector<FeedSource> sources;       // of the posts
    std::vector<Score> scores;             // of the posts; empty: ranking failed
  };
  struct Reading {
    AccountId person;
    Deadline deadline;
    Position position = {};
    FeedRung rung = FeedRung::kRanked;
    std::vector<std::string_view> late = {};
    std::size_t served_before = 0;  // of position.served: not on this page
    bool ends = false;

    void Fall(FeedRung to, std::string_view late_source = {});
  };

  Result<Position> Decode(const std::optional<std::string>& cursor) const;
  std::string Encode(const Position& position) const;

  // What stands in the segment, and where the next one begins (0: there is none).
  struct Entries {
    std::vector<std::uint64_t> ids = {};
    std::vector<FeedSource> sources = {};  // of the ids
    PostId next = {};
  };
  Awaitable<Result<Entries>> ReadEntries(Reading& reading);
  Awaitable<Result<Segment>> ReadSegment(Reading& reading);
  static void KeepServedOf(const Segment& segment, Reading& reading);
  Awaitable<> AddScores(Reading& reading, Segment& segment);
  // Indices of what was not served yet, in the order in which to serve it.
  Awaitable<std::vector<std::size_t>> Order(const Reading& reading, const Segment& segment);
  static void Serve(const Segment& segment, std::size_t index, Reading& reading,
                    PageWriter& writer);
  static void LeaveSegment(Reading& reading);

  const RankingOptions options_;
  social::SocialReads& social_;
  Ranker& ranker_;
  SeenPosts& seen_;
  const net::CursorCodec& cursors_;
  Logger& logger_;
};

}  // namespace freshet::home
