#include "net/api/scope.h"

#include <algorithm>

namespace freshet::net {

Scopes Scopes::Parse(std::string_view text) {
  Scopes scopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (const auto scope = EnumNamed<Scope>(text.substr(0, end))) scopes.Add(*scope);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

std::string Scopes::ToString() const {
  std::string text;
  for (const auto& [scope, name] : Enumerators<Scope>::kNames) {
    if (scope == Scope::kPublic || !Has(scope)) continue;
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

}  // namespace freshet::net
