#include "net/client/address_filter.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace freshet::net {
namespace {

using boost::asio::ip::address_v6;

struct Range4 {
  std::uint32_t network;
  int prefix;
};

constexpr std::uint32_t Ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array kRefused4{
    Range4{Ip4(0, 0, 0, 0), 8},        // this network
    Range4{Ip4(10, 0, 0, 0), 8},       // private
    Range4{Ip4(100, 64, 0, 0), 10},    // shared by carriers
    Range4{Ip4(127, 0, 0, 0), 8},      // loopback
    Range4{Ip4(169, 254, 0, 0), 16},   // link-local, cloud metadata
    Range4{Ip4(172, 16, 0, 0), 12},    // private
    Range4{Ip4(192, 0, 0, 0), 24},     // protocol assignments
    Range4{Ip4(192, 0, 2, 0), 24},     // documentation
    Range4{Ip4(192, 88, 99, 0), 24},   // 6to4 relays
    Range4{Ip4(192, 168, 0, 0), 16},   // private
    Range4{Ip4(198, 18, 0, 0), 15},    // benchmarks
    Range4{Ip4(198, 51, 100, 0), 24},  // documentation
    Range4{Ip4(203, 0, 113, 0), 24},   // documentation
    Range4{Ip4(224, 0, 0, 0), 3},      // multicast, reserved, broadcast
};

struct Range6 {
  std::array<std::uint8_t, 4> start;  // the first 32 bits
  int prefix;
};

// Within 2000::/3, all that is ever routed.
constexpr std::array kRefused6{
    Range6{{0x20, 0x01, 0x00, 0x00}, 23},  // protocol assignments, Teredo, ORCHID
    Range6{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    Range6{{0x20, 0x02, 0x00, 0x00}, 16},  // 6to4
    Range6{{0x3f, 0xff, 0x00, 0x00}, 20},  // documentation
};

bool Public4(std::uint32_t address) {
  return std::ranges::none_of(kRefused4, [&](const Range4& range) {
    return (address ^ range.network) >> (32 - range.prefix) == 0;
  });
}

std::uint32_t Word(std::span<const std::uint8_t, 4> bytes) {
  return Ip4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

bool Public6(const address_v6::bytes_type& bytes) {
  constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xff, 0x9b};
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const std::span<const std::uint8_t, 16> all(bytes.data(), 16);
  if (std::ranges::equal(all.first<12>(), kMapped) || std::ranges::equal(all.first<12>(), kNat64)) {
    return Public4(Word(all.last<4>()));
  }
  if ((bytes[0] & 0xe0) != 0x20) return false;
  const std::uint32_t start = Word(all.first<4>());
  return std::ranges::none_of(kRefused6, [&](const Range6& range) {
    return (start ^ Word(range.start)) >> (32 - range.prefix) == 0;
  });
}

}  // namespace

bool IsPublicAddress(const boost::asio::ip::address& address) {
  return address.is_v4() ? Public4(address.to_v4().to_uint()) : Public6(address.to_v6().to_bytes());
}

}  // namespace freshet::net
