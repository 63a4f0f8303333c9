// What carries messages out of the house: push services and the mail server, where configured.
#pragma once

#include <memory>

#include "app/data_folder.h"
#include "app/platform.h"
#include "base/config.h"
#include "net/client/http_client.h"
#include "net/mail/mailer.h"
#include "net/push/push_client.h"

namespace freshet::app {

struct Couriers {
  // Makes the key of Web Push at its first start. Errors: kInvalid (options that contradict each
  // other), kCorrupt (the key's file), kUnavailable.
  static Result<Couriers> Open(const Config& config, const DataFolder& folder, Platform& platform);

  std::unique_ptr<net::HttpClient> push_services;
  std::unique_ptr<net::PushClient> push;  // null: no push is sent
  std::unique_ptr<net::Mailer> mailer;    // null: no mail is sent
};

}  // namespace freshet::app
