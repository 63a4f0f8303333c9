#include "services/accounts/erasures.h"

namespace freshet::accounts {
namespace {

constexpr Duration kCallDeadline{60'000};
constexpr Duration kLook{200};
constexpr std::int64_t kAccountsAtOnce = 100;

}  // namespace

Erasures::Erasures(const AccountsOptions& options, ErasureParts parts)
    : options_(options),
      parts_(std::move(parts)),
      pending_(parts_.metrics.GetGauge("freshet_erasures_pending",
                                       "Accounts of which something is still to be removed")),
      erased_(parts_.metrics.GetCounter("freshet_erasures_total",
                                        "Accounts of which nothing is left")) {}

Awaitable<> Erasures::Run(std::stop_token stop) {
  do {
    const auto done = co_await RunOnce(stop);
    if (!done) {
      parts_.logger.Warn("Somebody who left is not erased yet; it is tried again",
                         {{"error", done.error().ToString()}});
    }
  } while (co_await Sleep(kLook, stop));
}

Awaitable<Result<>> Erasures::RunOnce(std::stop_token stop) {
  CO_ASSIGN_OR_RETURN(const auto due, co_await FindDue(Soon()));
  Result<> outcome;
  for (const auto& [account, passes] : due) {
    if (stop.stop_requested()) break;
    if (passes > 0) {
      CO_ASSIGN_OR_RETURN(const bool settled, co_await FactsHadTheirEffect(account));
      if (!settled) continue;
    }
    const auto erased = co_await EraseAll(account, stop);
    if (!erased) outcome = std::unexpected(erased.error());
    if (!erased || !*erased) continue;
    auto ended = passes == 0 ? co_await EndFirstPass(account) : co_await Finish(account);
    if (!ended) outcome = std::move(ended);
  }
  co_return outcome;
}

Awaitable<Result<std::int64_t>> Erasures::Pending(Deadline deadline) {
  co_return co_await stores::ReadReturning(
      parts_.database,
      [](stores::Transaction& tx) -> Result<std::int64_t> {
        std::int64_t pending = 0;
        RETURN_IF_ERROR(tx.Query("SELECT count(*) FROM erasures", {},
                                 [&](const stores::Row& row) { pending = row.Int(0); }));
        return pending;
      },
      deadline);
}

Awaitable<Result<std::vector<Erasures::Due>>> Erasures::FindDue(Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto pending, co_await Pending(deadline));
  pending_.Set(static_cast<double>(pending));
  std::vector<Due> due;
  if (pending == 0) co_return due;
  const Timestamp now = parts_.clock.Now();
  CO_RETURN_IF_ERROR(co_await parts_.database.Read(
      [&](stores::Transaction& tx) {
        due.clear();
        return tx.Query(
            "SELECT account_id, passes FROM erasures WHERE due_at <= $1 "
            "ORDER BY due_at, account_id LIMIT $2",
            {now, kAccountsAtOnce}, [&](const stores::Row& row) {
              due.push_back({.account = row.AsId<AccountId>(0), .passes = row.Int(1)});
            });
      },
      deadline));
  co_return due;
}

Awaitable<Result<bool>> Erasures::EraseAll(AccountId account, std::stop_token stop) {
  for (PersonalData* const data : parts_.data) {
    for (bool done = false; !done;) {
      if (stop.stop_requested()) co_return false;
      CO_ASSIGN_OR_RETURN(done, co_await data->EraseSome(account, Soon()));
    }
  }
  co_return true;
}

Awaitable<Result<bool>> Erasures::FactsHadTheirEffect(AccountId account) {
  CO_ASSIGN_OR_RETURN(const auto state, co_await parts_.log.Describe(Soon()));
  const auto [found, is_first] = ends_.try_emplace(account);
  auto& ends = found->second;
  if (is_first) {
    for (const auto& topic : state.topics) {
      for (const auto& partition : topic.partitions) {
        ends[{topic.name, partition.partition}] = partition.end;
      }
    }
  }
  for (const auto& group : state.groups) {
    for (const auto& partition : group.partitions) {
      const auto end = ends.find({partition.topic, partition.partition});
      if (end == ends.end()) continue;
      if (partition.lag > 0 && partition.committed < end->second) co_return false;
    }
  }
  co_return true;
}

Awaitable<Result<>> Erasures::EndFirstPass(AccountId account) {
  const Timestamp due = parts_.clock.Now() + options_.erasure_delay;
  co_return co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute(
            "UPDATE erasures SET passes = 1, due_at = $2 WHERE account_id = $1", {account, due}));
        return {};
      },
      Soon());
}

Awaitable<Result<>> Erasures::Finish(AccountId account) {
  CO_RETURN_IF_ERROR(co_await parts_.database.Scrub(Soon()));
  CO_RETURN_IF_ERROR(co_await parts_.database.Write(
      [&](stores::Transaction& tx) -> Result<> {
        RETURN_IF_ERROR(tx.Execute("DELETE FROM erasures WHERE account_id = $1", {account}));
        return {};
      },
      Soon()));
  ends_.erase(account);
  erased_.Add();
  parts_.logger.Info("An account was erased", {{"account", account.value}});
  co_return Result<>();
}

Deadline Erasures::Soon() const { return Deadline::After(parts_.clock, kCallDeadline); }

}  // namespace freshet::accounts
