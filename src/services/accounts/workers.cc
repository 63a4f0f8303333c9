#include "services/accounts/workers.h"

#include "services/accounts/events.h"

namespace freshet::accounts {

stores::LogSubscription CardsSubscription() {
  return {.group = "accounts.cards", .topics = {std::string(kAccountsTopic)}};
}

stores::LogHandler CardsHandler(Profiles& profiles, const Clock& clock) {
  return [&profiles, &clock](const std::string&,
                             std::span<const stores::StoredRecord> records) -> Awaitable<Result<>> {
    std::vector<std::uint64_t> ids;
    for (const auto& stored : records) {
      CO_ASSIGN_OR_RETURN(const auto id, ParseId(stored.record.key));
      ids.push_back(id);
    }
    co_return co_await profiles.ForgetCards(ids, Deadline::After(clock, Duration(10'000)));
  };
}

}  // namespace freshet::accounts
