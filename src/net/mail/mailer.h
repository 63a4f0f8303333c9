// Hands mails to an SMTP server.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/async.h"
#include "base/blocking_pool.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/log.h"
#include "base/result.h"
#include "net/mail/mail_message.h"

namespace freshet::net {

enum class MailTls { kRequired, kIfOffered, kOff };

struct MailOptions {
  std::string server;
  std::string username;
  Secret password;
  MailTls tls = MailTls::kRequired;
  std::string ca_file;
  std::string from = "freshet@localhost";
  std::string from_name = "freshet";
  std::string public_url;
  Duration timeout{30'000};

  static constexpr auto Describe() {
    using O = MailOptions;
    return Description(
        "mail", "How mails leave. None do until a server is named.",
        Field("server", &O::server)
            .Length(0, 300)
            .Doc("Such as smtp://mail.example.org:587, or smtps:// for TLS from the first byte; "
                 "empty: no mail is sent."),
        Field("username", &O::username).Length(0, 300).Doc("Empty: without signing in."),
        Field("password", &O::password),
        Field("tls", &O::tls)
            .Doc("For smtp://: required (STARTTLS), if_offered, or off, which shows passwords and "
                 "mails to the network."),
        Field("ca_file", &O::ca_file)
            .Doc("PEM file of the certificate authorities to trust; empty: the system's."),
        Field("from", &O::from)
            .Length(3, 254)
            .Check([](const std::string& address) { return CheckMailAddress(address); })
            .Doc("The address that mails come from."),
        Field("from_name", &O::from_name).Length(0, 100).Doc("The name beside it."),
        Field("public_url", &O::public_url)
            .Length(0, 300)
            .Doc("Where people reach this server, such as https://feed.example.org: links in mails "
                 "begin with it. Needed for any mail."),
        Field("timeout", &O::timeout)
            .Range(100, 600'000)
            .Unit("ms")
            .Doc("For handing one mail over."));
  }
};

// Thread-safe. One mail at a time, over a connection that is kept; runs libcurl on the pool, of
// which it takes one thread.
class Mailer {
 public:
  // `pool` and `clock` must outlive it. Errors: kInvalid: options that contradict each other, with
  // what to do.
  static Result<std::unique_ptr<Mailer>> Create(MailOptions options, BlockingPool& pool,
                                                const Clock& clock);
  ~Mailer();
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  // Success: the server has taken the mail over. Errors: kInvalid (code "mail_refused": it never
  // will); kUnavailable with code "mail_not_taken": it surely has not, try again later, or
  // "mail_outcome_unknown": the connection broke after the mail was on its way; kExhausted (the
  // pool).
  Awaitable<Result<>> Send(MailMessage message);

  // `path` on this server, as people reach it.
  std::string Link(std::string_view path) const { return options_.public_url + std::string(path); }

 private:
  class Session;
  Mailer(MailOptions options, BlockingPool& pool, const Clock& clock);

  const MailOptions options_;
  BlockingPool& pool_;
  const Clock& clock_;
  std::unique_ptr<Session> session_;
};

}  // namespace freshet::net

template <>
struct freshet::Enumerators<freshet::net::MailTls> {
  using enum freshet::net::MailTls;
  static constexpr std::array kNames{std::pair{kRequired, "required"},
                                     std::pair{kIfOffered, "if_offered"}, std::pair{kOff, "off"}};
};
