#include "net/http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"

namespace freshet::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kFirstCapacity = 2'048;
constexpr std::size_t kLeastRoom = 1'024;
constexpr std::size_t kBodyCapacity = 65'536;
constexpr std::size_t kKeptCapacity = 16'384;
constexpr std::size_t kUsualFields = 12;
constexpr std::uint64_t kFirstBodyReserve = 262'144;

std::optional<Method> KnownMethod(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::kGet;
    case http::verb::head: return Method::kHead;
    case http::verb::post: return Method::kPost;
    case http::verb::put: return Method::kPut;
    case http::verb::patch: return Method::kPatch;
    case http::verb::delete_: return Method::kDelete;
    case http::verb::options: return Method::kOptions;
    default: return std::nullopt;
  }
}

// The characters of host and port (RFC 3986 section 3.2.2), without userinfo.
bool IsHost(std::string_view host) {
  return std::ranges::all_of(host, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~%!$&'()*+;=:[]").contains(c);
  });
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= 19 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

// Beast knows the grammar of the head; this stores what it finds where it is wanted.
struct RequestReader::Parser {
  class Head final : public http::basic_parser<true> {
   public:
    explicit Head(RequestReader& reader) : reader_(reader) {
      eager(true);
      skip(true);                                              // the body is read here
      header_limit(std::numeric_limits<std::int32_t>::max());  // FindHead has seen to it
      body_limit(boost::none);
      reader_.incoming_.request.headers.Reserve(kUsualFields);
    }

   private:
    using string_view = boost::beast::string_view;

    void on_request_impl(http::verb verb, string_view, string_view target, int version,
                         error_code& ec) override {
      reader_.incoming_.http11 = version == 11;
      const auto method = KnownMethod(verb);
      if (method) {
        reader_.incoming_.request.method = *method;
        reader_.CheckTarget(target);
      } else {
        reader_.Refuse(501, RefusedReason::kMethod, "this method is not supported");
      }
      if (reader_.refusal_.status != 0) ec = http::error::bad_target;
    }
    void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
      reader_.incoming_.request.headers.Add(name, value);
    }
    void on_header_impl(error_code&) override {
      reader_.incoming_.keep_alive = keep_alive();
      reader_.incoming_.upgrade = upgrade();
    }
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    RequestReader& reader_;
  };

  std::optional<Head> head;
};

RequestReader::RequestReader(HttpService& service)
    : service_(service), parser_(std::make_unique<Parser>()) {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::Room() {
  const std::size_t wanted =
      body_left_ > kLeastRoom
          ? static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, kBodyCapacity))
          : kLeastRoom;
  if (capacity_ - end_ < wanted) {
    const std::size_t used = end_ - begin_;
    if (capacity_ < used + wanted) {
      capacity_ = std::max({kFirstCapacity, capacity_ * 2, used + wanted});
      auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
      if (used > 0) std::memcpy(larger.get(), bytes_.get() + begin_, used);
      bytes_ = std::move(larger);
    } else if (used > 0) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, used);
    }
    scanned_ -= std::min(begin_, scanned_);
    line_start_ -= std::min(begin_, line_start_);
    begin_ = 0;
    end_ = used;
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

RequestReader::Step RequestReader::Advance(std::size_t header_limit) {
  if (refusal_.status != 0) return Step::kRefused;
  if (!head_done_) {
    if (const Step step = FindHead(header_limit); step != Step::kRequest) return step;
    if (ParseHead() == Step::kRefused) return Step::kRefused;
  }
  return chunked_ ? ReadChunks(header_limit) : ReadBody();
}

