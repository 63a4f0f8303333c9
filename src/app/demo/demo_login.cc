#include "app/demo/demo_login.h"

#include <fmt/format.h>

#include <filesystem>

namespace freshet::app {
namespace {

constexpr std::string_view kMark = "demo";

constexpr std::string_view kGreeting = R"text(
This is the demo world; sign in as {1} with the password {2}, on the page or by hand:

  TOKEN=$(curl -s {0}/v1/sessions -H 'Content-Type: application/json' \
    -d '{{"username":"{1}","password":"{2}"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s '{0}/v1/feed?limit=3' -H "Authorization: Bearer $TOKEN"
  curl -s {0}/v1/posts -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    -d '{{"text":"Hello #rivers"}}'

)text";

}  // namespace

Result<> MarkAsDemo(const DataFolder& folder) {
  return ReplaceFile(folder.path() / kMark, "This folder holds the demo world.\n");
}

bool IsDemo(const std::filesystem::path& folder) { return std::filesystem::exists(folder / kMark); }

std::string DemoGreeting(const DataFolder& folder, std::string_view url) {
  if (!IsDemo(folder.path())) return {};
  return fmt::format(kGreeting, url, kDemoUsername, kDemoPassword);
}

}  // namespace freshet::app
