// A ZIP archive that is written piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace freshet::accounts {

// Not thread-safe. Errors of every method: kInternal.
class ZipStream {
 public:
  ZipStream();
  ~ZipStream();
  ZipStream(const ZipStream&) = delete;
  ZipStream& operator=(const ZipStream&) = delete;

  // Begins a file, which ends with the next or with Finish. Its size need not be known.
  Result<> Begin(const std::string& name, Timestamp modified_at);
  Result<> Append(std::string_view content);
  Result<> Finish();

  // What is ready to be sent, each byte once.
  std::string Take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freshet::accounts
