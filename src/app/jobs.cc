#include "app/jobs.h"

#include <chrono>
#include <functional>
#include <string_view>
#include <utility>

#include "stores/database/operations.h"
#include "stores/database/sqlite_options.h"

namespace freshet::app {
namespace {

constexpr Duration kChoreDeadline{30'000};

// Something small that is done again and again.
struct Chore {
  std::string_view name;
  std::function<Awaitable<Result<>>(Deadline)> run;
};

Awaitable<Result<>> WithoutCount(Awaitable<Result<std::int64_t>> counted) {
  CO_RETURN_IF_ERROR(co_await std::move(counted));
  co_return Result<>();
}

std::vector<Chore> RemovalsOf(Services& services) {
  return {
      {"idempotency keys",
       [&](Deadline deadline) {
         const auto before = services.platform.clock.Now() - stores::kOperationLifetime;
         return WithoutCount(stores::PurgeOperations(services.ports.database, before, deadline));
       }},
      {"orders of comments",
       [&](Deadline deadline) { return services.comments.RemoveOldRankings(deadline); }},
      {"notifications",
       [&](Deadline deadline) { return WithoutCount(services.inbox.Purge(deadline)); }},
      {"pushes", [&](Deadline deadline) { return services.push_subscriptions.Purge(deadline); }},
      {"mutes that ended",
       [&](Deadline deadline) { return WithoutCount(services.restrictions.Purge(deadline)); }},
      {"audit log", [&](Deadline deadline) { return services.audit.Purge(deadline); }},
      {"sessions", [&](Deadline deadline) { return services.accounts.sessions().Purge(deadline); }},
  };
}

// A chore that fails does not keep the others from being done, and comes again.
Awaitable<> Repeat(Platform& platform, std::vector<Chore> chores, Duration interval,
                   std::stop_token stop) {
  while (co_await Sleep(interval, stop)) {
    for (const auto& chore : chores) {
      const auto done = co_await chore.run(Deadline::After(platform.clock, kChoreDeadline));
      if (done) continue;
      platform.logger.Warn("A chore was not done; it comes again",
                           {{"chore", chore.name}, {"error", done.error().ToString()}});
    }
  }
}

}  // namespace

std::vector<Job> JobsOf(Services& services, const Config& config) {
  std::vector<Job> jobs;
  for (const auto& consumer : services.consumers) {
    jobs.push_back({consumer->group(), [&worker = *consumer](std::stop_token stop) {
                      return worker.Run(std::move(stop));
                    }});
  }
  const auto add = [&](std::string name, auto& runs) {
    jobs.push_back(
        {std::move(name), [&runs](std::stop_token stop) { return runs.Run(std::move(stop)); }});
  };
  add("outbox", services.relay);
  add("erasures", services.erasures);
  add("post counts", services.post_counts);
  add("reconciler", services.reconciler);
  add("rebuilds", services.rebuilds);
  add("live counts", services.live_counts);
  if (services.couriers.mailer) add("confirmations of addresses", services.emails);
  if (services.digests) add("digests", *services.digests);
  if (services.push_sender) add("push", *services.push_sender);
  jobs.push_back({"purge", [&](std::stop_token stop) {
                    return services.deleted_posts.KeepPurging(std::move(stop));
                  }});
  jobs.push_back({"signing keys", [&](std::stop_token stop) {
                    return services.secrets.signing_keys->KeepRotating(services.platform.pool,
                                                                       std::move(stop));
                  }});
  const auto repeat = [&](std::string name, Duration interval, std::vector<Chore> chores) {
    jobs.push_back(
        {std::move(name), [&services, interval, chores = std::move(chores)](std::stop_token stop) {
           return Repeat(services.platform, chores, interval, std::move(stop));
         }});
  };
  repeat("last active", config.Get<accounts::AccountsOptions>().last_active_interval,
         {{"last active",
           [&](Deadline deadline) { return services.accounts.last_active().Flush(deadline); }}});
  repeat("scrub", config.Get<stores::SqliteOptions>().scrub_interval,
         {{"scrub", [&](Deadline deadline) { return services.ports.database.Scrub(deadline); }}});
  repeat("removals", std::chrono::minutes(1), RemovalsOf(services));
  return jobs;
}

}  // namespace freshet::app
