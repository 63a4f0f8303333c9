// The head of an answer as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http/message.h"

namespace freshet::net {

// What of a request shapes its answer.
struct Exchange {
  Method method = Method::kGet;
  bool http11 = true;
  bool keep_alive = true;
  bool accepts_gzip = false;
  std::string request_id;
  std::string allowed_origin;   // for Access-Control-Allow-Origin
  bool origin_matters = false;  // whether other origins get another answer
};

// How the receiver finds the end of the body.
struct Framing {
  enum class Kind { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;
};

// Appends status line and fields to `out`. The server's own fields (Date, Content-Length,
// Transfer-Encoding, Connection, X-Request-Id, Access-Control-*) stand instead of any of these in
// `response`; control characters in values become spaces. `http_date` is for the Date field.
void AppendHead(std::string& out, const Response& response, const Exchange& exchange,
                const Framing& framing, std::string_view http_date);

}  // namespace freshet::net
