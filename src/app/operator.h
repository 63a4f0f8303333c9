// The command line, acting on an installation with the installation's own keys.
#pragma once

#include <string>

#include "app/platform.h"
#include "base/config.h"
#include "base/result.h"
#include "net/api/scope.h"
#include "net/http/message.h"
#include "services/ops/types.h"

namespace freshet::app {

class Operator {
 public:
  explicit Operator(const Config& config) : config_(config), platform_(config) {}

  // An access token for `account`. Errors: kNotFound (the folder holds no installation).
  Result<std::string> Sign(AccountId account, net::Scopes scopes, Duration lifetime);

  // The URL that a running server left in the data folder, or an empty text.
  std::string Server() const;

  // Calls the running server, with every scope and in nobody's name. Returns the answer's body.
  // Errors: kUnavailable (no server runs), and as Remote::Call.
  Result<std::string> Call(net::Method method, const std::string& path, std::string body = {});

  // Shows how far a run is that the server began, until it ended. `path`: where its report is.
  // Errors: as Call; kUnavailable with the run's error.
  Result<ops::RunReport> Watch(const std::string& path);

  Platform& platform() { return platform_; }

 private:
  const Config& config_;
  Platform platform_;
};

}  // namespace freshet::app
