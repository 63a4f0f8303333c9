// A client's bytes after the handshake through our WebSocket, which sends every message back. The
// first byte chooses in which pieces they arrive.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <cstdlib>
#include <memory>
#include <string>

#include "net/http/beast_websocket.h"

// Beast looks for this where the stream lives.
namespace boost::beast::test {
static void beast_close_socket(stream& closed) { closed.close(); }
}  // namespace boost::beast::test

namespace freshet::net {
namespace {

using TestStream = boost::beast::test::stream;
constexpr std::size_t kMostBytes = 4'096;

Awaitable<void> Serve(WebSocketSession& session, bool& ended) {
  const WebSocketHandshake handshake{.key = "dGhlIHNhbXBsZSBub25jZQ==", .version = "13"};
  if (!co_await session.Accept(handshake, {})) std::abort();
  for (;;) {
    auto message = co_await session.Receive(Deadline::Never());
    if (!message) break;
    if (message->size() > kMostBytes) std::abort();
    co_await session.Send(std::make_shared<const std::string>(*std::move(message)));
  }
  co_await session.Finish(1000);
  ended = true;
}

}  // namespace
}  // namespace freshet::net

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace freshet::net;
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  boost::asio::io_context context(1);
  TestStream server(context), client(context);
  server.connect(client);
  freshet::FakeClock clock;
  BeastWebSocket<TestStream&> session(server,
                                      {.max_message = kMostBytes,
                                       .send_queue = 64,
                                       .ping_interval = freshet::Duration(1'000),
                                       .write_timeout = freshet::Duration(1'000)},
                                      clock);
  bool ended = false;
  boost::asio::co_spawn(context.get_executor(), Serve(session, ended), [](std::exception_ptr e) {
    if (e) std::abort();
  });
  context.poll();
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, data[0] + 1u);
    server.append(piece);
    context.poll();
    bytes.remove_prefix(piece.size());
  }
  client.close();
  server.close_remote();
  context.poll();
  // A peer that is gone, or silent after a violation, is cut by the sweep.
  for (int i = 0; i < 10 && !ended; ++i) {
    clock.Advance(freshet::Duration(10'000));
    session.Sweep(clock.Steady());
    context.poll();
  }
  if (!ended) std::abort();
  return 0;
}
