// The tables of operations.
#pragma once

#include "stores/database/migrations.h"

namespace freshet::ops {

stores::Schema OpsSchema();

}  // namespace freshet::ops
