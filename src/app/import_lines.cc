#include "app/import_lines.h"

#include <algorithm>
#include <cctype>

#include "base/id.h"
#include "base/text.h"
#include "net/json/json_reader.h"
#include "services/accounts/types.h"

namespace freshet::app {
namespace {

constexpr std::string_view kSeparators = " \t,";

struct PostJson {
  std::string author;
  std::string text;
  std::optional<Timestamp> created_at;
  social::Privacy privacy = social::Privacy::kPublic;

  static constexpr auto Describe() {
    return Description("PostLine", "One post of an archive.",
                       Field("author", &PostJson::author).Length(1, accounts::kUsernameMost),
                       Field("text", &PostJson::text).Length(1, 5'000).Check(social::CheckPostText),
                       Field("created_at", &PostJson::created_at),
                       Field("privacy", &PostJson::privacy).Defaulted());
  }
};

Result<std::string> ToUsername(std::string_view label) {
  const bool digits =
      std::ranges::all_of(label, [](unsigned char c) { return std::isdigit(c) != 0; });
  std::string name = (digits ? "u" : "") + ToLower(label);
  const std::string_view wrong = accounts::CheckUsername(name);
  if (!wrong.empty()) return Invalid("a label cannot be a user name: " + std::string(wrong));
  if (name.size() < 2 || name.size() > accounts::kUsernameMost)
    return Invalid("a user name has 2 to 50 characters");
  return name;
}

}  // namespace

Result<std::optional<GraphLine>> ParseGraphLine(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
    line.remove_suffix(1);
  const auto start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos || line[start] == '#' || line[start] == '%')
    return std::nullopt;
  line.remove_prefix(start);

  const auto first_end = line.find_first_of(kSeparators);
  if (first_end == std::string_view::npos)
    return Invalid("a line holds two labels: follower and followee");
  const auto second = line.find_first_not_of(kSeparators, first_end);
  if (second == std::string_view::npos)
    return Invalid("a line holds two labels: follower and followee");
  if (line.find_first_of(kSeparators, second) != std::string_view::npos)
    return Invalid("a line holds no more than two labels");

  ASSIGN_OR_RETURN(std::string follower, ToUsername(line.substr(0, first_end)));
  ASSIGN_OR_RETURN(std::string followee, ToUsername(line.substr(second)));
  if (follower == followee) return Invalid("nobody can follow themselves");
  return GraphLine{.follower = std::move(follower), .followee = std::move(followee)};
}

Result<std::optional<PostLine>> ParsePostLine(std::string_view line, Timestamp now) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return std::nullopt;
  auto json = net::ReadJson<PostJson>(line);
  if (!json) {
    const auto& fields = json.error().fields();
    if (fields.empty()) return std::unexpected(std::move(json).error());
    return Invalid(fields.front().field + ": " + fields.front().message);
  }
  ASSIGN_OR_RETURN(std::string author, ToUsername(json->author));
  if (json->created_at) {
    if (*json->created_at > now) return Invalid("created_at is in the future");
    RETURN_IF_ERROR(FirstIdAt(*json->created_at));
  }
  return PostLine{.author = std::move(author),
                  .text = std::move(json->text),
                  .created_at = json->created_at,
                  .privacy = json->privacy};
}

}  // namespace freshet::app
