// What goes on in the background while an installation serves.
#pragma once

#include <string>
#include <vector>

#include "app/services.h"
#include "base/config.h"
#include "base/task_group.h"

namespace freshet::app {

struct Job {
  std::string name;
  TaskGroup::Loop run;
};

// The services must outlive the jobs.
std::vector<Job> JobsOf(Services& services, const Config& config);

}  // namespace freshet::app
