#include "app/rebuilds.h"

#include <functional>

#include "services/social/recount.h"

namespace freshet::app {
namespace {

constexpr Duration kStepDeadline{60'000};
constexpr std::int64_t kAccountsAtOnce = 200;

using Step = std::function<Awaitable<Result<std::int64_t>>(std::vector<AccountId>, Deadline)>;

// Takes all accounts through `step`, a few at a time; what it returns is summed up under `figure`.
Awaitable<Result<>> ForAllAccounts(Services& services, ops::Progress& progress, std::string figure,
                                   Step step) {
  const auto deadline = [&] { return Deadline::After(services.platform.clock, kStepDeadline); };
  CO_ASSIGN_OR_RETURN(const auto total, co_await services.upkeep.Count(deadline()));
  progress.Begin("accounts", "accounts", total);
  std::int64_t sum = 0;
  for (AccountId after;;) {
    if (progress.stopping()) co_return Unavailable("It was stopped.");
    CO_ASSIGN_OR_RETURN(auto ids,
                        co_await services.upkeep.IdsAfter(after, kAccountsAtOnce, deadline()));
    if (ids.empty()) break;
    after = ids.back();
    const auto count = static_cast<std::int64_t>(ids.size());
    CO_ASSIGN_OR_RETURN(const auto counted, co_await step(std::move(ids), deadline()));
    sum += counted;
    progress.Add(count);
  }
  progress.Note(std::move(figure), sum);
  co_return Result<>();
}

Awaitable<Result<>> RebuildTimelines(Services& services, ops::Progress& progress) {
  return ForAllAccounts(
      services, progress, "timelines",
      [&](std::vector<AccountId> accounts, Deadline deadline) -> Awaitable<Result<std::int64_t>> {
        std::int64_t renewed = 0;
        for (const auto account : accounts) {
          CO_ASSIGN_OR_RETURN(const auto count,
                              co_await services.home_timeline.Renew(account, deadline));
          renewed += count;
        }
        co_return renewed;
      });
}

Awaitable<Result<>> RebuildCounts(Services& services, ops::Progress& progress) {
  CO_RETURN_IF_ERROR(co_await ForAllAccounts(
      services, progress, "accounts_mended",
      [&](std::vector<AccountId> accounts, Deadline deadline) {
        return social::Recount(services.ports.database, std::move(accounts), deadline);
      }));
  CO_ASSIGN_OR_RETURN(const auto posts,
                      co_await services.reconciler.CountPostsToCompare(
                          Deadline::After(services.platform.clock, kStepDeadline)));
  progress.Begin("posts", "posts", posts);
  CO_ASSIGN_OR_RETURN(const auto drift, co_await services.reconciler.CompareAll(
                                            [&](std::int64_t compared) { progress.Add(compared); },
                                            progress.stop_token()));
  progress.Note("posts_mended", drift);
  co_return Result<>();
}

Awaitable<Result<>> RebuildSearch(Services& services, ops::Progress& progress) {
  return ForAllAccounts(services, progress, "accounts_mended",
                        [&](std::vector<AccountId> accounts, Deadline deadline) {
                          return services.upkeep.Reindex(std::move(accounts), deadline);
                        });
}

}  // namespace

void AddRebuilds(Services& services) {
  using ops::RebuildKind;
  const auto add = [&](RebuildKind kind, auto rebuild) {
    services.rebuilds.Add(kind, [&services, rebuild](ops::Progress& progress) {
      return rebuild(services, progress);
    });
  };
  add(RebuildKind::kTimelines, RebuildTimelines);
  add(RebuildKind::kCounts, RebuildCounts);
  add(RebuildKind::kSearch, RebuildSearch);
}

}  // namespace freshet::app
