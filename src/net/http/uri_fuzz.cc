// Percent-decoding, queries, and the small grammars inside header fields.
#include <cstdlib>
#include <string>

#include "net/http/byte_range.h"
#include "net/http/client_address.h"
#include "net/http/header_values.h"
#include "net/http/http_date.h"
#include "net/http/uri.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace freshet::net;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto encoded = PercentEncode(text);
  if (PercentDecode(encoded).value_or("?") != text) std::abort();
  if (const auto decoded = PercentDecode(text); decoded && decoded->size() > size) std::abort();
  if (const auto query = ParseQuery(text)) {
    std::string again;
    for (const auto& [name, value] : *query)
      again += (again.empty() ? "" : "&") + PercentEncode(name) + '=' + PercentEncode(value);
    if (ParseQuery(again).value_or(QueryParameters{{"?", "?"}}) != *query) std::abort();
  }
  ByteRange range;
  if (ParseRange(text, 1'000, range) == RangeVerdict::kPart &&
      (range.length == 0 || range.first + range.length > 1'000))
    std::abort();
  const double weight = EncodingWeight(text, "gzip");
  if (!(weight >= 0 && weight <= 1)) std::abort();
  // A leap second at the end of the year 9999 is in a year that has no form.
  if (const auto date = ParseHttpDate(text);
      date && ParseHttpDate(FormatHttpDate(*date)).value_or(*date) != *date)
    std::abort();
  HeaderFields fields;
  fields.Add("Forwarded", text);
  fields.Add("X-Forwarded-For", text);
  const auto proxies = TrustedProxies::Parse({"10.0.0.0/8"});
  for (const auto header : {ProxyHeader::kForwarded, ProxyHeader::kXForwarded}) {
    const auto client =
        FindClient(fields, *proxies, header, {.address = "10.0.0.1", .secure = false});
    if (!ParseAddress(client.address)) std::abort();
  }
  return 0;
}
