// The routes as a page to read.
#pragma once

#include <string>

#include "net/api/routes.h"

namespace freshet::net {

struct DocsPage {
  std::string html;  // one self-contained page, without scripts
  std::string content_security_policy;
};

// The reference: every route with its parameters, body, answers, problems and an example, and every
// type. Routes are at #get-v1-posts-id, types at #type-Post, codes at #problem-not_found.
DocsPage RenderDocsPage(const Routes& routes);

}  // namespace freshet::net
