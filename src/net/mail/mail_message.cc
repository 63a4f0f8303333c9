#include "net/mail/mail_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "net/http/http_date.h"

namespace freshet::net {
namespace {

constexpr std::string_view kWordStart = "=?UTF-8?Q?";
constexpr std::string_view kWordEnd = "?=";
constexpr std::size_t kWordBytes = 75;  // RFC 2047 section 2
constexpr std::size_t kLocalBytes = 64;
constexpr std::size_t kAddressBytes = 254;
constexpr std::size_t kLabelBytes = 63;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsLocal(std::string_view local) {
  const auto atom = [](char c) {
    return IsAlphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").contains(c);
  };
  return !local.empty() && local.size() <= kLocalBytes && std::ranges::all_of(local, atom) &&
         local.front() != '.' && local.back() != '.' && !local.contains("..");
}

bool IsDomain(std::string_view domain) {
  for (;;) {
    const auto label = domain.substr(0, domain.find('.'));
    const auto allowed = [](char c) { return IsAlphanumeric(c) || c == '-'; };
    if (label.empty() || label.size() > kLabelBytes || !std::ranges::all_of(label, allowed) ||
        label.front() == '-' || label.back() == '-') {
      return false;
    }
    if (label.size() == domain.size()) return true;
    domain.remove_prefix(label.size() + 1);
  }
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

std::string Quoted(std::string_view character) {
  std::string quoted;
  for (const char c : character) {
    if (IsAlphanumeric(c)) {
      quoted += c;
    } else if (c == ' ') {
      quoted += '_';
    } else {
      quoted += fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
  }
  return quoted;
}

}  // namespace

std::string_view CheckMailAddress(std::string_view address) {
  const auto at = address.rfind('@');
  const bool good = address.size() <= kAddressBytes && at != std::string_view::npos &&
                    IsLocal(address.substr(0, at)) && IsDomain(address.substr(at + 1));
  return good ? std::string_view() : "must be an e-mail address, such as ana@example.org";
}

std::string EncodeHeaderText(std::string_view text) {
  std::string clean = ToValidUtf8(text);
  std::ranges::replace_if(clean, IsControl, ' ');
  const bool plain =
      std::ranges::all_of(clean, [](char c) { return c >= ' '; }) && !clean.contains("=?");
  if (plain) return clean;
  std::string encoded(kWordStart);
  std::size_t line = encoded.size();
  for (std::string_view rest = clean; !rest.empty();) {
    const auto size = Utf8CharacterSize(rest);
    const std::string quoted = Quoted(rest.substr(0, size));
    if (line + quoted.size() + kWordEnd.size() > kWordBytes) {
      encoded.append(kWordEnd).append("\r\n ").append(kWordStart);
      line = kWordStart.size();
    }
    encoded += quoted;
    line += quoted.size();
    rest.remove_prefix(size);
  }
  return encoded.append(kWordEnd);
}

std::string FormatMailDate(Timestamp time) {
  std::string date = FormatHttpDate(time);
  return date.replace(date.size() - 3, 3, "+0000");
}

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

}  // namespace freshet::net
