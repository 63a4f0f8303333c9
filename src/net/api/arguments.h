// What a handler may ask for besides its caller and the parameters of its path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/describe.h"

namespace freshet::net {

// The request's JSON body, read and valid.
template <Described T>
struct Body {
  T value;
};

// The request's body as it came, for what is not JSON.
struct RawBody {
  std::string bytes;
  std::string content_type;  // as sent; may be empty
};

// The parameters of the query string, read and valid. A handler that takes more than one Query sees
// the parameters of all of them in each its own.
template <Described T>
struct Query {
  T value;
};

// The If-Match header field of an edit (RFC 9110 section 13.1.1).
struct IfMatch {
  std::string value;  // as sent; empty when there is none

  // Whether the edit may go on when the stored thing's tag is `etag` (see EntityTagOf). If not,
  // fail with kConflict and code "precondition_failed". A tag that is marked weak counts too: ours
  // follow the content alone, and the mark says only that the answer was compressed on its way.
  bool Allows(std::string_view etag) const;
};

// Which part of a list: the query parameters of every route that answers with a Page.
struct PageQuery {
  std::int32_t limit = 20;
  std::optional<std::string> cursor;

  static constexpr auto Describe() {
    return Description(
        "PageQuery", "Which part of a list.",
        Field("limit", &PageQuery::limit).Range(1, 100).Defaulted().Doc("How many items at most."),
        Field("cursor", &PageQuery::cursor)
            .Length(1, 512)
            .Doc("`next` of the page before; absent for the first page."));
  }
};

}  // namespace freshet::net
