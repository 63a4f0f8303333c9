// What every service holds about people, as erasure and the archive go through it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/testing/faulty_installation.h"
#include "base/io_threads.h"

namespace freshet::app {
namespace {

class PersonalDataTest : public testing::Test {
 protected:
  bool HasSeen(AccountId person) {
    return RunBlocking(services_.seen_posts.Find(person, Deadline::Never())).Contains(kPost);
  }

  static constexpr PostId kPost{7};
  FaultyInstallation installation_;
  Services& services_ = installation_.services();
};

TEST_F(PersonalDataTest, WhatSomebodySawIsForgottenWithThem) {
  const auto people = installation_.MakePeople({"ana", "ben"});
  for (const auto person : people) {
    RunBlocking(services_.seen_posts.Add(person, {&kPost, 1}, Deadline::Never()));
    ASSERT_TRUE(HasSeen(person));
  }
  for (auto* const data : services_.personal_data) {
    for (bool done = false; !done;) {
      const auto erased = RunBlocking(data->EraseSome(people[0], Deadline::Never()));
      ASSERT_TRUE(erased);
      done = *erased;
    }
  }
  EXPECT_FALSE(HasSeen(people[0]));
  EXPECT_TRUE(HasSeen(people[1]));
}

TEST_F(PersonalDataTest, NoTwoListsOfTheArchiveHaveOneName) {
  std::set<std::string_view> names;
  for (const auto* const data : services_.personal_data) {
    for (const auto list : data->Lists()) EXPECT_TRUE(names.insert(list).second) << list;
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"account", "posts", "push_subscriptions"}));
}

}  // namespace
}  // namespace freshet::app
