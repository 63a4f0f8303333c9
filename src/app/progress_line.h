// Shows on standard error how far something is.
#pragma once

#include <string>

#include "services/ops/types.h"

namespace freshet::app {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // On a terminal the line changes in place; elsewhere there is one at each tenth.
  void Show(const ops::RunReport& report);

 private:
  const bool terminal_;
  std::string phase_;
  std::int64_t shown_ = -1;
  bool open_ = false;
};

// "12.3 MB".
std::string Megabytes(std::int64_t bytes);

}  // namespace freshet::app
