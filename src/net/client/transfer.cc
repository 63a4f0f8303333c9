#include "net/client/transfer.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstring>
#include <memory>

#include "base/text.h"
#include "net/http/header_values.h"

namespace freshet::net {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10;
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kFirstReservation = std::size_t{1} << 20;

struct CurlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlDeleter> owned(text);
  return text;
}

bool SafeHeader(std::string_view name, std::string_view value) {
  const auto control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
  return IsToken(name) && std::ranges::none_of(value, control);
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

boost::asio::ip::address AddressOf(const sockaddr& socket_address, socklen_t length) {
  namespace ip = boost::asio::ip;
  if (socket_address.sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(socket_address);
    return ip::address_v4(ntohl(in.sin_addr.s_addr));
  }
  if (socket_address.sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    const auto& in6 = reinterpret_cast<const sockaddr_in6&>(socket_address);
    ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &in6.sin6_addr, bytes.size());
    return ip::address_v6(bytes);
  }
  return {};  // 0.0.0.0, which no filter lets through
}

}  // namespace

Result<std::string> OriginOf(const std::string& text) {
  const std::unique_ptr<CURLU, CurlDeleter> url(curl_url());
  const CURLUcode code =
      url ? curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) : CURLUE_OUT_OF_MEMORY;
  if (code != CURLUE_OK) {
    return Invalid(fmt::format("not an absolute URL: {}", curl_url_strerror(code)), "invalid_url");
  }
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return Invalid("only http and https URLs are called", "scheme_refused");
  }
  const std::string host = ToLower(Part(url.get(), CURLUPART_HOST));
  if (host.empty()) return Invalid("the URL names no host", "invalid_url");
  return fmt::format("{}://{}:{}", scheme, host,
                     Part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

struct Transfer::Callbacks {
  static std::size_t Header(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->OnHeader({data, size}) ? size : 0;
  }
  static std::size_t Body(char* data, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->OnBody({data, size}) ? size : CURL_WRITEFUNC_ERROR;
  }
  // Before a new connection is opened, with the resolved address.
  static curl_socket_t Open(void* self, curlsocktype, curl_sockaddr* to) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (!transfer.filter_(AddressOf(to->addr, to->addrlen))) {
      transfer.address_refused_ = true;
      return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  }
  // Before a request is sent: catches a connection that another request had opened without the
  // filter.
  static int BeforeRequest(void* self, char* remote_address, char*, int, int) {
    return static_cast<Transfer*>(self)->Allowed(remote_address) ? CURL_PREREQFUNC_OK
                                                                 : CURL_PREREQFUNC_ABORT;
  }
};

Transfer::Transfer(ClientRequest request, const AddressFilter& filter)
    : request_(std::move(request)), filter_(filter), handle_(curl_easy_init()) {}

Transfer::~Transfer() {
  if (handle_ != nullptr) curl_easy_cleanup(static_cast<CURL*>(handle_));
  curl_slist_free_all(headers_);
}

Result<std::unique_ptr<Transfer>> Transfer::Create(ClientRequest request,
                                                   const HttpClientOptions& options,
                                                   const AddressFilter& filter) {
  std::unique_ptr<Transfer> transfer(new Transfer(std::move(request), filter));
  if (transfer->handle_ == nullptr) return Internal("libcurl gave no handle");
  RETURN_IF_ERROR(transfer->SetHeaders(options));
  RETURN_IF_ERROR(transfer->SetMethod());
  transfer->SetLimits(options);
  transfer->SetCallbacks();
  return transfer;
}

Result<> Transfer::SetHeaders(const HttpClientOptions& options) {
  bool agent = false, type = false;
  const auto add = [this](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(headers_, line.c_str())) headers_ = longer;
  };
  for (const auto& [name, value] : request_.headers) {
    if (!SafeHeader(name, value)) {
      return Invalid("a header field holds characters that HTTP does not allow", "invalid_header");
    }
    agent = agent || EqualsIgnoringCase(name, "User-Agent");
    type = type || EqualsIgnoringCase(name, "Content-Type");
    // libcurl takes "Name:" as the wish to leave a field out; "Name;" sends it empty.
    add(Trimmed(value, kSpace).empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  if (!type) add("Content-Type:");  // none instead of libcurl's default
  add("Expect:");
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  if (!agent) curl_easy_setopt(handle_, CURLOPT_USERAGENT, options.user_agent.c_str());
  if (request_.decompress) curl_easy_setopt(handle_, CURLOPT_ACCEPT_ENCODING, "");
  return {};
}

Result<> Transfer::SetMethod() {
  const Method method = request_.method;
  const bool fetch = method == Method::kGet || method == Method::kHead;
  if (fetch && !request_.body.empty()) {
    return Invalid("GET and HEAD carry no body", "unexpected_body");
  }
  curl_easy_setopt(handle_, CURLOPT_URL, request_.url.c_str());
  if (fetch) {
    curl_easy_setopt(handle_, method == Method::kGet ? CURLOPT_HTTPGET : CURLOPT_NOBODY, 1L);
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, request_.follow_redirects > 0 ? 1L : 0L);
    curl_easy_setopt(handle_, CURLOPT_MAXREDIRS,
                     static_cast<long>(std::max(request_.follow_redirects, 0)));
    return {};
  }
  const bool carries =
      method == Method::kPost || method == Method::kPut || method == Method::kPatch;
  if (carries || !request_.body.empty()) {
    curl_easy_setopt(handle_, CURLOPT_POST, 1L);
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request_.body.data());
  }
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, std::string(Name(method)).c_str());
  return {};
}

