#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/json/json_reader.h"
#include "services/accounts/api.h"

namespace freshet::accounts {
namespace {

TEST(AuthorCardView, TellsTheFlagsAndTheJsonApart) {
  for (const bool hidden : {false, true}) {
    for (const bool verified : {false, true}) {
      Account account;
      account.id = AccountId{7};
      account.username = "ana";
      account.display_name = "Ana \"of\" the Rivers";
      account.verified = verified;
      account.private_ = hidden;
      const std::string bytes = AuthorCardView::Pack(account);
      const AuthorCardView card(bytes);
      EXPECT_EQ(card.is_private(), hidden);
      EXPECT_EQ(card.is_verified(), verified);
      const auto shown = net::ReadJson<AuthorCard>(card.json());
      ASSERT_TRUE(shown) << shown.error().ToString();
      EXPECT_EQ(shown->id, account.id);
      EXPECT_EQ(shown->display_name, account.display_name);
      EXPECT_EQ(shown->verified, verified);
    }
  }
}

}  // namespace
}  // namespace freshet::accounts
