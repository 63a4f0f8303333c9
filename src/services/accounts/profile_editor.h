// What people change about themselves, and administrators about others.
#pragma once

#include <optional>
#include <string>

#include "base/async.h"
#include "base/describe.h"
#include "net/json/json_types.h"
#include "services/accounts/api.h"
#include "services/accounts/options.h"
#include "services/accounts/types.h"
#include "stores/database/database.h"

namespace freshet::accounts {

namespace internal {

template <class T>
using Change = std::optional<net::Nullable<T>>;

std::string_view CheckDisplayName(const std::optional<std::string>& name);
std::string_view CheckAvatar(const Change<std::string>& url);
std::string_view CheckEmail(const Change<std::string>& address);
std::string_view CheckLanguage(const Change<std::string>& language);
std::string_view CheckTimeZone(const Change<std::string>& zone);

}  // namespace internal

struct EditSettings {
  internal::Change<std::string> language;
  internal::Change<std::string> time_zone;
  std::optional<bool> discoverable;

  static constexpr auto Describe() {
    return Description("EditSettings", "Settings that change; those that are left out stay.",
                       Field("language", &EditSettings::language)
                           .Length(2, 35)
                           .Check(internal::CheckLanguage)
                           .Doc("Such as \"pt-BR\" (BCP 47)."),
                       Field("time_zone", &EditSettings::time_zone)
                           .Length(1, 64)
                           .Check(internal::CheckTimeZone)
                           .Doc("Such as \"Europe/Lisbon\" (IANA)."),
                       Field("discoverable", &EditSettings::discoverable)
                           .Doc("Whether the search for accounts finds them."));
  }
};

struct EditProfile {
  std::optional<std::string> display_name;
  internal::Change<std::string> bio;
  internal::Change<std::string> avatar_url;
  std::optional<bool> private_;
  internal::Change<std::string> email;
  std::optional<EditSettings> settings;

  static constexpr auto Describe() {
    return Description("EditProfile", "What changes; members that are left out stay, null empties.",
                       Field("display_name", &EditProfile::display_name)
                           .Length(1, 100)
                           .Check(internal::CheckDisplayName)
                           .Doc("The name that people see."),
                       Field("bio", &EditProfile::bio).Length(0, 500),
                       Field("avatar_url", &EditProfile::avatar_url)
                           .Length(1, 2'048)
                           .Check(internal::CheckAvatar)
                           .Doc("An address with https or http, or a path on this server."),
                       Field("private", &EditProfile::private_)
                           .Doc("Whether only those whom one accepts may follow and read."),
                       Field("email", &EditProfile::email)
                           .Length(3, 254)
                           .Format("email")
                           .Check(internal::CheckEmail)
                           .Doc("Never shown to others. A new address counts when the link that "
                                "is mailed to it was followed."),
                       Field("settings", &EditProfile::settings));
  }
};

// The entity tag of an account as its owner sees it: one part for what they can edit, one for the
// whole, so that a new follower does not stand in the way of an edit.
std::string OwnAccountTag(const Account& account);
// Whether an If-Match header field value (empty: there was none) lets an edit of `account` go on.
bool AllowsEdit(std::string_view if_match, const Account& account);

// Thread-safe. Publishes account.updated whenever something changed.
class ProfileEditor {
 public:
  ProfileEditor(const AccountsOptions& options, stores::Database& database, Profiles& profiles,
                const Clock& clock)
      : options_(options), database_(database), profiles_(profiles), clock_(clock) {}

  // Errors: kNotFound; kConflict (code "precondition_failed").
  Awaitable<Result<>> Edit(AccountId account, EditProfile edit, std::string if_match,
                           Deadline deadline);
  // Errors: kNotFound.
  Awaitable<Result<>> SetVerified(AccountId account, bool verified, Deadline deadline);

 private:
  const AccountsOptions options_;
  stores::Database& database_;
  Profiles& profiles_;
  const Clock& clock_;
};

}  // namespace freshet::accounts
