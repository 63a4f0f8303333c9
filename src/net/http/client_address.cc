#include "net/http/client_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "net/http/header_values.h"

namespace freshet::net {
namespace {

struct Hop {
  std::string address;  // empty when it is hidden or malformed
  std::string scheme;   // empty when it is not said
};

// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80" or a bare IPv6 address.
std::string AddressOfNode(std::string_view node) {
  std::string_view address = node;
  if (node.starts_with('[')) {
    const auto close = node.find(']');
    if (close == std::string_view::npos) return {};
    address = node.substr(1, close - 1);
  } else if (std::ranges::count(node, ':') == 1) {
    address = node.substr(0, node.find(':'));
  }
  return ParseAddress(address) ? std::string(address) : std::string();
}

std::string Unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  std::string text;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

template <class Visit>
void ForEachElement(const HeaderFields& headers, std::string_view name, Visit visit) {
  for (const auto& [field, value] : headers) {
    if (!EqualsIgnoringCase(field, name)) continue;
    ForEachListItem(value, [&](std::string_view element) {
      visit(element);
      return true;
    });
  }
}

std::vector<Hop> ForwardedHops(const HeaderFields& headers) {
  std::vector<Hop> hops;
  ForEachElement(headers, "Forwarded", [&](std::string_view element) {
    Hop& hop = hops.emplace_back();
    ForEachListItem(
        element,
        [&](std::string_view pair) {
          const auto equals = std::min(pair.find('='), pair.size());
          const auto name = pair.substr(0, equals);
          const auto value = Unquoted(pair.substr(std::min(equals + 1, pair.size())));
          if (EqualsIgnoringCase(name, "for")) hop.address = AddressOfNode(value);
          if (EqualsIgnoringCase(name, "proto")) hop.scheme = value;
          return true;
        },
        ';');
  });
  return hops;
}

// X-Forwarded-Proto has either one element for each of X-Forwarded-For, or one alone, which the
// proxy at the edge wrote.
std::vector<Hop> XForwardedHops(const HeaderFields& headers) {
  std::vector<Hop> hops;
  std::vector<std::string> schemes;
  ForEachElement(headers, "X-Forwarded-For", [&](std::string_view element) {
    hops.push_back({.address = AddressOfNode(element), .scheme = {}});
  });
  ForEachElement(headers, "X-Forwarded-Proto",
                 [&](std::string_view element) { schemes.emplace_back(element); });
  for (std::size_t i = 0; i < hops.size(); ++i) {
    if (schemes.size() == hops.size()) hops[i].scheme = schemes[i];
    if (schemes.size() == 1) hops[i].scheme = schemes[0];
  }
  return hops;
}

}  // namespace

std::optional<AddressBytes> ParseAddress(std::string_view text) {
  const std::string copy(text);
  AddressBytes bytes{};
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (inet_pton(AF_INET, copy.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

Result<TrustedProxies> TrustedProxies::Parse(const std::vector<std::string>& networks) {
  TrustedProxies parsed;
  for (const auto& network : networks) {
    const auto slash = std::min(network.find('/'), network.size());
    const auto address = ParseAddress(std::string_view(network).substr(0, slash));
    const int width = network.substr(0, slash).contains(':') ? 128 : 32;
    int bits = width;
    if (slash < network.size()) {
      const char* last = network.data() + network.size();
      const auto [end, error] = std::from_chars(network.data() + slash + 1, last, bits);
      if (error != std::errc() || end != last) bits = -1;
    }
    if (!address || bits < 0 || bits > width)
      return Invalid(fmt::format(
          "trusted_proxies: \"{}\" is no network; write one like \"10.0.0.0/8\"", network));
    parsed.networks_.push_back({*address, bits + 128 - width});
  }
  return parsed;
}

bool TrustedProxies::Contains(std::string_view address) const {
  const auto bytes = ParseAddress(address);
  return bytes && std::ranges::any_of(networks_, [&](const Network& network) {
           const int whole = network.bits / 8, rest = network.bits % 8;
           if (!std::equal(bytes->begin(), bytes->begin() + whole, network.prefix.begin()))
             return false;
           const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
           return rest == 0 || ((*bytes)[static_cast<std::size_t>(whole)] & mask) ==
                                   (network.prefix[static_cast<std::size_t>(whole)] & mask);
         });
}

ClientAddress FindClient(const HeaderFields& headers, const TrustedProxies& proxies,
                         ProxyHeader header, ClientAddress peer) {
  if (proxies.empty() || !proxies.Contains(peer.address)) return peer;
  const auto hops =
      header == ProxyHeader::kForwarded ? ForwardedHops(headers) : XForwardedHops(headers);
  ClientAddress client = std::move(peer);
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!hop->scheme.empty()) client.secure = EqualsIgnoringCase(hop->scheme, "https");
    if (hop->address.empty()) break;
    client.address = hop->address;
    if (!proxies.Contains(client.address)) break;
  }
  return client;
}

}  // namespace freshet::net
