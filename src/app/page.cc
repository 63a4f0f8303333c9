#include "app/page.h"

#include <fmt/format.h>

#include <stdexcept>

#include "net/api/negotiation.h"
#include "net/http/compression.h"
#include "net/http/header_values.h"

namespace freshet::app {
namespace {

using net::Method;
using net::Request;
using net::Response;

constexpr std::string_view kIndex = "/index.html";
constexpr std::string_view kWorker = "/sw.js";
constexpr std::string_view kAssets = "/assets/";
// Names under /assets/ carry a hash of their content.
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "no-cache";

// Nothing from elsewhere but pictures, nothing inline, and no text that becomes script but the
// address of the service worker (web/src/core/worker.ts).
std::string ContentSecurityPolicy(const WebOptions& options) {
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{}; "
      "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
      "require-trusted-types-for 'script'; trusted-types freshet-worker",
      options.images_from_elsewhere ? " https:" : "");
}

// A worker has a policy of its own; it only asks this very server.
constexpr std::string_view kWorkerPolicy =
    "default-src 'none'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

constexpr std::string_view kPermissionsPolicy =
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(self), geolocation=(self), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), publickey-credentials-get=(self), usb=()";

bool IsHtml(std::string_view content_type) { return content_type.starts_with("text/html"); }

// Programs that take anything do not mean a page.
bool WantsHtml(const Request& request) {
  bool wants = false;
  net::ForEachListItem(request.headers.Get("Accept"), [&](std::string_view item) {
    wants = item.starts_with("text/html");
    return !wants;
  });
  return wants;
}

// A last segment with a dot is the name of a file that is not there, as long as it is no person's:
// /@ana.b stays the page's.
bool NamesAFile(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.contains('.') && !name.starts_with('@');
}

bool IsTheApis(std::string_view path) { return path == "/v1" || path.starts_with("/v1/"); }

}  // namespace

PageServer::PageServer(const WebOptions& options, std::span<const PageFile> files)
    : content_security_policy_(ContentSecurityPolicy(options)) {
  const auto body = [](std::string_view text) { return std::make_shared<const std::string>(text); };
  for (const PageFile& packed : files) {
    File file{.content_type = packed.content_type,
              .cache_control = packed.path.starts_with(kAssets) ? kForEver : kAskAgain,
              .content_security_policy = PolicyOf(packed),
              .plain = {body(packed.content), fmt::format("\"{}\"", packed.tag)},
              .gzip = {}};
    if (!packed.gzip.empty()) {
      file.gzip = Representation{body(packed.gzip), fmt::format("\"{}-gzip\"", packed.tag)};
    }
    files_.emplace(packed.path, std::move(file));
  }
  const auto index = files_.find(kIndex);
  if (index == files_.end()) throw std::logic_error("the page has no index.html");
  index_ = &index->second;
}

std::string_view PageServer::PolicyOf(const PageFile& packed) const {
  if (packed.path == kWorker) return kWorkerPolicy;
  return IsHtml(packed.content_type) ? content_security_policy_ : std::string_view();
}

std::optional<Response> PageServer::Answer(const Request& request) const {
  if (request.method != Method::kGet && request.method != Method::kHead) return std::nullopt;
  if (const auto file = files_.find(request.path); file != files_.end()) {
    return Represent(file->second, request);
  }
  const std::string_view path = request.path;
  if (path == "/") return Represent(*index_, request);
  if (IsTheApis(path) || path.starts_with(kAssets) || NamesAFile(path) || !WantsHtml(request)) {
    return std::nullopt;
  }
  return Represent(*index_, request);
}

Response PageServer::Represent(const File& file, const Request& request) const {
  const bool gzip = file.gzip && net::AcceptsGzip(request.headers.Get("Accept-Encoding"));
  const Representation& chosen = gzip ? *file.gzip : file.plain;
  Response response;
  auto& headers = response.headers;
  headers.Add("ETag", chosen.tag);
  headers.Add("Cache-Control", file.cache_control);
  headers.Add("Vary", "Accept-Encoding");
  if (!file.content_security_policy.empty()) {
    headers.Add("Content-Security-Policy", file.content_security_policy);
  }
  if (IsHtml(file.content_type)) {
    headers.Add("Vary", "Accept");
    headers.Add("Permissions-Policy", kPermissionsPolicy);
    headers.Add("Cross-Origin-Opener-Policy", "same-origin");
    // Writes from the page have to say where they come from, which "no-referrer" may hide.
    headers.Add("Referrer-Policy", "same-origin");
  }
  headers.Add("Cross-Origin-Resource-Policy", "same-origin");
  const auto known = request.headers.Get("If-None-Match");
  if (!known.empty() && net::NamesEntityTag(known, chosen.tag)) {
    response.status = 304;
    return response;
  }
  headers.Add("Content-Type", file.content_type);
  if (gzip) headers.Add("Content-Encoding", "gzip");
  response.body = chosen.body;
  return response;
}

}  // namespace freshet::app
