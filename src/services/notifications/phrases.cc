#include "services/notifications/phrases.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace freshet::notifications {
namespace {

std::string_view DidWhat(const Notification& notification) {
  switch (notification.type) {
    case Kind::kFollow: return "followed you";
    case Kind::kRequest: return "asked to follow you";
    case Kind::kLike: return notification.comment_id ? "liked your comment" : "liked your post";
    case Kind::kShare: return "shared your post";
    case Kind::kComment: return "commented on your post";
    case Kind::kReply: return "replied to your comment";
    case Kind::kMention: return "mentioned you";
    case Kind::kQuote: return "quoted your post";
  }
  return "did something";
}

// Control characters, line ends among them, as spaces; runs of them as one.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string People(const Notification& notification) {
  const auto& actors = notification.actors;
  if (actors.empty()) return "Somebody";
  std::string first = OneLine(actors[0].display_name);
  const auto others = notification.count - 1;
  if (others <= 0) return first;
  if (others == 1 && actors.size() > 1) {
    return fmt::format("{} and {}", first, OneLine(actors[1].display_name));
  }
  return fmt::format("{} and {} {}", first, others, others == 1 ? "other" : "others");
}

}  // namespace

std::string Headline(const Notification& notification) {
  return fmt::format("{} {}", People(notification), DidWhat(notification));
}

std::string Excerpt(const Notification& notification, std::size_t code_points) {
  if (!notification.post) return {};
  std::string line = OneLine(notification.post->text);
  std::size_t end = 0;
  for (std::size_t count = 0; end < line.size(); ++count) {
    if (count == code_points) return line.substr(0, end) + "…";
    end += std::max<std::size_t>(Utf8CharacterSize(std::string_view(line).substr(end)), 1);
  }
  return line;
}

}  // namespace freshet::notifications
