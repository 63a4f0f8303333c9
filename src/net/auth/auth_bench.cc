// What a request pays for its token: verified for the first time, and remembered.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>

#include "base/bytes.h"
#include "net/auth/token_authenticator.h"

namespace freshet::net {
namespace {

struct Installation {
  explicit Installation(JwsAlgorithm algorithm, std::int64_t cache_bytes) {
    tokens.cache_bytes = cache_bytes;
    keys = SigningKeys::Open(folder, {.algorithm = algorithm}, clock, logger).value();
    for (std::uint64_t i = 1; i <= 1'000; ++i) {
      issued.push_back(
          TokenIssuer(tokens, *keys, clock)
              .IssueAccess(AccountId{i}, i, {Scope::kRead, Scope::kWrite}, Duration(3'600'000))
              ->token);
    }
  }
  ~Installation() { std::filesystem::remove_all(folder); }

  std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                 fmt::format("freshet-bench-{}", EncodeHex(RandomBytes(8)));
  SystemClock clock;
  Logger logger{{.level = LogLevel::kError}};
  Metrics metrics;
  SessionRevocations revocations{clock};
  TokenOptions tokens;
  std::unique_ptr<SigningKeys> keys;
  std::vector<std::string> issued;
};

Awaitable<void> AuthenticateInTurn(benchmark::State& state, TokenAuthenticator& authenticator,
                                   const std::vector<std::string>& tokens) {
  std::size_t next = 0;
  for (auto _ : state) {
    const auto identity = co_await authenticator.Authenticate(tokens[next], Deadline::Never());
    if (!identity) state.SkipWithError("refused");
    if (++next == tokens.size()) next = 0;
  }
}

void Run(benchmark::State& state, JwsAlgorithm algorithm, bool remembered, bool revocations) {
  Installation here(algorithm, remembered ? std::int64_t{64} << 20 : 0);
  TokenAuthenticator authenticator(
      here.tokens, {.keys = *here.keys, .revocations = here.revocations}, here.clock, here.metrics);
  for (std::uint64_t i = 0; revocations && i < 10'000; ++i) {
    if (!here.revocations.Revoke(1'000'000 + i, here.clock.Now() + Duration(3'600'000))) return;
  }
  boost::asio::io_context context(1);
  const auto warm = [&]() -> Awaitable<void> {
    for (const auto& token : here.issued) {
      co_await authenticator.Authenticate(token, Deadline::Never());
    }
  };
  if (remembered) {
    boost::asio::co_spawn(context.get_executor(), warm(), boost::asio::detached);
    context.run();
    context.restart();
  }
  boost::asio::co_spawn(context.get_executor(),
                        AuthenticateInTurn(state, authenticator, here.issued),
                        boost::asio::detached);
  context.run();
}

void VerifyEdDsa(benchmark::State& state) { Run(state, JwsAlgorithm::kEdDsa, false, false); }
void VerifyEs256(benchmark::State& state) { Run(state, JwsAlgorithm::kEs256, false, false); }
void Remembered(benchmark::State& state) { Run(state, JwsAlgorithm::kEdDsa, true, false); }
void RememberedWithRevocations(benchmark::State& state) {
  Run(state, JwsAlgorithm::kEdDsa, true, true);
}
BENCHMARK(VerifyEdDsa);
BENCHMARK(VerifyEs256);
BENCHMARK(Remembered);
BENCHMARK(RememberedWithRevocations);

}  // namespace
}  // namespace freshet::net
