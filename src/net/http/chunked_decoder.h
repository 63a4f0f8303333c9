// The chunked transfer coding (RFC 9112 section 7.1), read strictly: what one reader takes for data
// and another for the next request is how requests are smuggled.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace freshet::net {

class ChunkedDecoder {
 public:
  enum class Status { kNeedBytes, kDone, kMalformed, kBodyTooLong, kLineTooLong };

  struct Limits {
    std::size_t body = 0;
    std::size_t line = 0;  // a chunk's head with its extensions; all of the trailer
  };

  // Consumes `bytes` as far as they reach and appends the data to `body`. What remains of `bytes`
  // must be there again at the next call. Extensions and trailer fields are dropped.
  Status Decode(std::string_view& bytes, std::string& body, const Limits& limits);

 private:
  enum class State { kHead, kData, kDataEnd, kTrailer };
  // The next line without its CRLF.
  Status TakeLine(std::string_view& bytes, std::size_t limit, std::string_view& line) const;
  Status BeginChunk(std::string_view line, std::size_t body_room);

  State state_ = State::kHead;
  std::uint64_t left_ = 0;  // of the chunk's data
  std::size_t trailer_ = 0;
};

}  // namespace freshet::net
