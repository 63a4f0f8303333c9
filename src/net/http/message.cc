#include "net/http/message.h"

#include <algorithm>

#include "base/text.h"

namespace freshet::net {

std::string_view HeaderFields::Get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (EqualsIgnoringCase(field, name)) return value;
  }
  return {};
}

bool HeaderFields::Has(std::string_view name) const {
  return std::ranges::any_of(
      fields_, [&](const auto& field) { return EqualsIgnoringCase(field.first, name); });
}

void HeaderFields::Set(std::string_view name, std::string_view value) {
  std::string copy(value);  // `value` may be one of those that are about to go
  std::erase_if(fields_, [&](const auto& field) { return EqualsIgnoringCase(field.first, name); });
  fields_.emplace_back(name, std::move(copy));
}

std::string_view Name(Method method) {
  switch (method) {
    case Method::kGet: return "GET";
    case Method::kHead: return "HEAD";
    case Method::kPost: return "POST";
    case Method::kPut: return "PUT";
    case Method::kPatch: return "PATCH";
    case Method::kDelete: return "DELETE";
    case Method::kOptions: return "OPTIONS";
  }
  return "";
}

}  // namespace freshet::net
