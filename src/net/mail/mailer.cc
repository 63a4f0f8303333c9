#include "net/mail/mailer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <boost/url/parse.hpp>

#include "base/mutex.h"

namespace freshet::net {
namespace {

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
template <class T>
using Owned = std::unique_ptr<T, CurlDeleter>;

void Append(Owned<curl_slist>& list, const std::string& line) {
  curl_slist* const shorter = list.release();
  curl_slist* const longer = curl_slist_append(shorter, line.c_str());
  list.reset(longer ? longer : shorter);
}

long UseSsl(MailTls tls) {
  switch (tls) {
    case MailTls::kRequired: return CURLUSESSL_ALL;
    case MailTls::kIfOffered: return CURLUSESSL_TRY;
    case MailTls::kOff: return CURLUSESSL_NONE;
  }
  return CURLUSESSL_ALL;
}

std::string DomainOf(std::string_view address) {
  return std::string(address.substr(address.rfind('@') + 1));
}

void AddPart(curl_mime* mime, const std::string& text, const char* type) {
  curl_mimepart* const part = curl_mime_addpart(mime);
  curl_mime_data(part, text.data(), text.size());
  curl_mime_type(part, type);
  curl_mime_encoder(part, "quoted-printable");
}

// Plain text first: readers show the last form that they understand.
Owned<curl_mime> BodyOf(CURL* handle, const MailMessage& message) {
  Owned<curl_mime> forms(curl_mime_init(handle));
  AddPart(forms.get(), message.text, "text/plain; charset=utf-8");
  AddPart(forms.get(), message.html, "text/html; charset=utf-8");
  Owned<curl_mime> body(curl_mime_init(handle));
  curl_mimepart* const part = curl_mime_addpart(body.get());
  curl_mime_subparts(part, forms.release());
  curl_mime_type(part, "multipart/alternative");
  return body;
}

// Where a mail that failed stands: an answer of the server's says it surely; silence after some of
// the mail was sent does not.
Failure Failed(CURL* handle, CURLcode code) {
  long answer = 0;
  curl_off_t sent = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer);
  curl_easy_getinfo(handle, CURLINFO_SIZE_UPLOAD_T, &sent);
  const std::string message =
      fmt::format("the mail server did not take it: {} ({})", curl_easy_strerror(code), answer);
  if (answer >= 500 && code != CURLE_LOGIN_DENIED) return Invalid(message, "mail_refused");
  if (answer < 400 && sent > 0) return Unavailable(message, "mail_outcome_unknown");
  return Unavailable(message, "mail_not_taken");
}

}  // namespace

class Mailer::Session {
 public:
  Session() : handle_(curl_easy_init()) {}

  Result<> Send(const MailOptions& options, const MailMessage& message, Timestamp now) {
    MutexLock lock(mutex_);
    if (!handle_) return Internal("libcurl gave no handle");
    CURL* const handle = handle_.get();
    curl_easy_reset(handle);  // the connection stays
    const auto headers = HeadersOf(options, message, now);
    Owned<curl_slist> readers;
    Append(readers, fmt::format("<{}>", message.to));
    const auto body = BodyOf(handle, message);
    curl_easy_setopt(handle, CURLOPT_URL, options.server.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_USE_SSL, UseSsl(options.tls));
    if (!options.ca_file.empty()) {
      curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
    }
    if (!options.username.empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, options.username.c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, options.password.Reveal().c_str());
    }
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, fmt::format("<{}>", options.from).c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, readers.get());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_MIMEPOST, body.get());
    const CURLcode code = curl_easy_perform(handle);
    auto sent = code == CURLE_OK ? Result<>() : Failed(handle, code);
    curl_easy_reset(handle);  // what it points to ends here
    return sent;
  }

 private:
  static Owned<curl_slist> HeadersOf(const MailOptions& options, const MailMessage& message,
                                     Timestamp now) {
    Owned<curl_slist> headers;
    Append(headers, "Date: " + FormatMailDate(now));
    Append(headers, options.from_name.empty()
                        ? "From: " + options.from
                        : fmt::format("From: {} <{}>", Name(options.from_name), options.from));
    Append(headers, "To: " + message.to);
    Append(headers, "Subject: " + EncodeHeaderText(message.subject));
    Append(headers, fmt::format("Message-ID: <{}@{}>", message.id, DomainOf(options.from)));
    Append(headers, "Auto-Submitted: auto-generated");  // RFC 3834: no vacation answers
    for (const auto& [name, value] : message.headers) {
      Append(headers, fmt::format("{}: {}", name, value));
    }
    return headers;
  }

  // A phrase (RFC 5322 section 3.2.5): quoted where it is ASCII.
  static std::string Name(std::string_view name) {
    std::string encoded = EncodeHeaderText(name);
    if (encoded.starts_with("=?")) return encoded;
    std::string quoted = "\"";
    for (const char c : encoded) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + '"';
  }

  Mutex mutex_;
  const Owned<CURL> handle_;
};

Mailer::Mailer(MailOptions options, BlockingPool& pool, const Clock& clock)
    : options_(std::move(options)),
      pool_(pool),
      clock_(clock),
      session_(std::make_unique<Session>()) {}

Mailer::~Mailer() = default;

Result<std::unique_ptr<Mailer>> Mailer::Create(MailOptions options, BlockingPool& pool,
                                               const Clock& clock) {
  const auto server = boost::urls::parse_uri(options.server);
  if (!server || (server->scheme() != "smtp" && server->scheme() != "smtps") ||
      server->encoded_host().empty() || server->has_userinfo()) {
    return Invalid(
        "mail.server must be an address such as smtp://mail.example.org:587; the name and "
        "password have options of their own.");
  }
  const auto own = boost::urls::parse_uri(options.public_url);
  if (!own || (own->scheme() != "https" && own->scheme() != "http") ||
      own->encoded_host().empty()) {
    return Invalid(
        "mail.public_url must say where people reach this server, such as "
        "https://feed.example.org: links in mails begin with it.");
  }
  while (options.public_url.ends_with('/')) options.public_url.pop_back();
  return std::unique_ptr<Mailer>(new Mailer(std::move(options), pool, clock));
}

Awaitable<Result<>> Mailer::Send(MailMessage message) {
  return pool_.Run([this, message = std::move(message)]() -> Result<> {
    return session_->Send(options_, message, clock_.Now());
  });
}

}  // namespace freshet::net
