// What home holds about a person.
#pragma once

#include "services/accounts/api.h"
#include "services/home/seen_posts.h"

namespace freshet::home {

// Which posts somebody saw is kept as a sketch, out of which nobody reads a list: there is nothing
// to take along. Thread-safe.
class HomeData final : public accounts::PersonalData {
 public:
  explicit HomeData(SeenPosts& seen) : seen_(seen) {}

  Awaitable<Result<bool>> EraseSome(AccountId person, Deadline deadline) override;
  std::vector<std::string_view> Lists() const override { return {}; }
  Awaitable<Result<accounts::ExportPage>> Export(std::string_view list, AccountId person,
                                                 accounts::ExportPosition from,
                                                 Deadline deadline) override;

 private:
  SeenPosts& seen_;
};

}  // namespace freshet::home
