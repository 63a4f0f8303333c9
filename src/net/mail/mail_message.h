// What is written into a mail's head (RFC 5322).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace freshet::net {

// A mail to one reader, as plain text and as HTML that says the same.
struct MailMessage {
  std::string to = {};  // an address that CheckMailAddress lets pass
  std::string subject = {};
  std::string text = {};
  std::string html = {};
  std::string id = {};  // what stands before the @ of Message-ID: the same for a mail sent again
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones, in ASCII
};

// What is wrong with an address (RFC 5321's Mailbox without quoted local parts and address
// literals, in ASCII), or an empty text.
std::string_view CheckMailAddress(std::string_view address);

// An unstructured header field's value: ASCII as it is, other texts as encoded words (RFC 2047);
// control characters become spaces.
std::string EncodeHeaderText(std::string_view text);

// "Fri, 21 Nov 1997 09:55:06 +0000".
std::string FormatMailDate(Timestamp time);

// Whatever a text holds, as text in HTML.
std::string EscapeHtml(std::string_view text);

}  // namespace freshet::net
