// Serves the page beside the API.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/page_files.h"
#include "base/describe.h"
#include "net/http/message.h"

namespace freshet::app {

struct WebOptions {
  bool enabled = true;
  bool images_from_elsewhere = true;

  static constexpr auto Describe() {
    return Description("web", "The page that people read and write with.",
                       Field("enabled", &WebOptions::enabled)
                           .Doc("Whether it is served at /; without it there is the API alone."),
                       Field("images_from_elsewhere", &WebOptions::images_from_elsewhere)
                           .Doc("Whether it shows people's pictures that stand on other servers, "
                                "which so learn its readers' addresses."));
  }
};

// Answers what is no route: the page's files by their paths, and index.html for every other path
// that a browser wants to show, because the page routes by itself. Paths under /v1/ and /assets/
// are never index.html. Thread-safe.
class PageServer {
 public:
  PageServer(const WebOptions& options, std::span<const PageFile> files);

  // None: this is not for the page to answer.
  std::optional<net::Response> Answer(const net::Request& request) const;

 private:
  using Body = std::shared_ptr<const std::string>;
  struct Representation {
    Body body;
    std::string tag;
  };
  struct File {
    std::string_view content_type;
    std::string_view cache_control;
    std::string_view content_security_policy;  // empty where there is nothing to run
    Representation plain;
    std::optional<Representation> gzip;
  };

  std::string_view PolicyOf(const PageFile& packed) const;
  net::Response Represent(const File& file, const net::Request& request) const;

  const std::string content_security_policy_;
  std::unordered_map<std::string_view, File> files_;
  const File* index_ = nullptr;
};

}  // namespace freshet::app
