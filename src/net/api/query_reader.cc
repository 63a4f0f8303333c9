#include "net/api/query_reader.h"

#include <algorithm>

namespace freshet::net {

Result<QueryReader> QueryReader::Parse(std::string_view query) {
  auto parameters = ParseQuery(query);
  if (!parameters) {
    return Invalid("The query has a \"%\" without two hexadecimal digits.", kMalformedQuery);
  }
  QueryReader reader;
  reader.parameters_ = *std::move(parameters);
  return reader;
}

const std::string* QueryReader::Take(std::string_view name, const FieldPlace& place,
                                     FieldErrors& errors) {
  known_.push_back(name);
  const std::string* found = nullptr;
  for (const auto& [parameter, value] : parameters_) {
    if (parameter != name) continue;
    if (found) {
      errors.Add(place, "duplicate_parameter", "Must be given once only.");
      break;
    }
    found = &value;
  }
  return found;
}

void QueryReader::ReportUnknown(FieldErrors& errors) const {
  for (const auto& [name, value] : parameters_) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    errors.AddUnknown(FieldPlace::Parameter(name), "parameter", name, known_);
  }
}

}  // namespace freshet::net
