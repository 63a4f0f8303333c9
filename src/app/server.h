// `freshet serve`: everything at once, until it is told to stop.
#pragma once

#include <string>
#include <vector>

namespace freshet::app {

// Runs until SIGTERM or SIGINT. Returns the exit code.
int Serve(const std::vector<std::string>& arguments);

}  // namespace freshet::app
