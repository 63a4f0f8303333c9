// The facts that accounts publishes, on the topic "accounts", keyed by account.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/id.h"

namespace freshet::accounts {

inline constexpr std::string_view kAccountsTopic = "accounts";

// Facts name people by their ids alone: what somebody writes, or is called, never gets into the
// log, where it could not be erased.
struct AccountCreated {
  std::string type = "account.created";
  AccountId account_id;

  static constexpr auto Describe() {
    return Description("AccountCreated", "Somebody signed up.",
                       Field("type", &AccountCreated::type),
                       Field("account_id", &AccountCreated::account_id));
  }
};

struct AccountErased {
  std::string type = "account.erased";
  AccountId account_id;

  static constexpr auto Describe() {
    return Description("AccountErased", "Somebody left; everything of theirs is being removed.",
                       Field("type", &AccountErased::type),
                       Field("account_id", &AccountErased::account_id));
  }
};

struct AccountUpdated {
  std::string type = "account.updated";
  AccountId account_id;
  std::vector<std::string> changed;
  bool private_ = false;
  bool verified = false;

  static constexpr auto Describe() {
    return Description("AccountUpdated", "What others see of an account is not what it was.",
                       Field("type", &AccountUpdated::type),
                       Field("account_id", &AccountUpdated::account_id),
                       Field("changed", &AccountUpdated::changed)
                           .Doc("Members of the account: display_name, bio, avatar_url, private, "
                                "email (never which), settings, verified."),
                       Field("private", &AccountUpdated::private_).Doc("As it is now."),
                       Field("verified", &AccountUpdated::verified).Doc("As it is now."));
  }
};

struct SessionEnded {
  std::string type = "session.ended";
  AccountId account_id;
  Id<struct SessionTag> session_id;

  static constexpr auto Describe() {
    return Description("SessionEnded", "Somebody signed out, was signed out, or stayed away.",
                       Field("type", &SessionEnded::type),
                       Field("account_id", &SessionEnded::account_id),
                       Field("session_id", &SessionEnded::session_id));
  }
};

}  // namespace freshet::accounts
