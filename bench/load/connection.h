// One HTTP/1.1 connection of the load generator.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace freshet::bench {

struct Answer {
  int status = 0;         // 0: none came
  std::size_t bytes = 0;  // head and body
};

struct ResponseHead {
  int status = 0;
  std::size_t content_length = 0;
  bool closes = false;

  // `head` ends with its empty line. Nothing for what is no HTTP/1.1 head, or is chunked.
  static std::optional<ResponseHead> Parse(std::string_view head);
};

// Sends one request after the other, and reads the answers without looking into their bodies.
// Connects when it has to. For one thread; the io_context must run out of work before it is
// destroyed.
class Connection {
 public:
  using Done = std::function<void(Answer)>;

  Connection(boost::asio::io_context& io, boost::asio::ip::tcp::endpoint server)
      : socket_(io), server_(server) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `request` is the whole message. One at a time; `done` may send the next.
  void Send(std::string request, Done done);
  void Close();

 private:
  void Connect();
  void Write();
  void Read();
  void Consume(std::size_t bytes);
  void Finish(int status);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::ip::tcp::endpoint server_;
  std::string request_;
  Done done_;
  std::string head_;  // so far; with what came of the body, until the head is complete
  std::optional<ResponseHead> response_;
  std::size_t body_left_ = 0;
  std::size_t bytes_ = 0;
  std::array<char, 65'536> buffer_;
};

}  // namespace freshet::bench
