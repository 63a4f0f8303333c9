#include "net/api/negotiation.h"

#include <xxhash.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/text.h"
#include "net/http/header_values.h"
#include "net/http/uri.h"

namespace freshet::net {
namespace {

// The q parameter of one element of Accept, from 0 to 1.
double WeightOf(std::string_view parameters) {
  double weight = 1;
  ForEachListItem(
      parameters,
      [&](std::string_view parameter) {
        if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') ||
            parameter[1] != '=') {
          return true;
        }
        const auto value = parameter.substr(2);
        const auto end = value.data() + value.size();
        if (std::from_chars(value.data(), end, weight).ec != std::errc()) weight = 0;
        return false;
      },
      ';');
  return weight;
}

// How closely a media range names a type: 3 exactly, 2 "application/*", 1 "*/*", 0 not at all.
int Closeness(std::string_view range, std::string_view media_type) {
  if (EqualsIgnoringCase(range, media_type)) return 3;
  if (range == "*/*") return 1;
  const std::string_view group = media_type.substr(0, media_type.find('/') + 1);
  return range.ends_with("/*") && EqualsIgnoringCase(range.substr(0, range.size() - 1), group) ? 2
                                                                                               : 0;
}

// Leaves what may stand in a URI reference as it is.
void AppendUriText(std::string& out, std::string_view text) {
  constexpr std::string_view kExcluded = "<>\"\\^`{|}";
  for (const char c : text) {
    if (c > ' ' && c < 0x7f && kExcluded.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += PercentEncode({&c, 1});
    }
  }
}

}  // namespace

bool Accepts(std::string_view accept, std::string_view media_type) {
  if (Trimmed(accept).empty()) return true;
  int closest = 0;
  double weight = 0;
  ForEachListItem(accept, [&](std::string_view item) {
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const int closeness = Closeness(Trimmed(item.substr(0, semicolon)), media_type);
    if (closeness > closest) {
      closest = closeness;
      weight = WeightOf(item.substr(std::min(semicolon + 1, item.size())));
    }
    return true;
  });
  return closest > 0 && weight > 0;
}

// The content is our own, so nobody gains by making two that have the same tag: what counts is
// time.
std::string EntityTagOf(std::string_view body) {
  XXH128_canonical_t digest;
  XXH128_canonicalFromHash(&digest, XXH3_128bits(body.data(), body.size()));
  return '"' + EncodeBase64Url({reinterpret_cast<const char*>(digest.digest), sizeof digest}) + '"';
}

bool NamesEntityTag(std::string_view if_none_match, std::string_view etag) {
  if (Trimmed(if_none_match) == "*") return true;
  bool found = false;
  ForEachListItem(if_none_match, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    found = tag == etag;
    return !found;
  });
  return found;
}

std::string NextPageLink(std::string_view path, std::string_view query, std::string_view cursor) {
  std::string link = "<";
  AppendUriText(link, path);
  link += '?';
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto name = PercentDecode(pair.substr(0, pair.find('=')));
    if (pair.empty() || (name && *name == "cursor")) continue;
    AppendUriText(link, pair);
    link += '&';
  }
  return link + "cursor=" + PercentEncode(cursor) + ">; rel=\"next\"";
}

}  // namespace freshet::net
