// The nouns of signing in and staying signed in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/mail/mail_message.h"
#include "services/accounts/types.h"

namespace freshet::accounts {

using SessionId = Id<struct SessionTag>;

inline constexpr std::string_view kCookieDoc =
    "For the server's own page: the refresh token is kept in a cookie that no script can read, and "
    "left out of the answer.";

struct SignUp {
  std::string username;
  std::string password;
  std::string display_name;
  std::optional<std::string> email;
  bool cookie = false;

  static constexpr auto Describe() {
    return Description(
        "SignUp", "A new account.",
        Field("username", &SignUp::username)
            .Length(2, kUsernameMost)
            .Check(CheckUsername)
            .Doc("Unique without regard to case; kept in lower case."),
        Field("password", &SignUp::password).Length(8, 200).Format("password").Secret(),
        Field("display_name", &SignUp::display_name)
            .Length(1, 100)
            .Doc("The name that people see."),
        Field("email", &SignUp::email)
            .Length(3, 254)
            .Format("email")
            .Check([](const std::optional<std::string>& address) {
              return net::CheckMailAddress(*address);
            })
            .Doc("Never shown to others. It counts when the link that is mailed to it was "
                 "followed."),
        Field("cookie", &SignUp::cookie).Defaulted().Doc(kCookieDoc));
  }
};

struct SignIn {
  std::string username;
  std::string password;
  bool cookie = false;

  static constexpr auto Describe() {
    return Description(
        "SignIn", "A user name and its password.",
        Field("username", &SignIn::username).Length(1, kUsernameMost),
        Field("password", &SignIn::password).Length(1, 200).Format("password").Secret(),
        Field("cookie", &SignIn::cookie).Defaulted().Doc(kCookieDoc));
  }
};

struct RefreshSession {
  std::optional<std::string> refresh_token;
  bool cookie = false;

  static constexpr auto Describe() {
    return Description("RefreshSession", "A refresh token, which can be used once.",
                       Field("refresh_token", &RefreshSession::refresh_token)
                           .Length(1, 200)
                           .Secret()
                           .Doc("May be absent only with `cookie`: then it is the cookie's."),
                       Field("cookie", &RefreshSession::cookie).Defaulted().Doc(kCookieDoc));
  }
};

struct ChangePassword {
  std::optional<std::string> current;
  std::string new_;

  static constexpr auto Describe() {
    return Description(
        "ChangePassword", "The password of tomorrow.",
        Field("current", &ChangePassword::current)
            .Length(1, 200)
            .Format("password")
            .Secret()
            .Doc("May be absent only where the account has no password yet."),
        Field("new", &ChangePassword::new_).Length(8, 200).Format("password").Secret());
  }
};

struct EraseAccount {
  std::optional<std::string> password;

  static constexpr auto Describe() {
    return Description("EraseAccount", "That somebody really wants to leave.",
                       Field("password", &EraseAccount::password)
                           .Length(1, 200)
                           .Format("password")
                           .Secret()
                           .Doc("May be absent only where the account has no password."));
  }
};

struct Session {
  std::string access_token;
  std::optional<std::string> refresh_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
  std::optional<Account> account;

  static constexpr auto Describe() {
    return Description(
        "Session", "What a program presents to act for a person.",
        Field("access_token", &Session::access_token).Secret().Doc("For the Authorization header."),
        Field("refresh_token", &Session::refresh_token)
            .Secret()
            .Doc("For one call of /v1/sessions/refresh. Absent where a cookie keeps it."),
        Field("token_type", &Session::token_type),
        Field("expires_in", &Session::expires_in).Unit("s"), Field("account", &Session::account));
  }
};

struct SignedUp {
  Account account;
  Session session;

  static constexpr auto Describe() {
    return Description("SignedUp", "A new account and its first session.",
                       Field("account", &SignedUp::account), Field("session", &SignedUp::session));
  }
};

// Where somebody is signed in.
struct SessionInfo {
  SessionId id;
  Timestamp created_at;
  Timestamp last_used_at;
  std::string address;
  std::string user_agent;
  bool current = false;

  static constexpr auto Describe() {
    return Description(
        "SessionInfo", "Where somebody is signed in.", Field("id", &SessionInfo::id),
        Field("created_at", &SessionInfo::created_at).Doc("When they signed in."),
        Field("last_used_at", &SessionInfo::last_used_at).Doc("To within some minutes."),
        Field("address", &SessionInfo::address)
            .Doc("From which they signed in or renewed their tokens last."),
        Field("user_agent", &SessionInfo::user_agent).Doc("What their program calls itself."),
        Field("current", &SessionInfo::current).Doc("Whether it is the one that asks."));
  }
};

}  // namespace freshet::accounts
