// The tables of engagement.
#pragma once

#include "stores/database/migrations.h"

namespace freshet::engagement {

stores::Schema EngagementSchema();

}  // namespace freshet::engagement
