// What other services may ask of accounts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "services/accounts/types.h"
#include "stores/cache/single_flight.h"
#include "stores/database/database.h"

namespace freshet::accounts {

// What the cache keeps of an author, as Profiles::Cards gives it: what others decide by, in front
// of the AuthorCard as JSON. Reads without copying; the bytes must outlive it.
class AuthorCardView {
 public:
  // `bytes` come from Profiles::Cards.
  explicit AuthorCardView(std::string_view bytes) : bytes_(bytes) {}

  bool is_private() const { return Has(kPrivate); }
  bool is_verified() const { return Has(kVerified); }
  std::string_view json() const { return bytes_.substr(1); }

  static std::string Pack(const Account& account);

 private:
  enum Flag : unsigned char { kPrivate = 1, kVerified = 2 };
  bool Has(Flag flag) const { return (static_cast<unsigned char>(bytes_.front()) & flag) != 0; }

  std::string_view bytes_;
};

// Reads of profiles. Thread-safe.
class Profiles {
 public:
  Profiles(stores::Database& database, stores::Cache& cache, const Clock& clock);

  // Accounts with their counts and relationship left at zero, in the order of `ids`; nullopt for
  // those that do not exist.
  Awaitable<Result<std::vector<std::optional<Account>>>> Find(std::vector<AccountId> ids,
                                                              Deadline deadline);
  // Errors: kNotFound.
  Awaitable<Result<Account>> Find(AccountId id, Deadline deadline);
  Awaitable<Result<Account>> FindByUsername(std::string username, Deadline deadline);

  // With what is for the account's owner alone: settings and last activity. Errors: kNotFound.
  Awaitable<Result<Account>> FindOwn(AccountId id, Deadline deadline);

  // What AuthorCardView reads, shared with the cache, in the order of `ids`; null for those that do
  // not exist.
  Awaitable<Result<std::vector<stores::CacheValue>>> Cards(std::span<const std::uint64_t> ids,
                                                           Deadline deadline);
  // Belongs after every commit that changes what a card shows.
  Awaitable<Result<>> ForgetCards(std::span<const std::uint64_t> ids, Deadline deadline);

 private:
  Awaitable<Result<std::vector<stores::CacheValue>>> LoadCards(std::vector<std::uint64_t> ids,
                                                               Deadline deadline);

  stores::Database& database_;
  stores::SingleFlight cards_;
};

// Where somebody may be written to. Never shown to others. Thread-safe.
class EmailReads {
 public:
  virtual ~EmailReads() = default;
  // Nothing where there is no address, or nobody has confirmed it.
  virtual Awaitable<Result<std::optional<std::string>>> ConfirmedAddress(AccountId account,
                                                                         Deadline deadline) = 0;
};

// What an account's page shows that another service knows. Accounts asks, social answers; this way
// round because social already reads profiles.
class AccountStandings {
 public:
  virtual ~AccountStandings() = default;
  // Fills in the counts and, for a signed-in `viewer`, the relationships.
  virtual Awaitable<Result<>> Complete(AccountId viewer, std::span<Account> accounts,
                                       Deadline deadline) = 0;
};

// Where a page of an export begins; what the numbers mean is the exporting service's business.
struct ExportPosition {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

struct ExportPage {
  std::vector<std::string> items;      // each a JSON value
  std::optional<ExportPosition> next;  // none: this was the last page
};

// One service's part of what the product holds about a person. Accounts goes through the parts of
// all services when somebody leaves or takes their data along; app/ lists them. Errors of every
// method: the stores'.
class PersonalData {
 public:
  virtual ~PersonalData() = default;

  // Removes some of what `person` made and of what is about `person`, from every store. Returns
  // whether nothing is left; else it is called again. Idempotent: it may be stopped anywhere, and
  // is called again later, for what was under way. The account is gone for everybody by then.
  virtual Awaitable<Result<bool>> EraseSome(AccountId person, Deadline deadline) = 0;

  // The names of the lists that Export gives, unlike those of any other service.
  virtual std::vector<std::string_view> Lists() const = 0;
  // A page of `list`, of bounded size: what is the person's own, and of others what they show to
  // the person. The first begins at ExportPosition().
  virtual Awaitable<Result<ExportPage>> Export(std::string_view list, AccountId person,
                                               ExportPosition from, Deadline deadline) = 0;
};

}  // namespace freshet::accounts
