// Whatever bytes come as a cursor: they are refused, unless the codec itself would write them.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "net/api/cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace freshet;
  const net::CursorCodec codec(Secret("a key that is long enough"));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto values = codec.Decode("posts", text)) {
    if (codec.Encode("posts", *values) != text) std::abort();
  }
  // What the bytes spell as values survives the journey.
  std::vector<std::uint64_t> values(std::min(size / 8, net::CursorCodec::kMostValues));
  if (!values.empty()) std::memcpy(values.data(), data, values.size() * 8);
  if (codec.Decode("posts", codec.Encode("posts", values)) != values) std::abort();
  return 0;
}
