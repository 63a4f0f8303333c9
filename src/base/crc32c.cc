#include "base/crc32c.h"

#include <array>
#include <cstring>

namespace freshet {
namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;

consteval std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ (value & 1 ? kReversedPolynomial : 0);
    }
    table[i] = value;
  }
  return table;
}

std::uint32_t ExtendByTable(std::uint32_t state, std::string_view bytes) {
  static constexpr auto kTable = MakeTable();
  for (const char byte : bytes) {
    state = kTable[(state ^ static_cast<std::uint8_t>(byte)) & 0xff] ^ (state >> 8);
  }
  return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t ExtendByInstruction(std::uint32_t state,
                                                                    std::string_view bytes) {
  std::uint64_t wide = state;
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    wide = __builtin_ia32_crc32di(wide, word);
    bytes.remove_prefix(8);
  }
  state = static_cast<std::uint32_t>(wide);
  for (const char byte : bytes) {
    state = __builtin_ia32_crc32qi(state, static_cast<std::uint8_t>(byte));
  }
  return state;
}
#endif

}  // namespace

std::uint32_t ExtendCrc32c(std::uint32_t crc, std::string_view bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ~ExtendByInstruction(~crc, bytes);
#endif
  return ~ExtendByTable(~crc, bytes);
}

}  // namespace freshet
