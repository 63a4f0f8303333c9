#include "stores/database/sqlite_clean_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace freshet::stores {
namespace {

using Page = std::vector<unsigned char>;

// A leaf with one cell of 96 bytes at the end, before it a free block of 100, and old bytes
// wherever nothing stands.
Page LeafFullOfOldBytes() {
  Page page(4'096, 'o');
  const unsigned char header[] = {13, 0x0f, 0x3c, 0, 1, 0x0f, 0x3c, 0, 0x0f, 0xa0};
  std::ranges::copy(header, page.begin());
  const unsigned char block[] = {0, 0, 0, 100};
  std::ranges::copy(block, page.begin() + 0x0f3c);
  std::fill(page.begin() + 0x0fa0, page.end(), 'c');
  return page;
}

TEST(CleanPagesTest, OnlyCellsAndStructureAreLeft) {
  Page page = LeafFullOfOldBytes();
  const Page before = page;
  ClearUnusedBytes(page, /*first=*/false);
  EXPECT_EQ(std::ranges::count(page, 'o'), 0);
  EXPECT_TRUE(std::equal(page.begin(), page.begin() + 10, before.begin()));
  EXPECT_TRUE(std::equal(page.begin() + 0x0f3c, page.begin() + 0x0f40, before.begin() + 0x0f3c));
  EXPECT_EQ(std::ranges::count(page, 'c'), 96);
}

TEST(CleanPagesTest, WhatIsNoWellFormedPageOfATreeStaysAsItIs) {
  const auto stays = [](std::size_t at, unsigned char value) {
    Page page = LeafFullOfOldBytes();
    page[at] = value;
    const Page before = page;
    ClearUnusedBytes(page, /*first=*/false);
    return page == before;
  };
  EXPECT_TRUE(stays(0, 0)) << "another kind of page";
  EXPECT_TRUE(stays(5, 0xff)) << "the cells begin beyond the page";
  EXPECT_TRUE(stays(8, 0)) << "a cell before the first";
  EXPECT_TRUE(stays(3, 0xff)) << "more cells than there is room for";
  EXPECT_TRUE(stays(1, 0x01)) << "a free block among the pointers";
  EXPECT_TRUE(stays(0x0f3d, 0x01)) << "free blocks that do not ascend";
  EXPECT_TRUE(stays(0x0f3e, 0xff)) << "a free block larger than the page";
}

}  // namespace
}  // namespace freshet::stores
