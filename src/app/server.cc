#include "app/server.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <optional>

#include "app/backup.h"
#include "app/database_idempotency.h"
#include "app/demo/demo_login.h"
#include "app/first_admin.h"
#include "app/installation.h"
#include "app/jobs.h"
#include "app/page.h"
#include "app/routes.h"
#include "app/services.h"
#include "app/version.h"
#include "base/io_threads.h"
#include "base/task_group.h"
#include "net/api/api.h"
#include "net/api/rate_limiter.h"
#include "net/http/server.h"

namespace freshet::app {
namespace {

constexpr Duration kQuietDeadline{10'000};

// Knows how many calls are inside, so that a stopping process can wait for the last one.
class CountedService final : public net::HttpService {
 public:
  explicit CountedService(net::HttpService& inner) : inner_(inner) {}

  net::RequestPolicy Policy(net::Method method, std::string_view path) override {
    return inner_.Policy(method, path);
  }
  Awaitable<net::Response> Handle(net::Request request) override {
    const Inside inside(calls_);
    co_return co_await inner_.Handle(std::move(request));
  }
  net::Response Refuse(int status, std::string_view detail, std::string_view request_id) override {
    return inner_.Refuse(status, detail, request_id);
  }

  bool quiet() const { return calls_ == 0; }

 private:
  struct Inside {
    explicit Inside(std::atomic<std::int64_t>& c) : calls(c) { ++calls; }
    ~Inside() { --calls; }
    std::atomic<std::int64_t>& calls;
  };
  net::HttpService& inner_;
  std::atomic<std::int64_t> calls_{0};
};

// Engines inside the process serve all of its parts, so it plays every role.
Result<> CheckRoles(const std::vector<std::string>& names) {
  static constexpr std::array<std::string_view, 4> kRoles{"api", "gateway", "fanout", "deliver"};
  const auto named = [&](std::string_view role) {
    return std::ranges::find(names, role) != names.end();
  };
  for (const auto& name : names) {
    if (name == "all" || std::ranges::find(kRoles, name) != kRoles.end()) continue;
    return Invalid(fmt::format(
        "There is no role \"{}\"; the roles are all, api, gateway, fanout and deliver.", name));
  }
  if (named("all") || std::ranges::all_of(kRoles, named)) return {};
  return Invalid(
      "With embedded stores one process does everything; leave --roles out. Some roles only need "
      "stores that several processes can use.",
      "roles_need_shared_stores");
}

std::size_t IoThreadCount(const ProcessOptions& options) {
  if (options.io_threads > 0) return static_cast<std::size_t>(options.io_threads);
  return std::max(1U, std::thread::hardware_concurrency());
}

// One running installation, from its data folder to its open port.
class Server {
 public:
  Server(Config config, std::vector<std::string> arguments)
      : config_(std::move(config)), arguments_(std::move(arguments)) {}
  ~Server() {
    if (tasks_) tasks_->StopBlocking();
    http_.reset();
    io_.reset();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Result<> Start() {
    const SteadyTime began = SystemClock().Steady();
    RETURN_IF_ERROR(CheckRoles(config_.Get<ProcessOptions>().roles));
    ASSIGN_OR_RETURN(installation_, Installation::Open(config_));
    stores().LoadTimelines();
    AddStates();
    backups_.emplace(config_, stores(), folder(), services());
    io_.emplace(IoThreadCount(config_.Get<ProcessOptions>()));
    StartJobs();
    RETURN_IF_ERROR(StartHttp());
    Greet(SystemClock().Steady() - began);
    return {};
  }

  // Waits for signals on this thread.
  void WaitForStop() {
    std::function<void()> wait = [&] {
      signals_.async_wait([&](const boost::system::error_code&, int signal) {
        if (signal != SIGHUP) return;
        Reload();
        wait();
      });
    };
    wait();
    signal_context_.run();
  }

  void Stop() {
    platform().logger.Info("Stopping: requests under way are finished first");
    services().ops.StartDraining();
    const Duration patience = config_.Get<ProcessOptions>().drain_timeout;
    services().streams.Stop();
    RunBlocking(http_->Drain(Deadline::After(platform().clock, patience)));
    tasks_->StopBlocking();
    if (services().foreign) RunBlocking(services().foreign->issuers.Stop());
    folder().WithdrawAddress();
    if (!WaitUntilQuiet()) {
      // Nothing is lost: what was acknowledged is on disk, and what was not may be repeated.
      platform().logger.Warn("A request would not end; leaving it");
      _exit(0);
    }
    if (auto saved = stores().Save(); !saved) {
      platform().logger.Warn("Timelines and counters could not be kept for the next start",
                             {{"error", saved.error().ToString()}});
    }
    http_.reset();
    io_.reset();
    platform().logger.Info("Stopped");
  }

 private:
  Platform& platform() { return installation_->platform; }
  Services& services() { return *installation_->services; }
  EmbeddedStores& stores() { return *installation_->stores; }
  DataFolder& folder() { return *installation_->folder; }

  void StartJobs() {
    tasks_.emplace("workers", platform().logger, platform().metrics);
    for (auto& job : JobsOf(services(), config_)) {
      tasks_->SpawnLoop(io_->Next(), job.name, std::move(job.run));
    }
    tasks_->SpawnLoop(io_->Next(), "counters", [this](std::stop_token stop) {
      return stores().RunCounters(std::move(stop));
    });
    tasks_->SpawnLoop(io_->Next(), "backups",
                      [this](std::stop_token stop) { return backups_->Run(std::move(stop)); });
    tasks_->SpawnLoop(io_->Next(), "maintenance",
                      [this](std::stop_token stop) { return Maintain(std::move(stop)); });
  }

  Awaitable<void> Maintain(std::stop_token stop) {
    do {
      (void)co_await platform().pool.Run([this]() -> Result<> {
        stores().Maintain();
        MeasureDisk();
        return {};
      });
    } while (co_await Sleep(std::chrono::minutes(1), stop));
  }

  void MeasureDisk() {
    std::error_code error;
    const auto space = std::filesystem::space(folder().path(), error);
    if (error) return;
    auto& metrics = platform().metrics;
    metrics.GetGauge("freshet_data_free_bytes", "Free on the disk of the data folder")
        .Set(static_cast<double>(space.available));
    metrics.GetGauge("freshet_data_disk_bytes", "Size of the disk of the data folder")
        .Set(static_cast<double>(space.capacity));
  }

  Result<> StartHttp() {
    net::Routes routes = MakeRoutes(services());
    ASSIGN_OR_RETURN(const bool has_admin,
                     RunBlocking(services().accounts.HasAdmin(Deadline::Never())));
    first_admin_.emplace(services().accounts, services().audit, !has_admin);
    first_admin_->AddRoutes(routes);
    backups_->AddRoutes(routes);
    limiter_.emplace(config_.Get<net::RateLimitOptions>(), platform().clock);
    idempotency_.emplace(services().ports.database, platform().clock);
    api_.emplace(
        std::move(routes), config_.Get<net::HttpApiOptions>(),
        net::ApiParts{services().noticing_authenticator, *limiter_, *idempotency_, platform().clock,
                      platform().logger, platform().metrics, &services().audit, MakePages()});
    counted_.emplace(*api_);
    http_.emplace(config_.Get<net::HttpServerOptions>(), *counted_, *io_, platform().clock,
                  platform().logger, platform().metrics);
    return http_->Start();
  }

  net::Pages MakePages() {
    const auto& options = config_.Get<WebOptions>();
    if (!options.enabled) return {};
    page_.emplace(options, PageFiles());
    return [this](const net::Request& request) { return page_->Answer(request); };
  }

  void AddStates();
  void Greet(std::chrono::steady_clock::duration took);

  void Reload() {
    auto loaded = LoadConfig(arguments_);
    if (!loaded) {
      platform().logger.Error("The configuration has errors and was not taken over",
                              {{"error", loaded.error().message()}});
      return;
    }
    for (const auto& change : Diff(config_, *loaded)) {
      platform().logger.Info(change.reloadable
                                 ? "Option changed"
                                 : "Option changed; it takes effect at the next start",
                             {{"option", change.option}});
    }
    if (auto taken = http_->Reconfigure(loaded->Get<net::HttpServerOptions>()); !taken) {
      platform().logger.Error("The options of the HTTP server were not taken over",
                              {{"error", taken.error().message()}});
      return;
    }
    platform().logger.Configure(loaded->Get<LogOptions>());
    limiter_->Configure(loaded->Get<net::RateLimitOptions>());
    config_ = *std::move(loaded);
  }

  bool WaitUntilQuiet() {
    const Deadline deadline = Deadline::After(platform().clock, kQuietDeadline);
    while (!counted_->quiet()) {
      if (deadline.Expired(platform().clock)) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  // First, so that a signal that comes during the start stops the server in order.
  boost::asio::io_context signal_context_{1};
  boost::asio::signal_set signals_{signal_context_, SIGTERM, SIGINT, SIGHUP};
  Config config_;
  const std::vector<std::string> arguments_;
  std::unique_ptr<Installation> installation_;
  std::optional<Backups> backups_;
  std::optional<net::RateLimiter> limiter_;
  std::optional<DatabaseIdempotency> idempotency_;
  std::optional<FirstAdmin> first_admin_;
  std::optional<PageServer> page_;
  std::optional<net::Api> api_;
  std::optional<CountedService> counted_;
  std::optional<IoThreads> io_;
  std::optional<TaskGroup> tasks_;
  std::optional<net::HttpServer> http_;
};

net::RawJson Number(std::uint64_t value) { return {std::to_string(value)}; }

void Server::AddStates() {
  services().ops.AddState(
      {"outbox", [this](Deadline deadline) -> Awaitable<Result<ops::ComponentState>> {
         CO_ASSIGN_OR_RETURN(const auto pending, co_await services().relay.Pending(deadline));
         co_return ops::ComponentState{
             .name = {}, .values = {{"pending", Number(static_cast<std::uint64_t>(pending))}}};
       }});
  services().ops.AddState(
      {"erasures", [this](Deadline deadline) -> Awaitable<Result<ops::ComponentState>> {
         CO_ASSIGN_OR_RETURN(const auto pending, co_await services().erasures.Pending(deadline));
         co_return ops::ComponentState{
             .name = {}, .values = {{"pending", Number(static_cast<std::uint64_t>(pending))}}};
       }});
  services().ops.AddState(
      {"timelines", [this](Deadline deadline) -> Awaitable<Result<ops::ComponentState>> {
         CO_ASSIGN_OR_RETURN(const auto state, co_await stores().timelines().Describe(deadline));
         co_return ops::ComponentState{.name = {},
                                       .values = {{"timelines", Number(state.timelines)},
                                                  {"entries", Number(state.entries)},
                                                  {"bytes", Number(state.bytes)},
                                                  {"evictions", Number(state.evictions)}}};
       }});
  services().ops.AddState(
      {"cache", [this](Deadline deadline) -> Awaitable<Result<ops::ComponentState>> {
         CO_ASSIGN_OR_RETURN(const auto state, co_await stores().cache().Describe(deadline));
         co_return ops::ComponentState{.name = {},
                                       .values = {{"entries", Number(state.entries)},
                                                  {"bytes", Number(state.bytes)},
                                                  {"hits", Number(state.hits)},
                                                  {"misses", Number(state.misses)},
                                                  {"evictions", Number(state.evictions)}}};
       }});
  services().ops.AddState({"social", [this](Deadline) -> Awaitable<Result<ops::ComponentState>> {
                             const auto celebrities = services().graph.celebrities().All();
                             co_return ops::ComponentState{
                                 .name = {},
                                 .values = {{"celebrities", Number(celebrities->size())}}};
                           }});
}

void Server::Greet(std::chrono::steady_clock::duration took) {
  std::string host = config_.Get<net::HttpServerOptions>().listen;
  host = host.substr(0, host.rfind(':'));
  if (host == "0.0.0.0" || host == "[::]") host = "127.0.0.1";
  const bool tls = !config_.Get<net::HttpServerOptions>().tls_certificate.empty();
  const std::string url =
      fmt::format("{}://{}:{}", tls ? "https" : "http", host, http_->bound_port());
  if (auto published = folder().PublishAddress(url); !published) {
    platform().logger.Warn("The command line will not find this server by itself",
                           {{"error", published.error().ToString()}});
  }
  platform().logger.Info("Ready", {{"url", url},
                                   {"data", folder().path().string()},
                                   {"version", kVersion},
                                   {"ms", std::chrono::duration_cast<Duration>(took).count()}});
  fmt::print("freshet is ready at {0}, its reference at {0}/docs\n", url);
  if (const std::string path = first_admin_->Path(); !path.empty()) {
    fmt::print("There is no administrator yet; this link makes one, once: {}{}\n", url, path);
  }
  fmt::print("{}", DemoGreeting(folder(), url));
  std::fflush(stdout);
}

}  // namespace

int Serve(const std::vector<std::string>& arguments) {
  auto config = LoadConfig(arguments);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message());
    return 2;
  }
  Server server(*std::move(config), arguments);
  if (auto started = server.Start(); !started) {
    fmt::print(stderr, "freshet cannot start: {}\n", started.error().message());
    return 1;
  }
  server.WaitForStop();
  server.Stop();
  return 0;
}

}  // namespace freshet::app