RequestReader::Step RequestReader::FindHead(std::size_t header_limit) {
  const char* data = bytes_.get();
  while (scanned_ < end_) {
    const auto* feed =
        static_cast<const char*>(std::memchr(data + scanned_, '\n', end_ - scanned_));
    if (feed == nullptr) {
      scanned_ = end_;
      break;
    }
    const auto at = static_cast<std::size_t>(feed - data);
    scanned_ = at + 1;
    if (at == line_start_ || data[at - 1] != '\r')
      return Refuse(400, RefusedReason::kMalformed, "a line feed without a carriage return");
    if (at - line_start_ == 1) {
      if (request_line_) break;
      if (begin_ != line_start_)
        return Refuse(400, RefusedReason::kMalformed, "empty lines before the request");
      line_start_ = at + 1;  // one is allowed (RFC 9112 section 2.2)
      continue;
    }
    if (request_line_ && (data[line_start_] == ' ' || data[line_start_] == '\t'))
      return Refuse(400, RefusedReason::kMalformed, "a folded header field");
    request_line_ = true;
    line_start_ = at + 1;
  }
  const bool found = request_line_ && scanned_ - line_start_ == 2 && data[scanned_ - 1] == '\n';
  const std::string_view head(data + begin_, (found ? scanned_ : end_) - begin_);
  if (head.size() > header_limit) {
    return head.find('\n') < header_limit
               ? Refuse(431, RefusedReason::kHeaderLimit, "the header is too long")
               : Refuse(414, RefusedReason::kHeaderLimit, "the target is too long");
  }
  if (!found) return Step::kNeedBytes;
  if (data[begin_] == '\r') begin_ += 2;
  return Step::kRequest;
}

RequestReader::Step RequestReader::ParseHead() {
  error_code ec;
  parser_->head.emplace(*this);
  begin_ +=
      parser_->head->put(boost::asio::const_buffer(bytes_.get() + begin_, scanned_ - begin_), ec);
  if (refusal_.status != 0) return Step::kRefused;
  if (ec == http::error::bad_version && line_version().starts_with("HTTP/"))
    return Refuse(505, RefusedReason::kVersion, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  if (ec || begin_ != scanned_)
    return Refuse(400, RefusedReason::kMalformed, "the header is malformed");
  head_done_ = true;
  CheckHead();
  if (refusal_.status != 0) return Step::kRefused;
  const Request& request = incoming_.request;
  body_limit_ = service_.Policy(request.method, request.path).body_limit;
  if (body_left_ > body_limit_)
    return Refuse(413, RefusedReason::kBodyLimit, "the body is too long");
  incoming_.request.body.reserve(static_cast<std::size_t>(std::min(body_left_, kFirstBodyReserve)));
  return Step::kRequest;
}

RequestReader::Step RequestReader::ReadBody() {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, end_ - begin_));
  incoming_.request.body.append(bytes_.get() + begin_, size);
  begin_ += size;
  body_left_ -= size;
  return body_left_ == 0 ? Step::kRequest : Step::kNeedBytes;
}

RequestReader::Step RequestReader::ReadChunks(std::size_t header_limit) {
  std::string_view bytes(bytes_.get() + begin_, end_ - begin_);
  const auto status =
      decoder_.Decode(bytes, incoming_.request.body, {.body = body_limit_, .line = header_limit});
  begin_ = end_ - bytes.size();
  switch (status) {
    case ChunkedDecoder::Status::kNeedBytes: return Step::kNeedBytes;
    case ChunkedDecoder::Status::kDone: return Step::kRequest;
    case ChunkedDecoder::Status::kMalformed: break;
    case ChunkedDecoder::Status::kBodyTooLong:
      return Refuse(413, RefusedReason::kBodyLimit, "the body is too long");
    case ChunkedDecoder::Status::kLineTooLong:
      return Refuse(431, RefusedReason::kHeaderLimit, "a chunk's head or the trailer is too long");
  }
  return Refuse(400, RefusedReason::kMalformed, "the body is malformed");
}

// What the request line has in the place of the version.
std::string_view RequestReader::line_version() const {
  const std::string_view rest(bytes_.get() + begin_, end_ - begin_);
  const auto line = rest.substr(0, rest.find("\r\n"));
  return line.substr(std::min(line.rfind(' '), line.size() - 1) + 1);
}

