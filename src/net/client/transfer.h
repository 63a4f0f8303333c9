// One request in libcurl's hands; part of http_client.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/client/http_client.h"

struct curl_slist;

namespace freshet::net {

// "https://example.com:443": what a circuit breaker judges. Errors: kInvalid (invalid_url,
// scheme_refused).
Result<std::string> OriginOf(const std::string& url);

// Prepares an easy handle for a request and gathers its response. Used by one thread at a time; the
// handle points back here, so it stays where it is.
class Transfer {
 public:
  // `filter` must outlive it. Errors: kInvalid (invalid_header, unexpected_body).
  static Result<std::unique_ptr<Transfer>> Create(ClientRequest request,
                                                  const HttpClientOptions& options,
                                                  const AddressFilter& filter);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void* handle() const { return handle_; }  // CURL*
  // What became of it, given the CURLcode that ended it.
  Result<ClientResponse> Finish(int code);

 private:
  Transfer(ClientRequest request, const AddressFilter& filter);
  Result<> SetHeaders(const HttpClientOptions& options);
  Result<> SetMethod();
  void SetLimits(const HttpClientOptions& options);
  void SetCallbacks();

  bool Allowed(std::string_view address);
  bool OnHeader(std::string_view line);
  bool OnBody(std::string_view piece);
  Failure Failed(int code) const;
  // The C functions that libcurl calls, with `this` as their last argument.
  struct Callbacks;

  ClientRequest request_;
  const AddressFilter& filter_;
  void* handle_ = nullptr;
  curl_slist* headers_ = nullptr;
  ClientResponse response_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  bool permanent_so_far_ = true;
  bool too_large_ = false;
  bool address_refused_ = false;
};

}  // namespace freshet::net
