#include "net/http/testing/server_fixture.h"

#include <fmt/format.h>

#include <thread>
#include <utility>

namespace freshet::net::testing {

Awaitable<void> Gate::Wait() {
  co_await Suspend<bool>([this](Resolver<bool> resolver) {
    MutexLock lock(mutex_);
    if (open_) {
      std::move(resolver).Resolve(true);
    } else {
      waiting_.push_back(std::move(resolver));
      changed_.NotifyAll();
    }
  });
}

void Gate::Open() {
  std::vector<Resolver<bool>> waiting;
  {
    MutexLock lock(mutex_);
    open_ = true;
    waiting.swap(waiting_);
  }
  for (auto& resolver : waiting) std::move(resolver).Resolve(true);
}

void Gate::AwaitWaiting(std::size_t count) {
  MutexLock lock(mutex_);
  while (waiting_.size() < count) changed_.Wait(mutex_);
}

ServerTest::Handler ServerTest::Says(std::string body, std::string type) {
  return [body = std::move(body), type = std::move(type)](Request) -> Awaitable<Response> {
    Response response;
    response.headers.Add("Content-Type", type);
    response.body = body;
    co_return response;
  };
}

ServerTest::Handler ServerTest::Echoes() {
  return [](Request request) -> Awaitable<Response> {
    co_return Text(fmt::format("{} {} {} {}", Name(request.method), request.path, request.query,
                               request.body));
  };
}

Response ServerTest::Text(std::string body) {
  Response response;
  response.headers.Add("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

void ServerTest::OnWebSocket(std::string path, UpgradeBody body) {
  On(std::move(path), [body = std::move(body)](Request) -> Awaitable<Response> {
    Response response;
    response.body = body;
    co_return response;
  });
}

void ServerTest::StartServer() {
  io_ = std::make_unique<IoThreads>(2);
  server_ = std::make_unique<HttpServer>(options_, *this, *io_, *server_clock_, logger_, metrics_);
  const auto started = server_->Start();
  ASSERT_TRUE(started) << started.error().ToString();
}

void ServerTest::StopServer() {
  if (server_) RunBlocking(server_->Drain(Deadline::After(*server_clock_, Duration(0))));
  server_.reset();
  io_.reset();
}

std::vector<Request> ServerTest::Seen() {
  MutexLock lock(mutex_);
  return seen_;
}

double ServerTest::Metric(const std::string& series) const {
  const std::string text = metrics_.Render();
  const auto at = text.find("\n" + series + " ");
  return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size() + 2));
}

void ServerTest::AwaitMetric(const std::string& series, double value) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (Metric(series) != value) {
    ASSERT_LT(std::chrono::steady_clock::now(), end)
        << series << " is " << Metric(series) << ", not " << value;
    std::this_thread::yield();
  }
}

Awaitable<Response> ServerTest::Handle(Request request) {
  {
    MutexLock lock(mutex_);
    seen_.push_back(request);
  }
  const auto handler = handlers_.find(request.path);
  if (handler == handlers_.end()) co_return Refuse(404, "unknown path", request.request_id);
  co_return co_await handler->second(std::move(request));
}

Response ServerTest::Refuse(int status, std::string_view detail, std::string_view request_id) {
  Response response{.status = status, .headers = {}, .body = {}};
  response.headers.Add("Content-Type", "application/problem+json");
  response.body = fmt::format(R"({{"detail":"{}","request":"{}"}})", detail, request_id);
  return response;
}

}  // namespace freshet::net::testing
