#include "net/http/static_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "net/http/byte_range.h"
#include "net/http/content_type.h"
#include "net/http/header_values.h"
#include "net/http/http_date.h"
#include "net/http/uri.h"

namespace freshet::net {
namespace {

Result<std::string> WithoutLinks(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real) return NotFound("there is no such file");
  return std::string(real.get());
}

// Segments are separated by "/"; none may be empty, hidden or lead upwards.
bool IsSafe(std::string_view relative) {
  if (relative.contains('\0') || relative.contains('\\')) return false;
  while (!relative.empty()) {
    const auto end = std::min(relative.find('/'), relative.size());
    if (end == 0 || relative.starts_with('.')) return false;
    relative.remove_prefix(std::min(end + 1, relative.size()));
  }
  return true;
}

bool NamesTag(std::string_view list, std::string_view tag) {
  bool named = false;
  ForEachListItem(list, [&](std::string_view item) {
    if (item.starts_with("W/")) item.remove_prefix(2);
    named = item == "*" || item == tag;
    return !named;
  });
  return named;
}

bool IsUnchanged(const HeaderFields& headers, std::string_view tag, Timestamp modified) {
  if (headers.Has("If-None-Match")) return NamesTag(headers.Get("If-None-Match"), tag);
  const auto since = ParseHttpDate(headers.Get("If-Modified-Since"));
  return since && modified <= *since;
}

// If-Range: the part only of what the client already has some of, else the whole.
bool RangeApplies(const HeaderFields& headers, std::string_view tag, Timestamp modified) {
  const auto condition = headers.Get("If-Range");
  if (condition.empty()) return true;
  if (condition.starts_with('"')) return condition == tag;
  const auto date = ParseHttpDate(condition);
  return date && *date == modified;
}

}  // namespace

struct StaticFiles::Found {
  std::string path;  // below root_, without links
  std::uint64_t size = 0;
  Timestamp modified;  // whole seconds
  std::string tag;     // strong: changes with size and time of the last change
  bool folder = false;
};

StaticFiles::StaticFiles(StaticFilesOptions options, Refusal refuse, BlockingPool& pool)
    : options_(std::move(options)), refuse_(std::move(refuse)), pool_(pool) {}

Result<StaticFiles> StaticFiles::Open(StaticFilesOptions options, Refusal refuse,
                                      BlockingPool& pool) {
  StaticFiles files(std::move(options), std::move(refuse), pool);
  auto root = WithoutLinks(files.options_.root);
  struct stat status{};
  if (!root || ::stat(root->c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return NotFound(fmt::format("there is no folder {}", files.options_.root));
  files.root_ = *std::move(root);
  return files;
}

Result<StaticFiles::Found> StaticFiles::Look(const std::string& relative) const {
  ASSIGN_OR_RETURN(auto path, WithoutLinks(root_ + "/" + relative));
  if (path != root_ && !path.starts_with(root_ == "/" ? root_ : root_ + "/"))
    return NotFound("there is no such file");
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return NotFound("there is no such file");
  if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode))
    return NotFound("there is no such file");
  const auto& time = status.st_mtim;
  return Found{.path = std::move(path),
               .size = static_cast<std::uint64_t>(status.st_size),
               .modified = Timestamp(std::chrono::seconds(time.tv_sec)),
               .tag = fmt::format("\"{:x}-{:x}{:08x}\"", status.st_size, time.tv_sec, time.tv_nsec),
               .folder = S_ISDIR(status.st_mode)};
}

void StaticFiles::Precompressed(const Request& request, const std::string& relative, Found& found,
                                HeaderFields& headers) const {
  struct Coding {
    std::string_view name, ending;
  };
  double best_weight = 0;
  bool varies = false;
  for (const auto& [name, ending] : {Coding{"br", ".br"}, Coding{"gzip", ".gz"}}) {
    auto sibling = Look(relative + std::string(ending));
    if (!sibling || sibling->folder) continue;
    varies = true;
    const double weight = EncodingWeight(request.headers.Get("Accept-Encoding"), name);
    if (weight <= best_weight) continue;
    best_weight = weight;
    found = *std::move(sibling);
    headers.Set("Content-Encoding", name);
  }
  if (varies) headers.Add("Vary", "Accept-Encoding");
}

std::string_view StaticFiles::CacheControl(std::string_view relative) const {
  for (const auto& rule : options_.cache_rules) {
    if (relative.starts_with(rule.prefix)) return rule.cache_control;
  }
  return options_.cache_control;
}

Awaitable<Response> StaticFiles::Serve(const Request& request, std::string relative_path) const {
  auto served = co_await pool_.Run(
      [&]() -> Result<Response> { return ServeBlocking(request, relative_path); });
  if (served) co_return *std::move(served);
  const bool busy = served.error().kind() == ErrorKind::kExhausted;
  co_return refuse_(busy ? 503 : 500, "the file cannot be read now", request.request_id);
}

Response StaticFiles::ServeBlocking(const Request& request, std::string_view relative_path) const {
  const auto fail = [&](int status, std::string_view detail) {
    return refuse_(status, detail, request.request_id);
  };
  if (request.method != Method::kGet && request.method != Method::kHead) {
    Response refused = fail(405, "files can only be read");
    refused.headers.Set("Allow", "GET, HEAD");
    return refused;
  }
  auto decoded = PercentDecode(relative_path);
  if (!decoded) return fail(400, decoded.error().message());
  std::string relative = *std::move(decoded);
  if (relative.starts_with('/')) relative.erase(0, 1);
  if (!IsSafe(relative)) return fail(404, "there is no such file");

  auto found = Look(relative);
  if (found && found->folder) {
    if (!relative.empty() && !relative.ends_with('/')) relative += '/';
    relative += options_.index;
    found = options_.index.empty() ? NotFound("there is no such file") : Look(relative);
  }
  const bool has_ending = relative.substr(relative.rfind('/') + 1).contains('.');
  if (!found && !options_.fallback.empty() && !has_ending) {
    relative = options_.fallback;
    found = Look(relative);
  }
  if (!found || found->folder) return fail(404, "there is no such file");

  Response response;
  response.headers.Add("Content-Type", ContentTypeOf(relative));
  Precompressed(request, relative, *found, response.headers);
  response.headers.Add("Cache-Control", CacheControl(relative));
  response.headers.Add("ETag", found->tag);
  response.headers.Add("Last-Modified", FormatHttpDate(found->modified));
  response.headers.Add("Accept-Ranges", "bytes");
  if (IsUnchanged(request.headers, found->tag, found->modified)) {
    response.status = 304;
    return response;
  }
  ByteRange range{.first = 0, .length = found->size};
  if (request.method == Method::kGet &&
      RangeApplies(request.headers, found->tag, found->modified)) {
    switch (ParseRange(request.headers.Get("Range"), found->size, range)) {
      case RangeVerdict::kWhole: break;
      case RangeVerdict::kPart:
        response.status = 206;
        response.headers.Add("Content-Range",
                             fmt::format("bytes {}-{}/{}", range.first,
                                         range.first + range.length - 1, found->size));
        break;
      case RangeVerdict::kUnsatisfiable: {
        Response refused = fail(416, "the range lies outside the file");
        refused.headers.Set("Content-Range", fmt::format("bytes */{}", found->size));
        return refused;
      }
    }
  }
  response.body = FileBody{.path = found->path, .offset = range.first, .length = range.length};
  return response;
}

}  // namespace freshet::net
