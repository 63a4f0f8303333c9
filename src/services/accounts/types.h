// The nouns of accounts: who a person is.
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

// How the account that is shown and the one who looks stand to each other.
struct Relationship {
  bool following = false;
  bool requested = false;
  bool followed_by = false;
  bool friend_ = false;
  bool blocking = false;
  bool muting = false;
  bool blocked_by = false;  // never shown: there is no such account for whom it blocks

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

// What somebody chose for themselves; seen by nobody else.
struct Settings {
  net::Nullable<std::string> language;
  net::Nullable<std::string> time_zone;
  bool discoverable = true;

  static constexpr auto Describe() {
    return Description("Settings", "What somebody chose for themselves.",
                       Field("language", &Settings::language)
                           .Doc("Of what is written to them, such as \"pt-BR\" (BCP 47)."),
                       Field("time_zone", &Settings::time_zone)
                           .Doc("In which their days begin, such as \"Europe/Lisbon\" (IANA)."),
                       Field("discoverable", &Settings::discoverable)
                           .Doc("Whether the search for accounts finds them."));
  }

  bool operator==(const Settings&) const = default;
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
  std::optional<Settings> settings;
  std::optional<net::Nullable<std::string>> email;
  std::optional<bool> email_confirmed;
  std::optional<Timestamp> last_active_at;

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
            .Doc("Only for a signed-in reader of somebody else."),
        Field("settings", &Account::settings).Doc("Only for oneself."),
        Field("email", &Account::email).Doc("Only for oneself."),
        Field("email_confirmed", &Account::email_confirmed)
            .Doc("Whether the link that was mailed to it was followed. Only for oneself."),
        Field("last_active_at", &Account::last_active_at)
            .Doc("To within some minutes. Only for oneself and for administrators."));
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

}  // namespace freshet::accounts
