#include "net/http/chunked_decoder.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "net/http/header_values.h"

namespace freshet::net {
namespace {

bool HasControl(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f; });
}

}  // namespace

ChunkedDecoder::Status ChunkedDecoder::TakeLine(std::string_view& bytes, std::size_t limit,
                                                std::string_view& line) const {
  const auto feed = bytes.find('\n');
  if (std::min(feed, bytes.size()) > limit) return Status::kLineTooLong;
  if (feed == std::string_view::npos) return Status::kNeedBytes;
  if (feed == 0 || bytes[feed - 1] != '\r') return Status::kMalformed;
  line = bytes.substr(0, feed - 1);
  bytes.remove_prefix(feed + 1);
  return HasControl(line) ? Status::kMalformed : Status::kDone;
}

ChunkedDecoder::Status ChunkedDecoder::BeginChunk(std::string_view line, std::size_t body_room) {
  const char* last = line.data() + line.size();
  const auto [end, error] = std::from_chars(line.data(), last, left_, 16);
  const auto rest = Trimmed({end, last});
  if (error != std::errc() || !(rest.empty() || rest.starts_with(';'))) return Status::kMalformed;
  if (left_ > body_room) return Status::kBodyTooLong;
  state_ = left_ == 0 ? State::kTrailer : State::kData;
  return Status::kDone;
}

ChunkedDecoder::Status ChunkedDecoder::Decode(std::string_view& bytes, std::string& body,
                                              const Limits& limits) {
  for (;;) {
    std::string_view line;
    switch (state_) {
      case State::kHead: {
        Status status = TakeLine(bytes, limits.line, line);
        if (status == Status::kDone) status = BeginChunk(line, limits.body - body.size());
        if (status != Status::kDone) return status;
        break;
      }
      case State::kData: {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
        body.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
        left_ -= size;
        if (left_ > 0) return Status::kNeedBytes;
        state_ = State::kDataEnd;
        break;
      }
      case State::kDataEnd:
        if (bytes.size() < 2) return Status::kNeedBytes;
        if (!bytes.starts_with("\r\n")) return Status::kMalformed;
        bytes.remove_prefix(2);
        state_ = State::kHead;
        break;
      case State::kTrailer: {
        const Status status = TakeLine(bytes, limits.line - trailer_, line);
        if (status != Status::kDone || line.empty()) return status;
        if (!IsToken(line.substr(0, line.find(':'))) || !line.contains(':'))
          return Status::kMalformed;
        trailer_ += std::min(line.size() + 2, limits.line - trailer_);
        break;
      }
    }
  }
}

}  // namespace freshet::net
