// What can be made anew, and from which services' work.
#pragma once

#include "app/services.h"

namespace freshet::app {

void AddRebuilds(Services& services);

}  // namespace freshet::app
