#include "load/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "load/connection.h"

namespace freshet::bench {
namespace {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(HistogramTest, AQuantileIsOffByLessThanAHundredth) {
  std::mt19937_64 random(7);
  Histogram histogram;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::int64_t>(random() >> (random() % 40 + 24)));
    histogram.Record(nanoseconds(values.back()));
  }
  std::ranges::sort(values);
  for (const double quantile : {0.001, 0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(quantile * 20'000) - 1;
    const auto exact = static_cast<double>(values[rank]);
    EXPECT_NEAR(static_cast<double>(histogram.Quantile(quantile).count()), exact, exact * 0.01 + 1);
  }
  EXPECT_EQ(histogram.Quantile(1).count(), values.back());
  EXPECT_EQ(histogram.max().count(), values.back());
}

TEST(ResponseHeadTest, SaysWhatFollows) {
  const auto head = ResponseHead::Parse(
      "HTTP/1.1 201 Created\r\nDate: now\r\nCONTENT-LENGTH:  17\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 201);
  EXPECT_EQ(head->content_length, 17u);
  EXPECT_TRUE(head->closes);
  EXPECT_FALSE(ResponseHead::Parse("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  EXPECT_FALSE(ResponseHead::Parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
}

// Serves one connection after the other in a thread of its own; `answer` may take its time.
class OneByOneServer {
 public:
  explicit OneByOneServer(std::function<std::string(int number)> answer)
      : acceptor_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        thread_([this, answer] { Serve(answer); }) {}
  ~OneByOneServer() {
    stopping_ = true;
    tcp::socket wake(io_);
    wake.connect(acceptor_.local_endpoint());
    thread_.join();
  }
  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  void Serve(const std::function<std::string(int)>& answer) {
    for (int number = 0; !stopping_;) {
      tcp::socket socket(io_);
      acceptor_.accept(socket);
      boost::system::error_code error;
      for (std::string request; !stopping_;) {
        const auto size = boost::asio::read_until(socket, boost::asio::dynamic_buffer(request),
                                                  "\r\n\r\n", error);
        if (error) break;
        request.erase(0, size);
        boost::asio::write(socket, boost::asio::buffer(answer(number++)), error);
      }
    }
  }

  boost::asio::io_context io_;
  tcp::acceptor acceptor_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

LoadPlan OneConnection(const OneByOneServer& server, double rate) {
  return LoadPlan{.server = server.endpoint(),
                  .connections = 1,
                  .rate = rate,
                  .warmup = milliseconds(0),
                  .duration = milliseconds(400)};
}

std::string Request(std::uint64_t) { return "GET / HTTP/1.1\r\nHost: a\r\n\r\n"; }

TEST(LoadTest, AStallIsChargedToEveryRequestThatWasDueMeanwhile) {
  OneByOneServer server([](int number) {
    if (number == 10) std::this_thread::sleep_for(milliseconds(200));
    return kOk;
  });
  const LoadReport report = RunLoad(OneConnection(server, 1000), Request);
  EXPECT_EQ(report.latencies.count(), 400u);
  EXPECT_EQ(report.errors, 0u);
  // About 200 requests were due during the stall; a generator that waits would see one late answer.
  EXPECT_GE(report.latencies.Quantile(0.75), milliseconds(50));
}

TEST(LoadTest, AnswersOfAnotherStatusAndBrokenConnectionsAreErrors) {
  OneByOneServer server([](int number) -> std::string {
    if (number == 0) return "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    if (number == 1) return "nonsense\r\n\r\n";
    return kOk;
  });
  const LoadReport report = RunLoad(OneConnection(server, 50), Request);
  EXPECT_EQ(report.latencies.count(), 18u);
  EXPECT_EQ(report.errors, 2u);
  EXPECT_EQ(report.unexpected, (std::map<int, std::uint64_t>{{0, 1}, {503, 1}}));
}

TEST(LoadTest, RequestsThatNobodyAnswersAreErrors) {
  boost::asio::io_context io;
  tcp::acceptor silent(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const LoadPlan plan{.server = silent.local_endpoint(),
                      .connections = 2,
                      .rate = 50,
                      .warmup = milliseconds(0),
                      .duration = milliseconds(200),
                      .patience = milliseconds(50)};
  const LoadReport report = RunLoad(plan, Request);
  EXPECT_EQ(report.latencies.count(), 0u);
  EXPECT_EQ(report.errors, 10u);
}

TEST(LoadTest, WithoutARateTheNextRequestWaitsForTheAnswer) {
  OneByOneServer server([](int) { return kOk; });
  const LoadReport report = RunLoad(OneConnection(server, 0), Request);
  EXPECT_GT(report.latencies.count(), 0u);
  EXPECT_EQ(report.errors, 0u);
  EXPECT_EQ(report.bytes, report.latencies.count() * kOk.size());
}

}  // namespace
}  // namespace freshet::bench
