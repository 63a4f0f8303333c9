// Calls the API of a running server from the command line.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/platform.h"
#include "base/result.h"
#include "net/client/http_client.h"

namespace freshet::app {

class Remote {
 public:
  // `server`: "http://127.0.0.1:8080". A server with a certificate of its own is trusted when the
  // configuration names that certificate.
  Remote(std::string server, std::string token, const Config& config, Platform& platform);

  // Blocks. Returns the body of a 2xx answer. Errors: kUnavailable (nobody listens there), and for
  // other answers the kind that the status says, with the problem's detail.
  Result<std::string> Call(net::Method method, const std::string& path, std::string body = {});
  // GETs what may be large, and gives it to `sink` piece by piece, from another thread; false from
  // there ends it. Blocks. Errors: as Call; kUnavailable when the answer is not whole.
  Result<> Download(const std::string& path, std::function<bool(std::string_view)> sink);

 private:
  Result<net::ClientResponse> Send(net::ClientRequest request, const std::string& path,
                                   Duration within);

  const std::string server_;
  const std::string token_;
  Platform& platform_;
  net::HttpClient client_;
};

}  // namespace freshet::app
