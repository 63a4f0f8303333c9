// The tables of accounts.
#pragma once

#include "stores/database/migrations.h"

namespace freshet::accounts {

stores::Schema AccountsSchema();

}  // namespace freshet::accounts
