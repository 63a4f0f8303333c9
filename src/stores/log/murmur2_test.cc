#include "stores/log/murmur2.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace freshet::stores {
namespace {

// The vectors of Kafka's own UtilsTest.testMurmur2.
TEST(Murmur2, AgreesWithKafka) {
  EXPECT_EQ(Murmur2("21"), -973932308);
  EXPECT_EQ(Murmur2("foobar"), -790332482);
  EXPECT_EQ(Murmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(Murmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(Murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(Murmur2("abc"), 479470107);
}

TEST(Murmur2, PutsANegativeHashIntoAPartitionAsKafkaDoes) {
  EXPECT_EQ(PartitionOf("21", 8), (-973932308 & 0x7fffffff) % 8);
  EXPECT_EQ(PartitionOf("abc", 7), 479470107u % 7);
}

TEST(Murmur2, ReachesEveryPartition) {
  std::set<std::uint32_t> reached;
  for (int i = 0; i < 200; ++i) reached.insert(PartitionOf(std::to_string(i), 8));
  EXPECT_EQ(reached.size(), 8u);
}

}  // namespace
}  // namespace freshet::stores
