#include "services/notifications/phrases.h"

#include <gtest/gtest.h>

namespace freshet::notifications {
namespace {

Notification Of(Kind kind, std::vector<std::string> names, std::int64_t count) {
  Notification notification;
  notification.type = kind;
  notification.count = count;
  for (auto& name : names) {
    notification.actors.emplace_back().display_name = std::move(name);
  }
  return notification;
}

TEST(Headline, NamesWhoIsThereAndCountsTheRest) {
  EXPECT_EQ(Headline(Of(Kind::kFollow, {"Ana"}, 1)), "Ana followed you");
  EXPECT_EQ(Headline(Of(Kind::kLike, {"Ana", "Ben"}, 2)), "Ana and Ben liked your post");
  EXPECT_EQ(Headline(Of(Kind::kLike, {"Ana", "Ben", "Cleo"}, 13)),
            "Ana and 12 others liked your post");
  EXPECT_EQ(Headline(Of(Kind::kShare, {"Ana"}, 2)), "Ana and 1 other shared your post");
}

TEST(Headline, TellsLikesOfCommentsFromLikesOfPosts) {
  auto like = Of(Kind::kLike, {"Ana"}, 1);
  like.comment_id = "7";
  EXPECT_EQ(Headline(like), "Ana liked your comment");
}

TEST(Headline, IsOneLineWhateverPeopleCallThemselves) {
  EXPECT_EQ(Headline(Of(Kind::kMention, {"Ana\r\nBcc: x"}, 1)), "Ana Bcc: x mentioned you");
}

TEST(Excerpt, IsCutBetweenCharacters) {
  auto mention = Of(Kind::kMention, {"Ana"}, 1);
  EXPECT_EQ(Excerpt(mention, 3), "");
  mention.post.emplace().text = "é\n\n€uro";
  EXPECT_EQ(Excerpt(mention, 6), "é €uro");
  EXPECT_EQ(Excerpt(mention, 3), "é €…");
}

}  // namespace
}  // namespace freshet::notifications
