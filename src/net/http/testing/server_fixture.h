// A running server whose handlers a test writes; its verbs are the language of the server's tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/io_threads.h"
#include "base/mutex.h"
#include "net/http/server.h"
#include "net/http/testing/raw_client.h"
#include "net/http/websocket.h"

namespace freshet::net::testing {

// Holds handlers back until the test opens it.
class Gate {
 public:
  Awaitable<void> Wait();
  void Open();
  // Until this many handlers wait.
  void AwaitWaiting(std::size_t count);

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ GUARDED_BY(mutex_) = false;
  std::vector<Resolver<bool>> waiting_ GUARDED_BY(mutex_);
};

class ServerTest : public ::testing::Test, public HttpService {
 protected:
  using Handler = std::function<Awaitable<Response>(Request)>;

  ServerTest() { options_.listen = "127.0.0.1:0"; }
  void TearDown() override { StopServer(); }

  // What the server answers on a path. Call before StartServer. Unknown paths are 404.
  void On(std::string path, Handler handler) { handlers_[std::move(path)] = std::move(handler); }
  // A handler that answers with a text at once.
  static Handler Says(std::string body, std::string type = "text/plain");
  // Answers with the request's method, path, query and body.
  static Handler Echoes();
  static Response Text(std::string body);
  void OnWebSocket(std::string path, UpgradeBody body);

  void StartServer();
  void StopServer();  // Drain, at once
  RawClient Connect() { return RawClient(server_->bound_port()); }
  RawClient ConnectTls() { return RawClient(server_->bound_port(), true); }
  // Requests that handlers have seen, oldest first.
  std::vector<Request> Seen();
  // The value of a series, as "name{label="x"}" in the text format; 0 when it is not there.
  double Metric(const std::string& series) const;
  // Waits until the series has this value.
  void AwaitMetric(const std::string& series, double value) const;

  HttpServerOptions options_;
  std::size_t body_limit_ = 65'536;
  SystemClock clock_;
  FakeClock fake_clock_;
  const Clock* server_clock_ = &clock_;  // point it to fake_clock_ before StartServer
  Metrics metrics_;
  Logger logger_{LogOptions{.level = LogLevel::kError, .format = LogFormat::kText}};
  std::unique_ptr<IoThreads> io_;
  std::unique_ptr<HttpServer> server_;

 private:
  RequestPolicy Policy(Method, std::string_view) override { return {.body_limit = body_limit_}; }
  Awaitable<Response> Handle(Request request) override;
  Response Refuse(int status, std::string_view detail, std::string_view request_id) override;

  std::map<std::string, Handler> handlers_;
  Mutex mutex_;
  std::vector<Request> seen_ GUARDED_BY(mutex_);
};

}  // namespace freshet::net::testing