void Transfer::SetLimits(const HttpClientOptions& options) {
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_PROXY, "");  // the environment's would bypass the filter
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    curl_easy_setopt(handle_, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle_, CURLOPT_DNS_CACHE_TIMEOUT,
                   static_cast<long>(options.dns_cache.count() / 1'000));
  curl_easy_setopt(handle_, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(request_.max_response_bytes));
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  // A transfer that is given up does not wait for its name resolution.
  curl_easy_setopt(handle_, CURLOPT_QUICK_EXIT, 1L);
}

void Transfer::SetCallbacks() {
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Callbacks::Header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Callbacks::Body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  if (!request_.public_addresses_only) return;
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &Callbacks::Open);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle_, CURLOPT_PREREQFUNCTION, &Callbacks::BeforeRequest);
  curl_easy_setopt(handle_, CURLOPT_PREREQDATA, this);
}

bool Transfer::Allowed(std::string_view text) {
  boost::system::error_code malformed;
  const auto address = boost::asio::ip::make_address(text, malformed);
  address_refused_ = malformed || !filter_(address);
  return !address_refused_;
}

bool Transfer::OnHeader(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    too_large_ = true;
    return false;
  }
  if (line.starts_with("HTTP/")) {
    if (IsRedirect(response_.status)) {
      permanent_so_far_ = permanent_so_far_ && (response_.status == 301 || response_.status == 308);
    }
    const auto space = line.find(' ');
    response_.status = 0;
    if (space != std::string_view::npos && line.size() >= space + 4) {
      std::from_chars(line.data() + space + 1, line.data() + space + 4, response_.status);
    }
    response_.headers = {};
    header_bytes_ = line.size();
    return true;
  }
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    response_.headers.Add(Trimmed(line.substr(0, colon), kSpace),
                          Trimmed(line.substr(colon + 1), kSpace));
  }
  return true;
}

bool Transfer::OnBody(std::string_view piece) {
  if (piece.size() > request_.max_response_bytes - body_bytes_) {
    too_large_ = true;
    return false;
  }
  body_bytes_ += piece.size();
  if (request_.on_body && response_.status / 100 == 2) return request_.on_body(piece);
  if (response_.body.empty()) {
    curl_off_t announced = -1;
    curl_easy_getinfo(handle_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced > 0) {
      response_.body.reserve(std::min(static_cast<std::size_t>(announced), kFirstReservation));
    }
  }
  response_.body += piece;
  return true;
}

Result<ClientResponse> Transfer::Finish(int code) {
  if (code != CURLE_OK) return Failed(code);
  long status = 0, redirects = 0;
  char* url = nullptr;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle_, CURLINFO_REDIRECT_COUNT, &redirects);
  curl_easy_getinfo(handle_, CURLINFO_EFFECTIVE_URL, &url);
  response_.status = static_cast<int>(status);
  response_.redirects = static_cast<int>(redirects);
  response_.moved_permanently = redirects > 0 && permanent_so_far_;
  response_.url = url != nullptr ? url : request_.url;
  return std::move(response_);
}

Failure Transfer::Failed(int code) const {
  const std::string reason = curl_easy_strerror(static_cast<CURLcode>(code));
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) {
    return Exhausted(fmt::format("the response is larger than {} bytes, or its head than {}",
                                 request_.max_response_bytes, kMaxHeaderBytes),
                     "response_too_large");
  }
  if (address_refused_ && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK)) {
    return Forbidden("the URL leads to an address that is not public", "address_not_public");
  }
  switch (code) {
    case CURLE_URL_MALFORMAT: return Invalid(reason, "invalid_url");
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Invalid("only http and https URLs are called", "scheme_refused");
    case CURLE_TOO_MANY_REDIRECTS:
      return Invalid(fmt::format("more than {} redirects", request_.follow_redirects),
                     "too_many_redirects");
    case CURLE_COULDNT_RESOLVE_HOST: return Unavailable(reason, "resolve_failed");
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT: return Unavailable(reason, "connect_failed");
    case CURLE_PEER_FAILED_VERIFICATION: return Unavailable(reason, "tls_untrusted");
    default: return Unavailable(reason, "transfer_failed");
  }
}

}  // namespace freshet::net
