// What an operator may choose about accounts.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/describe.h"

namespace freshet::accounts {

struct AccountsOptions {
  Duration access_token_lifetime{15 * 60'000};
  Duration refresh_token_lifetime{90 * 24 * 3'600'000LL};
  Duration last_active_interval{60'000};
  Duration erasure_delay{60'000};
  std::int64_t exports_at_once = 8;
  Duration email_confirmation_interval{600'000};
  Duration email_poll_interval{2'000};

  static constexpr auto Describe() {
    return Description(
        "accounts", "Accounts and sessions.",
        Field("access_token_lifetime", &AccountsOptions::access_token_lifetime)
            .Unit("ms")
            .Range(10'000, 8.64e7)
            .Doc("How long an access token works. A session that is ended is "
                 "refused at once all the same."),
        Field("refresh_token_lifetime", &AccountsOptions::refresh_token_lifetime)
            .Unit("ms")
            .Range(60'000, 3.2e10)
            .Doc("How long a session lasts without being used."),
        Field("last_active_interval", &AccountsOptions::last_active_interval)
            .Unit("ms")
            .Range(10, 3.6e6)
            .Doc("How often it is written down who was active; as exact are the "
                 "times that people see."),
        Field("erasure_delay", &AccountsOptions::erasure_delay)
            .Unit("ms")
            .Range(0, 8.64e7)
            .Doc("An account that is erased is gone at once; after this time it is "
                 "erased once more, for what was under way. Longer than any request "
                 "may take."),
        Field("exports_at_once", &AccountsOptions::exports_at_once)
            .Range(1, 10'000)
            .Doc("How many archives of people's data are written at the same time; "
                 "further requests are told to come again."),
        Field("email_confirmation_interval", &AccountsOptions::email_confirmation_interval)
            .Unit("ms")
            .Range(0, 8.64e7)
            .Doc("Between two mails that ask one account whether its address is "
                 "right."),
        Field("email_poll_interval", &AccountsOptions::email_poll_interval)
            .Unit("ms")
            .Range(10, 3.6e6)
            .Doc("How often it is looked whether such a mail is due."));
  }
};

struct SignInThrottleOptions {
  std::int32_t account_attempts = 10;
  std::int32_t address_attempts = 100;
  Duration account_forgiveness{10 * 60'000};
  Duration address_forgiveness{60'000};
  Duration first_delay{1'000};
  Duration longest_delay{15 * 60'000};
  std::int64_t remembered = 65'536;

  static constexpr auto Describe() {
    using O = SignInThrottleOptions;
    return Description(
        "sign_in", "How guessing of passwords is slowed down.",
        Field("account_attempts", &O::account_attempts)
            .Range(1, 10'000)
            .Doc("Wrong passwords for one user name before its next attempt has to wait; from each "
                 "address where its owner is signed in they are counted apart."),
        Field("address_attempts", &O::address_attempts)
            .Range(1, 1e6)
            .Doc("Wrong passwords from one address, of whatever user names."),
        Field("account_forgiveness", &O::account_forgiveness)
            .Unit("ms")
            .Range(1, 8.64e7)
            .Doc("One wrong password for a user name is forgotten every so often."),
        Field("address_forgiveness", &O::address_forgiveness)
            .Unit("ms")
            .Range(1, 8.64e7)
            .Doc("One wrong password from an address is forgotten every so often."),
        Field("first_delay", &O::first_delay)
            .Unit("ms")
            .Range(1, 3.6e6)
            .Doc("The first wait; doubles with each further wrong password."),
        Field("longest_delay", &O::longest_delay)
            .Unit("ms")
            .Range(1, 8.64e7)
            .Doc("No wait is longer."),
        Field("remembered", &O::remembered)
            .Range(64, 16'777'216)
            .Doc("User names and addresses that are remembered, at 32 bytes each."));
  }
};

}  // namespace freshet::accounts
