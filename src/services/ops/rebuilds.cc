#include "services/ops/rebuilds.h"

namespace freshet::ops {

Result<RunReport> Rebuilds::Start(RebuildKind kind) {
  const auto work = works_.find(kind);
  if (work == works_.end()) return NotFound("This installation has nothing of that kind.");
  return runs_.Start(std::string(NameOf(kind)), work->second);
}

}  // namespace freshet::ops
