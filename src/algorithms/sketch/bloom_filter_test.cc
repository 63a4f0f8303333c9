#include "algorithms/sketch/bloom_filter.h"

#include <gtest/gtest.h>

namespace freshet::algorithms {
namespace {

TEST(BloomFilterTest, AnEmptyOneHoldsNothing) {
  const BloomFilter<256> filter;
  for (std::uint64_t id = 0; id < 1'000; ++id) EXPECT_FALSE(filter.MayContain(id)) << id;
}

TEST(BloomFilterTest, WhatWasAddedIsHeld) {
  BloomFilter<4'096> filter;
  for (std::uint64_t id = 0; id < 2'000; ++id) filter.Add(id << 22);
  for (std::uint64_t id = 0; id < 2'000; ++id) EXPECT_TRUE(filter.MayContain(id << 22)) << id;
}

TEST(BloomFilterTest, FalseAnswersAreAsRareAsTheFormulaSays) {
  BloomFilter<8'192> filter;  // 8 bits for each of 1'024 members
  for (std::uint64_t id = 0; id < 1'024; ++id) filter.Add(id << 22);
  int wrong = 0;
  for (std::uint64_t id = 10'000; id < 110'000; ++id) wrong += filter.MayContain(id << 22) ? 1 : 0;
  EXPECT_NEAR(wrong / 100'000.0, 0.024, 0.01);
}

}  // namespace
}  // namespace freshet::algorithms
