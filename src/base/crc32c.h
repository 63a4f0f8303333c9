// CRC-32C (Castagnoli; RFC 3720, appendix B.4): tells whether stored bytes changed by accident.
#pragma once

#include <cstdint>
#include <string_view>

namespace freshet {

// The checksum of what `crc` was computed over followed by `bytes`; begin with 0.
std::uint32_t ExtendCrc32c(std::uint32_t crc, std::string_view bytes);

inline std::uint32_t Crc32c(std::string_view bytes) { return ExtendCrc32c(0, bytes); }

}  // namespace freshet
