// The header fields by which a client says what it can use, has already, or wants next.
#pragma once

#include <string>
#include <string_view>

namespace freshet::net {

// Whether an Accept header field value admits this media type (RFC 9110 section 12.5.1). An empty
// one admits everything.
bool Accepts(std::string_view accept, std::string_view media_type);

// A strong entity tag by content: equal bodies have equal tags, in every process and release.
std::string EntityTagOf(std::string_view body);

// Whether an If-None-Match header field value names `etag` (by weak comparison, section 13.1.2).
bool NamesEntityTag(std::string_view if_none_match, std::string_view etag);

// A Link header field value: the same path and query with another cursor, as the next page.
std::string NextPageLink(std::string_view path, std::string_view query, std::string_view cursor);

}  // namespace freshet::net
