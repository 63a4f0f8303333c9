#include "net/api/argument_reader.h"

#include "base/text.h"

namespace freshet::net::internal {
namespace {

bool IsJsonType(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  const std::string_view type = Trimmed(content_type.substr(0, semicolon));
  if (!EqualsIgnoringCase(type, "application/json") &&
      !EqualsIgnoringCase(type, "application/merge-patch+json")) {
    return false;
  }
  if (semicolon == std::string_view::npos) return true;
  const std::string_view parameter = Trimmed(content_type.substr(semicolon + 1));
  return parameter.empty() || EqualsIgnoringCase(parameter, "charset=utf-8") ||
         EqualsIgnoringCase(parameter, "charset=\"utf-8\"");
}

bool IsEmptyBody(std::string_view body) {
  const std::string_view text = Trimmed(body);
  return text.empty() || text == "{}";
}

}  // namespace

Result<> ExpectJson(const Request& request) {
  if (IsJsonType(request.headers.Get("Content-Type"))) return {};
  return Invalid("Send the body as JSON, with Content-Type: application/json.",
                 "unsupported_media_type");
}

bool ArgumentReader::OpenQuery() {
  if (query_) return true;
  auto query = QueryReader::Parse(call_.request.query);
  if (!query) return Refuse(std::unexpected(std::move(query).error())), false;
  query_ = *std::move(query);
  return true;
}

Result<> ArgumentReader::Finish() {
  if (!call_.request.query.empty() && OpenQuery()) query_->ReportUnknown(errors_);
  if (!call_.route.takes_body() && !IsEmptyBody(call_.request.body)) {
    errors_.Add(FieldPlace(), "unexpected_body", "This route takes no body.");
  }
  if (!refused_) return std::move(refused_);
  if (!errors_.empty()) return std::move(errors_).Take();
  return {};
}

}  // namespace freshet::net::internal
