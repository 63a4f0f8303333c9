// What the services keep and publish: the tables and topics that an installation makes.
#pragma once

#include <string_view>
#include <vector>

#include "stores/database/migrations.h"

namespace freshet::app {

std::vector<stores::Schema> Schemas();
std::vector<std::string_view> Topics();

}  // namespace freshet::app
