// The nouns of accounts: who a person is, and how they sign in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/json/json_types.h"

namespace freshet::accounts {

// What is wrong with a user name, or an empty text.
constexpr std::string_view CheckUsername(const std::string& name) {
  for (const char c : name) {
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!allowed) return "use letters a to z, digits and _ only";
  }
  return {};
}

inline constexpr std::size_t kUsernameMost = 50;

struct SignUp {
  std::string username;
  std::string password;
  std::string display_name;
  std::optional<std::string> email;

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
            .Doc("Never shown to others."));
  }
};

struct SignIn {
  std::string username;
  std::string password;

  static constexpr auto Describe() {
    return Description(
        "SignIn", "A user name and its password.",
        Field("username", &SignIn::username).Length(1, kUsernameMost),
        Field("password", &SignIn::password).Length(1, 200).Format("password").Secret());
  }
};

struct RefreshSession {
  std::string refresh_token;

  static constexpr auto Describe() {
    return Description(
        "RefreshSession", "A refresh token, which can be used once.",
        Field("refresh_token", &RefreshSession::refresh_token).Length(1, 200).Secret());
  }
};

// How the account that is shown and the one who looks stand to each other.
struct Relationship {
  bool following = false;
  bool requested = false;
  bool followed_by = false;
  bool friend_ = false;
  bool blocking = false;
  bool muting = false;

  static constexpr auto Describe() {
    return Description(
        "Relationship", "Of the signed-in reader to an account.",
        Field("following", &Relationship::following).Doc("The reader follows the account."),
        Field("requested", &Relationship::requested).Doc("The reader asked to follow it."),
        Field("followed_by", &Relationship::followed_by).Doc("The account follows the reader."),
        Field("friend", &Relationship::friend_).Doc("Each follows the other."),
        Field("blocking", &Relationship::blocking), Field("muting", &Relationship::muting));
  }
};

struct Account {
  AccountId id;
  std::string username;
  std::string display_name;
  std::string bio;
  net::Nullable<std::string> avatar_url;
  bool verified = false;
  bool private_ = false;
  std::int64_t followers_count = 0;
  std::int64_t following_count = 0;
  std::int64_t posts_count = 0;
  Timestamp created_at;
  std::optional<Relationship> relationship;

  static constexpr auto Describe() {
    return Description(
        "Account", "A person, as others see them.", Field("id", &Account::id),
        Field("username", &Account::username), Field("display_name", &Account::display_name),
        Field("bio", &Account::bio), Field("avatar_url", &Account::avatar_url),
        Field("verified", &Account::verified), Field("private", &Account::private_),
        Field("followers_count", &Account::followers_count),
        Field("following_count", &Account::following_count),
        Field("posts_count", &Account::posts_count), Field("created_at", &Account::created_at),
        Field("relationship", &Account::relationship)
            .Doc("Only for a signed-in reader of somebody else."));
  }
};

// What stands beside each post of an author.
struct AuthorCard {
  AccountId id;
  std::string username;
  std::string display_name;
  net::Nullable<std::string> avatar_url;
  bool verified = false;

  static constexpr auto Describe() {
    return Description(
        "Author", "Who wrote a post.", Field("id", &AuthorCard::id),
        Field("username", &AuthorCard::username), Field("display_name", &AuthorCard::display_name),
        Field("avatar_url", &AuthorCard::avatar_url), Field("verified", &AuthorCard::verified));
  }
};

struct Session {
  std::string access_token;
  std::string refresh_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
  std::optional<Account> account;

  static constexpr auto Describe() {
    return Description(
        "Session", "What a program presents to act for a person.",
        Field("access_token", &Session::access_token).Secret().Doc("For the Authorization header."),
        Field("refresh_token", &Session::refresh_token)
            .Secret()
            .Doc("For one call of /v1/sessions/refresh."),
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

}  // namespace freshet::accounts
