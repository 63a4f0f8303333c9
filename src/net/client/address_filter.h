// Which addresses belong to the public internet.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <functional>

namespace freshet::net {

// Whether an address may be called. Runs on the client's thread: must be quick and not throw.
using AddressFilter = std::function<bool(const boost::asio::ip::address&)>;

// False for every address that leads to this machine, to a private network, to more than one
// machine or to nobody: what the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890)
// do not list as globally reachable. IPv4 addresses inside IPv6 ones (mapped, NAT64) are judged as
// IPv4; 6to4 and Teredo, whose inner addresses need not be what they say, are refused.
bool IsPublicAddress(const boost::asio::ip::address& address);

}  // namespace freshet::net
