// The tables of notifications.
#pragma once

#include "stores/database/migrations.h"

namespace freshet::notifications {

stores::Schema NotificationsSchema();

}  // namespace freshet::notifications
