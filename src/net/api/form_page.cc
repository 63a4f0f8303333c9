#include "net/api/form_page.h"

#include <fmt/format.h>

namespace freshet::net {
namespace {

constexpr std::string_view kPage = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{0}</title>
<h1>{0}</h1>
<p>{1}</p>
{2}
</html>
)";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

}  // namespace

RawResponse FormPage(int status, std::string_view title, std::string_view message,
                     std::string_view button) {
  RawResponse answer;
  answer.response.status = status;
  auto& headers = answer.response.headers;
  headers.Add("Content-Type", "text/html; charset=utf-8");
  headers.Add("Content-Security-Policy",
              "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
  headers.Add("Referrer-Policy", "no-referrer");  // the address is the secret
  headers.Add("Cache-Control", "no-store");
  const std::string form =
      button.empty()
          ? std::string()
          : fmt::format("<form method=\"post\"><button>{}</button></form>", Escaped(button));
  answer.response.body = fmt::format(kPage, Escaped(title), Escaped(message), form);
  return answer;
}

}  // namespace freshet::net
