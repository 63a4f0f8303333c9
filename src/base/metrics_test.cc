#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace freshet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, ACounterOnlyGrows) {
  Metrics metrics;
  auto counter = metrics.GetCounter("freshet_posts_total", "Posts", {{"kind", "text"}});
  counter.Add();
  counter.Add(2.5);
  EXPECT_EQ(counter.Value(), 3.5);
  EXPECT_THAT(metrics.Render(), AllOf(HasSubstr("# HELP freshet_posts_total Posts\n"),
                                      HasSubstr("# TYPE freshet_posts_total counter\n"),
                                      HasSubstr("freshet_posts_total{kind=\"text\"} 3.5\n")));
}

TEST(MetricsTest, TheSameNameAndLabelsAreTheSameSeries) {
  Metrics metrics;
  metrics.GetCounter("freshet_x_total", "X", {{"a", "1"}}).Add();
  metrics.GetCounter("freshet_x_total", "X", {{"a", "1"}}).Add();
  metrics.GetCounter("freshet_x_total", "X", {{"a", "2"}}).Add(5);
  EXPECT_THAT(metrics.Render(), AllOf(HasSubstr("freshet_x_total{a=\"1\"} 2\n"),
                                      HasSubstr("freshet_x_total{a=\"2\"} 5\n")));
}

TEST(MetricsTest, AGaugeGoesUpAndDown) {
  Metrics metrics;
  auto gauge = metrics.GetGauge("freshet_queue", "Waiting");
  gauge.Set(5);
  gauge.Add(-7);
  EXPECT_EQ(gauge.Value(), -2);
}

TEST(MetricsTest, AHistogramCountsInSeconds) {
  Metrics metrics;
  auto histogram = metrics.GetHistogram("freshet_wait_seconds", "Wait", {}, {0.01, 0.1});
  histogram.Observe(std::chrono::milliseconds(5));
  histogram.Observe(std::chrono::milliseconds(50));
  histogram.Observe(3.0);
  EXPECT_THAT(metrics.Render(), AllOf(HasSubstr("freshet_wait_seconds_bucket{le=\"0.01\"} 1\n"),
                                      HasSubstr("freshet_wait_seconds_bucket{le=\"0.1\"} 2\n"),
                                      HasSubstr("freshet_wait_seconds_bucket{le=\"+Inf\"} 3\n"),
                                      HasSubstr("freshet_wait_seconds_count 3\n")));
}

TEST(MetricsTest, AWatchedGaugeIsReadWhenAsked) {
  Metrics metrics;
  int size = 1;
  metrics.Watch("freshet_size", "Size", {}, [&] { return double(size); });
  EXPECT_THAT(metrics.Render(), HasSubstr("freshet_size 1\n"));
  size = 9;
  EXPECT_THAT(metrics.Render(), HasSubstr("freshet_size 9\n"));
}

TEST(MetricsTest, LabelValuesAreEscaped) {
  Metrics metrics;
  metrics.GetGauge("freshet_odd", "Odd", {{"path", "a\"b\\c\nd"}}).Set(1);
  EXPECT_THAT(metrics.Render(), HasSubstr("freshet_odd{path=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(MetricsTest, CountsFromManyThreadsWhileItIsRendered) {
  Metrics metrics;
  auto counter = metrics.GetCounter("freshet_x_total", "X");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10'000; ++i) counter.Add();
        metrics.GetGauge("freshet_y", "Y", {{"thread", "any"}}).Set(1);
      });
    }
    for (int i = 0; i < 20; ++i) EXPECT_THAT(metrics.Render(), Not(HasSubstr("nan")));
  }
  EXPECT_EQ(counter.Value(), 30'000);
}

TEST(MetricsTest, LatencyBucketsAscend) {
  const auto buckets = LatencyBuckets();
  EXPECT_TRUE(std::ranges::is_sorted(buckets));
  EXPECT_EQ(buckets.front(), 0.00005);
  EXPECT_EQ(buckets.back(), 10);
}

}  // namespace
}  // namespace freshet
