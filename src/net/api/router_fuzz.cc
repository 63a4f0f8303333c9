// Whatever target comes: it is cut, decoded and matched without harm, its query is read or refused,
// and what takes the rest of a path never leads out of a folder.
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/api/negotiation.h"
#include "net/api/query_reader.h"
#include "net/api/router.h"
#include "net/api/routes.h"
#include "net/json/testing/sample.h"

namespace {

using namespace freshet;
using namespace freshet::net;

Routes MakeRoutes() {
  Routes routes;
  const auto get = [&](PathTemplate path) {
    return routes.Get(path, Scope::kPublic, RateClass::kNone);
  };
  get("/v1/posts/{id}").Handle([](const Caller&, PostId) -> Awaitable<Result<NoContent>> {
    co_return NoContent();
  });
  get("/v1/posts/mine").Handle([](const Caller&) -> Awaitable<Result<NoContent>> {
    co_return NoContent();
  });
  get("/v1/{privacy}/{name}/posts")
      .Handle([](const Caller&, testing::Privacy, std::string) -> Awaitable<Result<NoContent>> {
        co_return NoContent();
      });
  get("/media/{path...}").Handle([](const Caller&, std::string) -> Awaitable<Result<NoContent>> {
    co_return NoContent();
  });
  return routes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  static const Routes routes = MakeRoutes();
  static const Router router(routes.All());
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));

  const PathSegments segments(path);
  const RouteMatch match = router.Find(Method::kGet, segments);
  if (match.route && match.route->info.path.text() == "/media/{path...}") {
    const std::string_view rest = match.path_values().front();
    if (rest.empty() || ("/" + std::string(rest) + "/").find("/../") != std::string::npos) {
      std::abort();
    }
  }
  if (auto reader = QueryReader::Parse(query)) {
    PageQuery page;
    FieldErrors errors;
    reader->Read(page, errors);
    reader->ReportUnknown(errors);
    if (errors.empty() && (page.limit < 1 || page.limit > 100)) std::abort();
  }
  const std::string link = NextPageLink(path, query, "x");
  if (link.find('>') != link.rfind('>') || link.find_first_of("\r\n") != link.npos) std::abort();
  return 0;
}