IncomingRequest RequestReader::Take() {
  IncomingRequest taken = std::move(incoming_);
  incoming_ = {};
  head_done_ = request_line_ = expects_continue_ = chunked_ = false;
  decoder_ = {};
  body_left_ = 0;
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (capacity_ > kKeptCapacity) {
      bytes_.reset();
      capacity_ = 0;
    }
  }
  scanned_ = line_start_ = begin_;
  return taken;
}

bool RequestReader::TakeExpectation() {
  const bool waits =
      expects_continue_ && head_done_ && begin_ == end_ && incoming_.request.body.empty();
  if (waits) expects_continue_ = false;
  return waits;
}

RequestReader::Step RequestReader::Refuse(int status, RefusedReason reason,
                                          std::string_view detail) {
  if (refusal_.status == 0) refusal_ = {status, reason, detail};
  return Step::kRefused;
}

// Origin form, absolute form (which proxies send; its authority stands in for Host) and "*".
void RequestReader::CheckTarget(std::string_view target) {
  Request& request = incoming_.request;
  const bool sane = std::ranges::all_of(
      target, [](char c) { return c > ' ' && c < 0x7f && c != '#' && c != '\\'; });
  if (!sane) {
    Refuse(400, RefusedReason::kMalformed, "the target has characters that must be escaped");
    return;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() ||
        !EqualsIgnoringCase(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    authority_ = target.substr(0, target.find_first_of("/?"));
    target.remove_prefix(authority_.size());
    if (!target.starts_with('/')) {
      request.path = "/";
      if (!target.empty()) request.query = target.substr(1);
      return;
    }
  }
  const bool asterisk = target == "*" && request.method == Method::kOptions;
  if (!target.starts_with('/') && !asterisk) {
    Refuse(400, RefusedReason::kMalformed, "the target must be a path");
    return;
  }
  const auto question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  request.query = target.substr(std::min(question + 1, target.size()));
}

void RequestReader::CheckHead() {
  int hosts = 0, lengths = 0, codings = 0;
  std::string_view host, length, coding, expectation;
  for (const auto& [name, value] : incoming_.request.headers) {
    if (EqualsIgnoringCase(name, "Host")) {
      ++hosts;
      host = value;
    } else if (EqualsIgnoringCase(name, "Content-Length")) {
      ++lengths;
      length = value;
    } else if (EqualsIgnoringCase(name, "Transfer-Encoding")) {
      ++codings;
      coding = value;
    } else if (EqualsIgnoringCase(name, "Expect")) {
      expectation = value;
    }
  }
  if (hosts > 1 || (hosts == 0 && incoming_.http11) || !IsHost(host))
    Refuse(400, RefusedReason::kMalformed, "exactly one valid Host is needed");
  if (!IsHost(authority_)) Refuse(400, RefusedReason::kMalformed, "the target's host is invalid");
  if (lengths > 1 || (lengths == 1 && !IsNumber(length)))
    Refuse(400, RefusedReason::kMalformed, "Content-Length must be one number");
  if (codings > 1 || (codings == 1 && (lengths > 0 || !incoming_.http11)))
    Refuse(400, RefusedReason::kMalformed, "Transfer-Encoding contradicts the rest");
  if (codings == 1 && !EqualsIgnoringCase(coding, "chunked"))
    Refuse(501, RefusedReason::kMalformed, "the only transfer coding is chunked");
  if (refusal_.status != 0) return;
  chunked_ = codings == 1;
  if (lengths == 1) std::from_chars(length.data(), length.data() + length.size(), body_left_);
  if (!expectation.empty() && incoming_.http11) {
    const bool known = EqualsIgnoringCase(expectation, "100-continue");
    expects_continue_ = known && (chunked_ || body_left_ > 0);
    if (!known) Refuse(417, RefusedReason::kExpectation, "the only expectation is 100-continue");
  }
  // Last, because what was found above points into the fields.
  if (!authority_.empty()) incoming_.request.headers.Set("Host", std::exchange(authority_, {}));
}

}  // namespace freshet::net
