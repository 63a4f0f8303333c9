// Serves the files below one folder.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/blocking_pool.h"
#include "base/result.h"
#include "net/http/message.h"

namespace freshet::net {

struct StaticFilesOptions {
  std::string root;                  // the folder
  std::string index = "index.html";  // what a folder's own path shows; empty for nothing
  // The file that stands in for one that does not exist, where the path has no ending like ".js":
  // the page of an application that routes in the browser. Empty for 404.
  std::string fallback;

  struct CacheRule {
    std::string prefix;         // of the relative path
    std::string cache_control;  // the value of Cache-Control
  };
  std::vector<CacheRule> cache_rules;      // the first that fits
  std::string cache_control = "no-cache";  // where none fits: keep, but ask each time
};

// Thread-safe. Looks at the folder for every request, on a pool's threads, so replaced files show
// at once.
class StaticFiles {
 public:
  // Renders an error in the program's own format; called from any thread.
  using Refusal =
      std::function<Response(int status, std::string_view detail, std::string_view request_id)>;

  // Errors: kNotFound (the root is no folder).
  static Result<StaticFiles> Open(StaticFilesOptions options, Refusal refuse, BlockingPool& pool);

  // `relative_path` is the path below the prefix of the route, percent-encoded, with or without a
  // slash before it. Answers GET and HEAD (others 405); conditional requests; one range (of several
  // the whole is sent); "name.br" or "name.gz" instead of "name" where they exist and the client
  // takes them. Dotfiles, and links that lead out of the folder, do not exist. 503 when the pool
  // has too much to do.
  Awaitable<Response> Serve(const Request& request, std::string relative_path) const;

 private:
  struct Found;
  StaticFiles(StaticFilesOptions options, Refusal refuse, BlockingPool& pool);

  Response ServeBlocking(const Request& request, std::string_view relative_path) const;
  Result<Found> Look(const std::string& relative) const;
  // The precompressed sibling that the client likes best, if any.
  void Precompressed(const Request& request, const std::string& relative, Found& found,
                     HeaderFields& headers) const;
  std::string_view CacheControl(std::string_view relative) const;

  StaticFilesOptions options_;
  std::string root_;  // without links
  Refusal refuse_;
  BlockingPool& pool_;
};

}  // namespace freshet::net
