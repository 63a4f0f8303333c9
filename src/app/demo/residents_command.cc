#include <fmt/core.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <ctime>
#include <random>
#include <unordered_map>

#include "app/commands.h"
#include "app/data_folder.h"
#include "app/demo/demo_login.h"
#include "app/demo/residents.h"
#include "app/operator.h"
#include "app/options.h"
#include "app/remote.h"

namespace freshet::app {
namespace {

constexpr Duration kTokenLifetime{3'600'000};
constexpr Duration kTokenRenewal{kTokenLifetime / 2};
constexpr Duration kFirstCall{60'000};  // a server that starts may take so long
constexpr Duration kRetry{200};
constexpr Duration kGlance{500};  // less than a second: how often the parent is looked at
constexpr int kMostFailures = 3;  // in a row: then the server has stopped

// Says when to end: on SIGTERM and SIGINT, which are waited for instead of ending the process at
// once, and with the parent if told so. Make it before any thread.
class Stop {
 public:
  explicit Stop(bool with_parent) : parent_(with_parent ? getppid() : 0) {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  // Whether it is time to end within this time.
  bool Within(Duration time) const {
    for (; time > kGlance; time -= kGlance) {
      if (WithinAGlance(kGlance)) return true;
    }
    return WithinAGlance(time);
  }

 private:
  bool WithinAGlance(Duration time) const {
    if (parent_ != 0 && getppid() != parent_) return true;
    const std::chrono::nanoseconds nanoseconds = time;
    const timespec timeout{.tv_sec = 0, .tv_nsec = nanoseconds.count()};
    return sigtimedwait(&set_, nullptr, &timeout) > 0;
  }

  const pid_t parent_;
  sigset_t set_;
};

// Calls the server in the residents' names, with tokens that are signed here and kept in memory.
class Callers {
 public:
  Callers(const Config& config, std::string server) : server_(std::move(server)), config_(config) {}

  Result<std::string> Call(AccountId account, net::Method method, const std::string& path,
                           std::string body) {
    auto& caller = callers_[account.value];
    const Timestamp now = signer_.platform().clock.Now();
    const std::string server = server_.empty() ? signer_.Server() : server_;
    if (server.empty()) return Unavailable("no server runs on this folder");
    if (!caller.remote || caller.server != server || now >= caller.renew_at) {
      ASSIGN_OR_RETURN(auto token, signer_.Sign(account, {net::Scope::kRead, net::Scope::kWrite},
                                                kTokenLifetime));
      caller.remote =
          std::make_unique<Remote>(server, std::move(token), config_, signer_.platform());
      caller.server = server;
      caller.renew_at = now + kTokenRenewal;
    }
    return caller.remote->Call(method, path, std::move(body));
  }

 private:
  struct Caller {
    std::unique_ptr<Remote> remote;
    std::string server;
    Timestamp renew_at;
  };
  const std::string server_;
  const Config& config_;
  Operator signer_{config_};
  std::unordered_map<std::uint64_t, Caller> callers_;
};

class Life {
 public:
  Life(const ResidentsCommand& command, const Config& config, const Stop& stop)
      : command_(command), config_(config), stop_(stop), callers_(config, command.server) {}

  Result<> Live() {
    const auto& folder = config_.Get<DataOptions>().folder;
    if (!IsDemo(folder)) {
      return Conflict(fmt::format(
          "{} holds no demo world; residents would write into what belongs to others", folder));
    }
    const CallAs call = [this](AccountId account, net::Method method, const std::string& path,
                               std::string body) {
      return callers_.Call(account, method, path, std::move(body));
    };
    ASSIGN_OR_RETURN(auto chosen, Choose(call));
    if (chosen.empty()) return {};
    fmt::print("{} residents go on living\n", chosen.size());
    std::fflush(stdout);
    Residents residents(std::move(chosen), call, std::random_device()());
    return Act(residents);
  }

 private:
  // Nobody, when it is stopped before the server answers.
  Result<std::vector<Resident>> Choose(const CallAs& call) {
    for (Duration waited{0};; waited += kRetry) {
      auto chosen = ChooseResidents(call);
      const bool starting = !chosen && chosen.error().kind() == ErrorKind::kUnavailable;
      if (!starting || waited >= kFirstCall) return chosen;
      if (stop_.Within(kRetry)) return std::vector<Resident>();
    }
  }

  Result<> Act(Residents& residents) {
    int failures = 0;
    for (std::uint64_t done = 0; command_.actions == 0 || done < command_.actions; ++done) {
      if (stop_.Within(residents.NextPause(command_.pace))) return {};
      const auto acted = residents.Act();
      if (acted) {
        failures = 0;
        continue;
      }
      // Something may have gone away between reading and reacting, or a limit may be reached.
      if (acted.error().kind() != ErrorKind::kUnavailable) continue;
      if (++failures == kMostFailures) {
        fmt::print("the server has stopped, and the residents with it\n");
        return {};
      }
    }
    return {};
  }

  const ResidentsCommand& command_;
  const Config& config_;
  const Stop& stop_;
  Callers callers_;
};

}  // namespace

int RunResidents(const ResidentsCommand& command, const ConfigArguments& arguments) {
  const Stop stop(command.with_parent);
  auto config = LoadConfig(arguments);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message());
    return 2;
  }
  if (auto lived = Life(command, *config, stop).Live(); !lived) {
    fmt::print(stderr, "the residents cannot live: {}\n", lived.error().message());
    return 1;
  }
  return 0;
}

}  // namespace freshet::app
