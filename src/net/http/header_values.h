// The grammar inside header field values: lists, tokens, weights (RFC 9110 sections 5.6 and 12.4).
#pragma once

#include <functional>
#include <string_view>

namespace freshet::net {

bool IsToken(std::string_view text);

// Calls `visit` with each element of a comma-separated list, trimmed, until it returns false. Empty
// elements are skipped; commas inside quoted strings do not separate.
void ForEachListItem(std::string_view list, const std::function<bool(std::string_view)>& visit,
                     char separator = ',');
// Whether a comma-separated list holds this token.
bool ListHasToken(std::string_view list, std::string_view token);

// The weight that an Accept-Encoding value gives to a coding, from 0 to 1; 0 when it is not
// acceptable. "identity" is acceptable unless refused.
double EncodingWeight(std::string_view accept_encoding, std::string_view coding);

// The trace id of a traceparent (W3C Trace Context); empty when it is none.
std::string_view TraceIdOf(std::string_view traceparent);

}  // namespace freshet::net
