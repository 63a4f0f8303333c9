#include "services/accounts/schema/schema.h"

#include <array>

namespace freshet::accounts {
namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE accounts (
  id BIGINT NOT NULL PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  bio TEXT NOT NULL DEFAULT '',
  avatar_url TEXT,
  email TEXT,
  email_confirmed SMALLINT NOT NULL DEFAULT 0,
  password_hash TEXT,
  verified SMALLINT NOT NULL DEFAULT 0,
  private SMALLINT NOT NULL DEFAULT 0,
  admin SMALLINT NOT NULL DEFAULT 0,
  language TEXT,
  time_zone TEXT,
  discoverable SMALLINT NOT NULL DEFAULT 1,
  last_active_at BIGINT,
  erased_at BIGINT
);
CREATE INDEX accounts_erased ON accounts(erased_at) WHERE erased_at IS NOT NULL;
CREATE TABLE erasures (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts(id),
  passes BIGINT NOT NULL DEFAULT 0,
  due_at BIGINT NOT NULL
);
CREATE INDEX erasures_by_time ON erasures(due_at);
CREATE TABLE account_words (
  word TEXT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (word, account_id)
) /*clustered*/;
CREATE INDEX account_words_by_account ON account_words(account_id);
CREATE TABLE email_confirmations (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts(id),
  due_at BIGINT,
  asked_at BIGINT NOT NULL,
  sent_at BIGINT,
  attempts SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX email_confirmations_due ON email_confirmations(due_at) WHERE due_at IS NOT NULL;
CREATE TABLE external_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  PRIMARY KEY (issuer, subject)
) /*clustered*/;
CREATE TABLE sessions (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  expires_at BIGINT NOT NULL,
  access_until BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions(account_id, id);
CREATE INDEX sessions_by_expiry ON sessions(expires_at);
CREATE TABLE refused_sessions (
  id BIGINT NOT NULL PRIMARY KEY,
  access_until BIGINT NOT NULL
);
CREATE TABLE refresh_tokens (
  hash TEXT NOT NULL PRIMARY KEY,
  session_id BIGINT NOT NULL REFERENCES sessions(id),
  parent TEXT,
  used_at BIGINT
);
CREATE INDEX refresh_tokens_by_parent ON refresh_tokens(parent) WHERE parent IS NOT NULL;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens(session_id);
CREATE INDEX refresh_tokens_by_use ON refresh_tokens(used_at) WHERE used_at IS NOT NULL;
)sql";

constexpr std::array kMigrations{stores::Migration{1, kFirst}};

}  // namespace

stores::Schema AccountsSchema() { return {.service = "accounts", .migrations = kMigrations}; }

}  // namespace freshet::accounts
