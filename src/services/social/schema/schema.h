// The tables of social.
#pragma once

#include "stores/database/migrations.h"

namespace freshet::social {

stores::Schema SocialSchema();

}  // namespace freshet::social
