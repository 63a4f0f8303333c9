// The facts that accounts publishes, on the topic "accounts", keyed by account.
#pragma once

#include <string>
#include <string_view>

#include "base/describe.h"
#include "base/id.h"

namespace freshet::accounts {

inline constexpr std::string_view kAccountsTopic = "accounts";

struct AccountCreated {
  std::string type = "account.created";
  AccountId account_id;
  std::string username;

  static constexpr auto Describe() {
    return Description("AccountCreated", "Somebody signed up.",
                       Field("type", &AccountCreated::type),
                       Field("account_id", &AccountCreated::account_id),
                       Field("username", &AccountCreated::username));
  }
};

}  // namespace freshet::accounts
