// Who the client is when proxies stand before the server.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http/message.h"
#include "net/http/options.h"

namespace freshet::net {

// IPv4 as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;
std::optional<AddressBytes> ParseAddress(std::string_view text);

class TrustedProxies {
 public:
  // Errors: kInvalid for what is neither "10.0.0.0/8" nor "fd00::/8" nor a single address.
  static Result<TrustedProxies> Parse(const std::vector<std::string>& networks);

  bool empty() const { return networks_.empty(); }
  bool Contains(std::string_view address) const;

 private:
  struct Network {
    AddressBytes prefix;
    int bits;
  };
  std::vector<Network> networks_;
};

struct ClientAddress {
  std::string address;
  bool secure = false;
};

// Walks the proxies' header from the right (the hop nearest to this server) past trusted ones and
// returns the first that is not trusted. Where the chain breaks (a hop that is hidden or malformed)
// the last hop that is known is the answer. `peer` is what the socket says.
ClientAddress FindClient(const HeaderFields& headers, const TrustedProxies& proxies,
                         ProxyHeader header, ClientAddress peer);

}  // namespace freshet::net
