// Where links in mails lead: a page that says one thing and asks with one button whether to do it.
// Programs that fetch every link of a mail must not do what the link is for.
#pragma once

#include <string_view>

#include "net/api/answers.h"

namespace freshet::net {

// `title` and `message` are text, not HTML. Where there is a `button`, it posts to the page's own
// address.
RawResponse FormPage(int status, std::string_view title, std::string_view message,
                     std::string_view button = {});

}  // namespace freshet::net
