#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>

#include "net/api/api.h"
#include "net/api/cursor.h"
#include "net/api/negotiation.h"
#include "net/api/router.h"
#include "net/api/testing/fakes.h"
#include "net/json/testing/sample.h"

namespace freshet::net {
namespace {

using testing::Counts;

Routes SomeRoutes() {
  Routes routes;
  const auto get = [&](PathTemplate path) {
    return routes.Get(path, Scope::kRead, RateClass::kRead);
  };
  const auto counts = [](const Caller&, PostId id) -> Awaitable<Result<Counts>> {
    co_return Counts{static_cast<std::int64_t>(id.value), 5, 7};
  };
  get("/v1/posts/{id}").Handle(counts);
  get("/v1/posts/{id}/likes").Handle(counts);
  get("/v1/posts/{id}/comments").Handle(counts);
  get("/v1/accounts/{id}").Handle(counts);
  get("/v1/accounts/{id}/posts").Handle(counts);
  get("/v1/accounts/{id}/followers").Handle(counts);
  get("/v1/conditional/{id}").Conditional().Handle(counts);
  routes.Post("/v1/posts", Scope::kWrite, RateClass::kPublish)
      .Handle([](const Caller&, Body<testing::CreatePost>) -> Awaitable<Result<NoContent>> {
        co_return NoContent();
      });
  return routes;
}

void BM_FindRoute(benchmark::State& state) {
  const Routes routes = SomeRoutes();
  const Router router(routes.All());
  for (auto _ : state) {
    const PathSegments path("/v1/accounts/7214501938012160/followers");
    benchmark::DoNotOptimize(router.Find(Method::kGet, path).route);
  }
}
BENCHMARK(BM_FindRoute);

void BM_AdmitCall(benchmark::State& state) {
  static SystemClock clock;
  static RateLimiter* const limiter = [] {
    RateLimitOptions options;
    options.read_per_minute = options.read_burst = 1'000'000;
    return new RateLimiter(options, clock);
  }();
  std::uint64_t account = static_cast<std::uint64_t>(state.thread_index()) << 32;
  for (auto _ : state) {
    ++account;
    benchmark::DoNotOptimize(
        limiter->Admit(RateClass::kRead, AccountId{account % 10'000 + 1}, "192.0.2.77"));
  }
}
BENCHMARK(BM_AdmitCall)->Threads(1)->Threads(2);

void BM_EncodeAndDecodeCursor(benchmark::State& state) {
  const CursorCodec codec(Secret("0123456789abcdef"));
  for (auto _ : state) {
    benchmark::DoNotOptimize(codec.Decode("posts", codec.Encode("posts", {7214501938012160, 3})));
  }
}
BENCHMARK(BM_EncodeAndDecodeCursor);

void BM_EntityTagOf32KiB(benchmark::State& state) {
  const std::string body(32 * 1024, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(EntityTagOf(body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(BM_EntityTagOf32KiB);

// Everything that happens to a request between the server and the service, and back.
class ApiBench : public benchmark::Fixture {
 public:
  Request Prepare(Method method, std::string path, std::string body = {}) {
    Request request;
    request.method = method;
    request.path = std::move(path);
    request.headers.Add("Authorization", "Bearer token");
    request.headers.Add("Accept", "application/json");
    request.headers.Add("Content-Type", "application/json");
    request.body = std::move(body);
    request.remote_address = "192.0.2.77";
    request.request_id = "7f1c2b3a4d5e6f70";
    request.received_at = clock.Steady();
    return request;
  }

  void Serve(benchmark::State& state, const Request& prototype) {
    authenticator.Add("token", AccountId{7}, {Scope::kRead, Scope::kWrite});
    boost::asio::io_context context(1);
    auto loop = [](ApiBench& bench, benchmark::State& timed,
                   const Request& each) -> Awaitable<void> {
      for (auto _ : timed) {
        Request request = each;
        request.received_at = bench.clock.Steady();
        const Response response = co_await bench.api.Handle(std::move(request));
        if (response.status >= 400) timed.SkipWithError("refused");
      }
    };
    boost::asio::co_spawn(context.get_executor(), loop(*this, state, prototype),
                          [](std::exception_ptr) {});
    context.run();
  }

  SystemClock clock;
  Metrics metrics;
  Logger logger{LogOptions{}};
  testing::FakeAuthenticator authenticator;
  testing::MemoryIdempotencyStore idempotency;
  RateLimiter limiter{[] {
                        RateLimitOptions options;
                        options.read_burst = options.read_per_minute = 1'000'000;
                        options.publish_burst = options.publish_per_minute = 1'000'000;
                        options.shared_address_factor = 1'000;
                        return options;
                      }(),
                      clock};
  Api api{SomeRoutes(), {}, {authenticator, limiter, idempotency, clock, logger, metrics}};
};

BENCHMARK_F(ApiBench, SmallGet)(benchmark::State& state) {
  Serve(state, Prepare(Method::kGet, "/v1/posts/7214501938012160"));
}
BENCHMARK_F(ApiBench, SmallConditionalGet)(benchmark::State& state) {
  Serve(state, Prepare(Method::kGet, "/v1/conditional/7214501938012160"));
}
BENCHMARK_F(ApiBench, SmallPost)(benchmark::State& state) {
  Serve(state, Prepare(Method::kPost, "/v1/posts",
                       R"({"text":"The tide came in","privacy":"friends","media_ids":["7"]})"));
}

}  // namespace
}  // namespace freshet::net
