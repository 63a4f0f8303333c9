// Query strings to values, as strictly as JSON is read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/result.h"
#include "net/api/text_value.h"
#include "net/http/uri.h"
#include "net/json/field_errors.h"

namespace freshet::net {

inline constexpr std::string_view kMalformedQuery = "malformed_query";

// Every parameter belongs to a field of one of the structs that are read, and is given once.
class QueryReader {
 public:
  // Errors: kInvalid with code kMalformedQuery.
  static Result<QueryReader> Parse(std::string_view query);

  template <Described T>
  void Read(T& out, FieldErrors& errors) {
    ForEachField<T>([&](const auto& field) {
      auto& member = out.*(field.member);
      const FieldPlace place = FieldPlace::Parameter(field.name);
      const std::string* const text = Take(field.name, place, errors);
      if (!text) {
        const bool needed =
            field.rules.required && !kIsOptional<std::remove_cvref_t<decltype(member)>>;
        if (needed) errors.Add(place, "required", "Must be given.");
        return;
      }
      if (!ReadTextValue(*text, member, {field.rules, place, errors}) || !field.check) return;
      const std::string_view wrong = field.check(member);
      if (!wrong.empty()) errors.Add(place, "invalid", std::string(wrong));
    });
  }
  // Reports what no Read asked for; call it last.
  void ReportUnknown(FieldErrors& errors) const;

 private:
  // The parameter of this name, or null; reports it when it is given more than once.
  const std::string* Take(std::string_view name, const FieldPlace& place, FieldErrors& errors);

  QueryParameters parameters_;
  std::vector<std::string_view> known_;
};

}  // namespace freshet::net
