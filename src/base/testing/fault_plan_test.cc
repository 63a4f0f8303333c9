#include "base/testing/fault_plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

#include "base/io_threads.h"

namespace freshet {
namespace {

// Whether each of `calls` calls fails before (B), after (A) or not (.).
std::string Outcomes(FaultPlan& plan, int calls, std::string_view operation = "Append") {
  std::string outcomes;
  for (int i = 0; i < calls; ++i) {
    const auto before = RunBlocking(plan.Before(operation));
    if (!before) EXPECT_EQ(before.error().kind(), ErrorKind::kUnavailable);
    outcomes += !before ? 'B' : plan.After(operation) ? '.' : 'A';
  }
  return outcomes;
}

TEST(FaultPlan, NothingFailsUntilToldSo) {
  FaultPlan plan;
  EXPECT_EQ(Outcomes(plan, 3), "...");
  plan.FailNext(2);
  EXPECT_EQ(Outcomes(plan, 4), "BB..");
  plan.FailNextAfterEffect();
  EXPECT_EQ(Outcomes(plan, 3), "A..");
  EXPECT_EQ(plan.faults(), 3u);
}

TEST(FaultPlan, AScriptCanBeForOneOperation) {
  FaultPlan plan;
  plan.FailNext(1, "Commit");
  EXPECT_EQ(Outcomes(plan, 2, "Append"), "..");
  EXPECT_EQ(Outcomes(plan, 2, "Commit"), "B.");
}

TEST(FaultPlan, TheSameSeedGivesTheSameFaultsAtAboutTheRates) {
  const FaultRates rates{.fail_before = 0.2, .fail_after = 0.1};
  FaultPlan first(7, rates), again(7, rates), other(8, rates);
  const auto outcomes = Outcomes(first, 1'000);
  EXPECT_EQ(Outcomes(again, 1'000), outcomes);
  EXPECT_NE(Outcomes(other, 1'000), outcomes);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(outcomes, 'B')), 200, 60);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(outcomes, 'A')), 80, 40);
}

TEST(FaultPlan, AHealedPlanFailsNoMore) {
  FaultPlan plan(7, {.fail_before = 1, .fail_after = 1});
  plan.FailNext(5);
  EXPECT_EQ(Outcomes(plan, 2), "BB");
  plan.Heal();
  EXPECT_EQ(Outcomes(plan, 20), std::string(20, '.'));
}

}  // namespace
}  // namespace freshet
