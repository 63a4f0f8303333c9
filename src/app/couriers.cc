#include "app/couriers.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "services/notifications/push_types.h"

namespace freshet::app {
namespace {

// Browsers subscribe with this key: were it lost, every subscription would be.
Result<net::SigningKey> PushKey(const DataFolder& folder) {
  const auto path = folder.Subfolder("keys") / "web-push.pem";
  if (std::filesystem::exists(path)) {
    std::ifstream file(path, std::ios::binary);
    auto key = net::SigningKey::FromPem(std::string(std::istreambuf_iterator<char>(file), {}));
    if (!key) return Corrupt(path.string() + " does not hold the key of Web Push.");
    return key;
  }
  ASSIGN_OR_RETURN(auto key, net::SigningKey::Generate(net::JwsAlgorithm::kEs256));
  RETURN_IF_ERROR(ReplaceFile(path, key.ToPem()));
  return key;
}

}  // namespace

Result<Couriers> Couriers::Open(const Config& config, const DataFolder& folder,
                                Platform& platform) {
  Couriers couriers;
  const auto& push = config.Get<notifications::PushOptions>();
  if (!push.contact.empty()) {
    ASSIGN_OR_RETURN(auto key, PushKey(folder));
    ASSIGN_OR_RETURN(auto vapid, net::Vapid::Create(std::move(key), push.contact));
    couriers.push_services = std::make_unique<net::HttpClient>(
        config.Get<net::HttpClientOptions>(), platform.clock, platform.logger, platform.metrics);
    couriers.push = std::make_unique<net::PushClient>(*couriers.push_services, std::move(vapid),
                                                      push.private_addresses, platform.clock);
  }
  const auto& mail = config.Get<net::MailOptions>();
  if (!mail.server.empty()) {
    ASSIGN_OR_RETURN(couriers.mailer, net::Mailer::Create(mail, platform.pool, platform.clock));
  }
  return couriers;
}

}  // namespace freshet::app
