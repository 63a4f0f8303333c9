// Numbers in byte strings, as the counters' formats have them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace freshet::stores {

// Little endian, as many bytes as T has.
template <class T>
void PutNumber(std::string& to, T number) {
  using Bits = std::make_unsigned_t<T>;
  auto bits = static_cast<Bits>(number);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    to += static_cast<char>(bits & 0xff);
    bits = static_cast<Bits>(bits >> 7 >> 1);
  }
}

// LEB128: seven bits a byte, the lowest first; the eighth says that more follow.
inline void PutVarint(std::string& to, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) to += static_cast<char>(number | 0x80);
  to += static_cast<char>(number);
}

// Takes numbers from the front of a text. After the first that is not there, everything reads as
// zero and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T Number() {
    using Bits = std::make_unsigned_t<T>;
    if (!Has(sizeof(T))) return 0;
    Bits bits = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) {
      bits = static_cast<Bits>(static_cast<Bits>(bits << 7 << 1) |
                               static_cast<unsigned char>(rest_[i]));
    }
    rest_.remove_prefix(sizeof(T));
    return static_cast<T>(bits);
  }
  std::uint64_t Varint() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64 && Has(1); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return number;
    }
    Fail();
    return 0;
  }
  std::string_view Bytes(std::size_t count) {
    if (!Has(count)) return {};
    const auto bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  std::size_t left() const { return rest_.size(); }
  bool ok() const { return ok_; }

 private:
  bool Has(std::size_t count) {
    if (rest_.size() >= count && ok_) return true;
    Fail();
    return false;
  }
  void Fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace freshet::stores
