// freshet_load: sends requests at a fixed rate, or as fast as they are answered, and prints one
// line of JSON about it.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "load/idle_sockets.h"
#include "load/load.h"

namespace freshet::bench {
namespace {

struct Arguments {
  std::string url;
  std::string tokens_file;
  LoadPlan load;
  double warmup = 1;
  double duration = 10;
  int limit = 50;
  std::string order = "latest";
  std::string post;
  IdleSocketsPlan sockets;
  std::uint64_t seed = 1;
};

struct Target {
  boost::asio::ip::tcp::endpoint server;
  std::string host;  // as the Host header names it
  std::string path;  // with the query
};

Target ParseTarget(const std::string& text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->scheme() != "http")
    throw std::runtime_error("not a URL of the form http://ADDRESS:PORT/PATH: " + text);
  const auto address = boost::asio::ip::make_address(url->host_address());
  Target target{.server = {address, url->port_number() ? url->port_number() : std::uint16_t{80}},
                .host = std::string(url->encoded_host_and_port()),
                .path = std::string(url->encoded_resource())};
  if (target.path.empty()) target.path = "/";
  return target;
}

std::vector<std::string> ReadTokens(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> tokens;
  for (std::string line; std::getline(file, line);) tokens.push_back(line);
  if (tokens.empty()) throw std::runtime_error("no tokens in " + path);
  return tokens;
}

std::string Milliseconds(std::chrono::nanoseconds latency) {
  return fmt::format("{:.3f}", static_cast<double>(latency.count()) / 1e6);
}

std::string ByStatus(const std::map<int, std::uint64_t>& counts) {
  std::vector<std::string> members;
  for (const auto& [status, count] : counts)
    members.push_back(fmt::format(R"("{}":{})", status, count));
  return fmt::format("{{{}}}", fmt::join(members, ","));
}

void Print(const char* mode, const Arguments& arguments, const LoadReport& report) {
  const Histogram& latencies = report.latencies;
  fmt::print(
      R"({{"run":"{}","asked":{},"connections":{},"seconds":{:.3f},"requests":{},"rate":{:.1f},)"
      R"("p50":{},"p90":{},"p99":{},"p99.9":{},"max":{},"errors":{},"unexpected":{},"bytes":{}}})"
      "\n",
      mode, arguments.load.rate, arguments.load.connections, report.seconds, latencies.count(),
      report.rate(), Milliseconds(latencies.Quantile(0.5)), Milliseconds(latencies.Quantile(0.9)),
      Milliseconds(latencies.Quantile(0.99)), Milliseconds(latencies.Quantile(0.999)),
      Milliseconds(latencies.max()), report.errors, ByStatus(report.unexpected), report.bytes);
}

void Run(const char* mode, Arguments& arguments, const Target& target,
         const RequestSource& source) {
  arguments.load.server = target.server;
  arguments.load.warmup = std::chrono::duration<double>(arguments.warmup);
  arguments.load.duration = std::chrono::duration<double>(arguments.duration);
  Print(mode, arguments, RunLoad(arguments.load, source));
}

// The first page of a random person's feed.
void Feed(Arguments& arguments) {
  const Target target = ParseTarget(arguments.url);
  const auto tokens = ReadTokens(arguments.tokens_file);
  std::mt19937_64 random(arguments.seed);
  Run("feed", arguments, target, [&](std::uint64_t) {
    return fmt::format(
        "GET /v1/feed?order={}&limit={} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        arguments.order, arguments.limit, target.host, tokens[random() % tokens.size()]);
  });
}

// A post of a random person.
void Post(Arguments& arguments) {
  const Target target = ParseTarget(arguments.url);
  const auto tokens = ReadTokens(arguments.tokens_file);
  std::mt19937_64 random(arguments.seed);
  arguments.load.expected_status = 201;
  Run("post", arguments, target, [&](std::uint64_t number) {
    const std::string body = fmt::format(
        R"({{"text":"post {} of a load test, about as long as what people write on a plain day"}})",
        number);
    return fmt::format(
        "POST /v1/posts HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        target.host, tokens[random() % tokens.size()], body.size(), body);
  });
}

// Likes of one post. Each request changes something: everybody likes it in turn, then everybody
// takes the like back, and so on.
void Like(Arguments& arguments) {
  const Target target = ParseTarget(arguments.url);
  const auto tokens = ReadTokens(arguments.tokens_file);
  Run("like", arguments, target, [&](std::uint64_t number) {
    const bool add = number / tokens.size() % 2 == 0;
    return fmt::format(
        "{} /v1/posts/{}/like HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n"
        "Content-Length: 0\r\n\r\n",
        add ? "PUT" : "DELETE", arguments.post, target.host, tokens[number % tokens.size()]);
  });
}

void Static(Arguments& arguments) {
  const Target target = ParseTarget(arguments.url);
  std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", target.path, target.host);
  Run("static", arguments, target, [&](std::uint64_t) { return request; });
}

void IdleSockets(Arguments& arguments) {
  const Target target = ParseTarget(arguments.url);
  const auto tokens = ReadTokens(arguments.tokens_file);
  arguments.sockets.server = target.server;
  const auto upgrade = [&](std::uint64_t number) {
    return fmt::format(
        "GET /v1/stream HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        target.host, tokens[number % tokens.size()]);
  };
  const auto ready = [](const IdleSocketsReport& report) {
    fmt::print(R"({{"run":"idle-sockets","open":{},"failed":{}}})"
               "\n",
               report.open, report.failed);
    std::fflush(stdout);
  };
  const auto report = HoldIdleSockets(arguments.sockets, upgrade, ready);
  fmt::print(R"({{"run":"pushes","received":{},"p50":{},"p99":{},"max":{}}})"
             "\n",
             report.pushes.count(), Milliseconds(report.pushes.Quantile(0.5)),
             Milliseconds(report.pushes.Quantile(0.99)), Milliseconds(report.pushes.max()));
}

void AddUrl(CLI::App& command, Arguments& arguments) {
  command.add_option("--url", arguments.url, "http://ADDRESS:PORT[/PATH]")->required();
}

void AddTokens(CLI::App& command, Arguments& arguments) {
  command.add_option("--tokens", arguments.tokens_file, "Access tokens, one a line")->required();
  command.add_option("--seed", arguments.seed);
}

void AddLoad(CLI::App& command, Arguments& arguments) {
  command.add_option("--rate", arguments.load.rate, "Requests a second; 0: as fast as answered");
  command.add_option("--connections", arguments.load.connections)->check(CLI::PositiveNumber);
  command.add_option("--warmup", arguments.warmup, "Seconds that are not counted");
  command.add_option("--duration", arguments.duration, "Seconds that are counted");
}

int Main(int argc, char** argv) {
  CLI::App app("Measures a server from outside");
  app.require_subcommand(1);
  Arguments arguments;
  const auto command = [&](const char* name, const char* what, void (*run)(Arguments&)) {
    CLI::App* added = app.add_subcommand(name, what);
    AddUrl(*added, arguments);
    added->callback([&arguments, run] { run(arguments); });
    return added;
  };
  CLI::App* feed = command("feed", "The first page of random people's feeds", Feed);
  AddTokens(*feed, arguments);
  AddLoad(*feed, arguments);
  feed->add_option("--limit", arguments.limit, "Posts a page");
  feed->add_option("--order", arguments.order, "latest or ranked");
  CLI::App* post = command("post", "Posts of random people", Post);
  AddTokens(*post, arguments);
  AddLoad(*post, arguments);
  CLI::App* like = command("like", "Likes of one post, given and taken back in turn", Like);
  AddTokens(*like, arguments);
  AddLoad(*like, arguments);
  like->add_option("--post", arguments.post, "The post's id")->required();
  AddLoad(*command("static", "GET of one URL", Static), arguments);
  CLI::App* sockets =
      command("idle-sockets", "Opens WebSockets and holds them until its input ends", IdleSockets);
  AddTokens(*sockets, arguments);
  sockets->add_option("--count", arguments.sockets.count);
  sockets->add_option("--opening", arguments.sockets.opening, "At the same time");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace freshet::bench

int main(int argc, char** argv) { return freshet::bench::Main(argc, argv); }
