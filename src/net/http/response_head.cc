#include "net/http/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "net/http/cors.h"
#include "net/http/header_values.h"
#include "net/http/status.h"

namespace freshet::net {
namespace {

void AppendNumber(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// Fields that the server alone decides on.
bool IsReserved(std::string_view name) {
  switch (name.size()) {
    case 4: return EqualsIgnoringCase(name, "Date");
    case 10: return EqualsIgnoringCase(name, "Connection");
    case 12: return EqualsIgnoringCase(name, "X-Request-Id");
    case 14: return EqualsIgnoringCase(name, "Content-Length");
    case 17: return EqualsIgnoringCase(name, "Transfer-Encoding");
    default: return false;
  }
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  const auto start = static_cast<std::ptrdiff_t>(out.size());
  out += value;
  const auto control = [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f;
  };
  std::replace_if(out.begin() + start, out.end(), control, ' ');
  out += "\r\n";
}

void AppendFraming(std::string& out, const Exchange& exchange, const Framing& framing) {
  switch (framing.kind) {
    case Framing::Kind::kLength:
      out += "Content-Length: ";
      AppendNumber(out, framing.length);
      out += "\r\n";
      break;
    case Framing::Kind::kChunked: out += "Transfer-Encoding: chunked\r\n"; break;
    case Framing::Kind::kNone:
    case Framing::Kind::kUntilClose: break;
  }
  if (!exchange.keep_alive) {
    out += "Connection: close\r\n";
  } else if (!exchange.http11) {
    out += "Connection: keep-alive\r\n";
  }
}

}  // namespace

void AppendHead(std::string& out, const Response& response, const Exchange& exchange,
                const Framing& framing, std::string_view http_date) {
  out += "HTTP/1.1 ";
  const auto line = StatusLine(response.status);
  if (line.empty()) {
    AppendNumber(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
  } else {
    out += line;
  }
  out += "\r\nDate: ";
  out += http_date;
  out += "\r\n";
  AppendFraming(out, exchange, framing);
  AppendField(out, "X-Request-Id", exchange.request_id);
  for (const auto& [name, value] : response.headers) {
    if (!IsReserved(name) && IsToken(name)) AppendField(out, name, value);
  }
  if (!exchange.allowed_origin.empty()) {
    AppendField(out, "Access-Control-Allow-Origin", exchange.allowed_origin);
    AppendField(out, "Access-Control-Expose-Headers", kExposedHeaders);
  }
  if (exchange.origin_matters) out += "Vary: Origin\r\n";
  out += "\r\n";
}

}  // namespace freshet::net
