#include "services/home/page_writer.h"

#include <fmt/format.h>

#include <iterator>

namespace freshet::home {

FeedRung ToFeedRung(social::HomeRung rung) {
  switch (rung) {
    case social::HomeRung::kLatest: return FeedRung::kLatest;
    case social::HomeRung::kRebuilt: return FeedRung::kRebuilt;
    case social::HomeRung::kPartial: return FeedRung::kPartial;
  }
  return FeedRung::kPartial;
}

FeedSource ToFeedSource(social::EntrySource source) {
  return source == social::EntrySource::kCelebrity ? FeedSource::kCelebrity : FeedSource::kTimeline;
}

PageWriter::PageWriter(std::size_t items) {
  json_.reserve(256 + items * 1'024);
  json_ += R"({"items":[)";
}

void PageWriter::Add(const social::ShownPost& post, FeedSource source,
                     const std::optional<Ranking>& ranking) {
  if (count_++ > 0) json_ += ',';
  json_ += R"({"post":)";
  post.Write(json_);
  json_ += R"(,"source":")";
  json_ += NameOf(source);
  json_ += '"';
  if (ranking) {
    fmt::format_to(std::back_inserter(json_), R"(,"score":{:.4f},"why":)", ranking->score);
    AddNames(ranking->why);
  }
  json_ += '}';
}

std::string PageWriter::Finish(const PageEnd& end) && {
  json_ += R"(],"next":)";
  AddCursor(end.next);
  json_ += R"(,"newest":)";
  AddCursor(end.newest);
  json_ += R"(,"served":{"rung":")";
  json_ += NameOf(end.rung);
  json_ += R"(","late":)";
  AddNames(end.late);
  json_ += "}}";
  return std::move(json_);
}

void PageWriter::AddNames(std::span<const std::string_view> names) {
  json_ += '[';
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) json_ += ',';
    fmt::format_to(std::back_inserter(json_), R"("{}")", names[i]);
  }
  json_ += ']';
}

// A cursor has no character that JSON escapes.
void PageWriter::AddCursor(std::string_view cursor) {
  if (cursor.empty()) {
    json_ += "null";
  } else {
    fmt::format_to(std::back_inserter(json_), R"("{}")", cursor);
  }
}

}  // namespace freshet::home
