#include "stores/log/dead_letter_index.h"

#include <gmock/gmock.h>

namespace freshet::stores {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DeadLetterIndex, ListsWhatIsUnresolvedOldestFirst) {
  DeadLetterIndex index(10);
  index.NoteLetter(0, "a");
  index.NoteLetter(1, "b");
  index.NoteLetter(2, "a");
  index.NoteLetter(3, "c");
  index.NoteResolved(4, "b");
  EXPECT_THAT(index.ListFrom(0, 10), ElementsAre(0, 3));
  EXPECT_THAT(index.ListFrom(0, 1), ElementsAre(0));
  EXPECT_THAT(index.ListFrom(1, 10), ElementsAre(3));
  EXPECT_EQ(index.Find("a"), 0u);
  EXPECT_EQ(index.Find("b"), std::nullopt);
  EXPECT_EQ(index.Next(), 5u);
}

TEST(DeadLetterIndex, ALetterThatComesBackAfterItWasResolvedIsListedAgain) {
  DeadLetterIndex index(10);
  index.NoteLetter(0, "a");
  index.NoteResolved(1, "a");
  index.NoteLetter(2, "a");
  EXPECT_EQ(index.Find("a"), 2u);
}

TEST(DeadLetterIndex, WhatIsNotKeptAnyLongerIsForgotten) {
  DeadLetterIndex index(10);
  index.NoteLetter(0, "a");
  index.NoteLetter(1, "b");
  index.DropBefore(1);
  EXPECT_THAT(index.ListFrom(0, 10), ElementsAre(1));
  EXPECT_EQ(index.Find("a"), std::nullopt);
  index.DropBefore(7);
  EXPECT_THAT(index.ListFrom(0, 10), IsEmpty());
  EXPECT_EQ(index.Next(), 7u);
}

TEST(DeadLetterIndex, LettersBeyondTheBoundAreFoundWhenThereIsRoom) {
  const std::vector<std::pair<std::string, bool>> topic{{"a", false}, {"b", false}, {"c", false},
                                                        {"d", false}, {"c", true},  {"a", true}};
  DeadLetterIndex index(2);
  const auto update = [&] {
    for (Offset next = index.Next(); next < topic.size(); next = index.Next()) {
      const auto& [id, resolved] = topic[next];
      resolved ? index.NoteResolved(next, id) : index.NoteLetter(next, id);
    }
  };
  update();
  EXPECT_THAT(index.ListFrom(0, 10), ElementsAre(1, 3));
  EXPECT_EQ(index.Find("c"), std::nullopt);
}

}  // namespace
}  // namespace freshet::stores
