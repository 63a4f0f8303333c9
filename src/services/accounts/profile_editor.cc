#include "services/accounts/profile_editor.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <vector>

#include "base/text.h"
#include "net/api/negotiation.h"
#include "net/http/header_values.h"
#include "net/json/json_writer.h"
#include "net/mail/mail_message.h"
#include "services/accounts/account_row.h"
#include "services/accounts/emails.h"
#include "services/accounts/events.h"
#include "services/accounts/search.h"
#include "stores/database/outbox.h"

namespace freshet::accounts {
namespace {

// What an owner can edit.
struct Editable {
  std::string display_name;
  std::string bio;
  net::Nullable<std::string> avatar_url;
  bool private_ = false;
  std::optional<net::Nullable<std::string>> email;
  std::optional<Settings> settings;

  static constexpr auto Describe() {
    return Description("Editable", "", Field("display_name", &Editable::display_name),
                       Field("bio", &Editable::bio), Field("avatar_url", &Editable::avatar_url),
                       Field("private", &Editable::private_), Field("email", &Editable::email),
                       Field("settings", &Editable::settings));
  }
};

std::string Unquoted(std::string tag) { return tag.substr(1, tag.size() - 2); }

std::string EditableTag(const Account& account) {
  return Unquoted(net::EntityTagOf(net::ToJson(Editable{.display_name = account.display_name,
                                                        .bio = account.bio,
                                                        .avatar_url = account.avatar_url,
                                                        .private_ = account.private_,
                                                        .email = account.email,
                                                        .settings = account.settings})));
}

// Assigns what a request says, and tells which members that changed.
class Changes {
 public:
  template <class T>
  void Apply(std::string_view name, const std::optional<T>& wanted, auto& value) {
    if (!wanted || value == *wanted) return;
    value = *wanted;
    Add(name);
  }
  void Add(std::string_view name) {
    if (std::ranges::find(names_, name) == names_.end()) names_.emplace_back(name);
  }
  bool Has(std::string_view name) const { return std::ranges::find(names_, name) != names_.end(); }
  bool empty() const { return names_.empty(); }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

Changes ApplyEdit(const EditProfile& edit, Account& account) {
  Changes changes;
  changes.Apply("display_name", edit.display_name, account.display_name);
  if (edit.bio) changes.Apply("bio", std::optional(edit.bio->value_or("")), account.bio);
  changes.Apply("avatar_url", edit.avatar_url, account.avatar_url);
  changes.Apply("private", edit.private_, account.private_);
  if (edit.email && *account.email != *edit.email) {
    account.email = *edit.email;
    account.email_confirmed = false;
    changes.Add("email");
  }
  if (edit.settings) {
    changes.Apply("settings", edit.settings->language, account.settings->language);
    changes.Apply("settings", edit.settings->time_zone, account.settings->time_zone);
    changes.Apply("settings", edit.settings->discoverable, account.settings->discoverable);
  }
  return changes;
}

Result<> Store(stores::Transaction& tx, const Account& account, const Changes& changes) {
  const Settings& settings = *account.settings;
  RETURN_IF_ERROR(
      tx.Execute("UPDATE accounts SET display_name = $2, bio = $3, avatar_url = $4, private = $5, "
                 "language = $6, time_zone = $7, discoverable = $8, verified = $9, email = $10, "
                 "email_confirmed = $11 WHERE id = $1",
                 {account.id, account.display_name, account.bio, account.avatar_url,
                  account.private_, settings.language, settings.time_zone, settings.discoverable,
                  account.verified, *account.email, *account.email_confirmed}));
  if (changes.Has("display_name") || changes.Has("settings")) {
    RETURN_IF_ERROR(UnindexNames(tx, account.id));
    if (settings.discoverable)
      RETURN_IF_ERROR(IndexNames(tx, account.id, account.username, account.display_name));
  }
  return stores::AddToOutbox(tx, kAccountsTopic, std::to_string(account.id.value),
                             net::ToJson(AccountUpdated{.account_id = account.id,
                                                        .changed = changes.names(),
                                                        .private_ = account.private_,
                                                        .verified = account.verified}));
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string_view internal::CheckDisplayName(const std::optional<std::string>& name) {
  const bool blank = Trimmed(*name, " \t\r\n").empty();
  const bool controls = std::ranges::any_of(
      *name, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  return blank || controls ? "must have a visible character and no control characters"
                           : std::string_view();
}

std::string_view internal::CheckAvatar(const Change<std::string>& url) {
  if (!*url) return {};
  const auto parsed = boost::urls::parse_uri_reference(**url);
  if (parsed) {
    const bool web = parsed->scheme_id() == boost::urls::scheme::https ||
                     parsed->scheme_id() == boost::urls::scheme::http;
    if (web && !parsed->encoded_host().empty() && !parsed->has_userinfo()) return {};
    if (!parsed->has_scheme() && !parsed->has_authority() && parsed->is_path_absolute()) return {};
  }
  return "must be an address that begins with https:// or http://, or a path that begins with /";
}

std::string_view internal::CheckEmail(const Change<std::string>& address) {
  return *address ? net::CheckMailAddress(**address) : std::string_view();
}

std::string_view internal::CheckLanguage(const Change<std::string>& language) {
  if (!*language) return {};
  std::string_view rest = **language;
  bool first = true;
  for (;;) {
    const std::string_view part = rest.substr(0, rest.find('-'));
    const bool letters =
        std::ranges::all_of(part, [](char c) { return ToLower(c) >= 'a' && ToLower(c) <= 'z'; });
    if (part.empty() || part.size() > 8 || (first && (!letters || part.size() < 2)) ||
        !std::ranges::all_of(part, IsWordCharacter))
      return "must be a language tag, such as \"en\" or \"pt-BR\"";
    if (part.size() == rest.size()) return {};
    rest.remove_prefix(part.size() + 1);
    first = false;
  }
}

std::string_view internal::CheckTimeZone(const Change<std::string>& zone) {
  if (!*zone) return {};
  const std::string& name = **zone;
  const bool allowed = std::ranges::all_of(name, [](char c) {
    return IsWordCharacter(c) || c == '/' || c == '_' || c == '-' || c == '+';
  });
  return allowed && IsWordCharacter(name.front()) && IsWordCharacter(name.back())
             ? std::string_view()
             : "must be the name of a time zone, such as \"Europe/Lisbon\"";
}

std::string OwnAccountTag(const Account& account) {
  return '"' + EditableTag(account) + '.' + Unquoted(net::EntityTagOf(net::ToJson(account))) + '"';
}

bool AllowsEdit(std::string_view if_match, const Account& account) {
  if (if_match.empty() || Trimmed(if_match) == "*") return true;
  const std::string wanted = '"' + EditableTag(account) + '.';
  bool found = false;
  net::ForEachListItem(if_match, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    found = tag.starts_with(wanted);
    return !found;
  });
  return found;
}

Awaitable<Result<>> ProfileEditor::Edit(AccountId account, EditProfile edit, std::string if_match,
                                        Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const bool changed,
                      co_await stores::WriteReturning(
                          database_,
                          [&](stores::Transaction& tx) -> Result<bool> {
                            ASSIGN_OR_RETURN(auto stored, ReadOwnAccount(tx, account));
                            if (!AllowsEdit(if_match, stored))
                              return Conflict(
                                  "The profile changed since you read it; read it again.",
                                  "precondition_failed");
                            const Changes changes = ApplyEdit(edit, stored);
                            if (changes.empty()) return false;
                            RETURN_IF_ERROR(Store(tx, stored, changes));
                            if (changes.Has("email") && *stored.email) {
                              RETURN_IF_ERROR(AskForConfirmation(
                                  tx, account, clock_.Now(), options_.email_confirmation_interval));
                            }
                            return true;
                          },
                          deadline));
  // A failure here is mended by the worker that reads the fact.
  if (changed) (void)co_await profiles_.ForgetCards({&account.value, 1}, deadline);
  co_return Result<>();
}

Awaitable<Result<>> ProfileEditor::SetVerified(AccountId account, bool verified,
                                               Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const bool changed,
                      co_await stores::WriteReturning(
                          database_,
                          [&](stores::Transaction& tx) -> Result<bool> {
                            ASSIGN_OR_RETURN(auto stored, ReadOwnAccount(tx, account));
                            Changes changes;
                            changes.Apply("verified", std::optional(verified), stored.verified);
                            if (changes.empty()) return false;
                            RETURN_IF_ERROR(Store(tx, stored, changes));
                            return true;
                          },
                          deadline));
  if (changed) (void)co_await profiles_.ForgetCards({&account.value, 1}, deadline);
  co_return Result<>();
}

}  // namespace freshet::accounts
