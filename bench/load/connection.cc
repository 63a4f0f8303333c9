#include "load/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <string_view>
#include <utility>

namespace freshet::bench {
namespace {

constexpr std::size_t kMostHeadBytes = 65'536;
using boost::system::error_code;

bool SameName(std::string_view name, std::string_view lower_case) {
  return std::ranges::equal(name, lower_case, [](char left, char right) {
    return (left >= 'A' && left <= 'Z' ? left - 'A' + 'a' : left) == right;
  });
}

}  // namespace

std::optional<ResponseHead> ResponseHead::Parse(std::string_view head) {
  ResponseHead parsed;
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return std::nullopt;
  if (std::from_chars(&head[9], &head[12], parsed.status).ec != std::errc()) return std::nullopt;
  for (std::size_t at = head.find("\r\n"); at + 2 < head.size();) {
    const std::size_t begin = at + 2;
    at = head.find("\r\n", begin);
    if (at == std::string_view::npos) break;
    const std::string_view line = head.substr(begin, at - begin);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (SameName(name, "transfer-encoding")) return std::nullopt;
    if (SameName(name, "connection")) parsed.closes = SameName(value, "close");
    if (SameName(name, "content-length"))
      std::from_chars(value.data(), value.data() + value.size(), parsed.content_length);
  }
  return parsed;
}

void Connection::Send(std::string request, Done done) {
  request_ = std::move(request);
  done_ = std::move(done);
  head_.clear();
  response_.reset();
  bytes_ = 0;
  if (socket_.is_open()) {
    Write();
  } else {
    Connect();
  }
}

void Connection::Close() {
  error_code ignored;
  socket_.close(ignored);
}

void Connection::Connect() {
  socket_.async_connect(server_, [this](error_code error) {
    if (error) return Finish(0);
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), error);
    Write();
  });
}

void Connection::Write() {
  boost::asio::async_write(socket_, boost::asio::buffer(request_),
                           [this](error_code error, std::size_t) {
                             if (error) return Finish(0);
                             Read();
                           });
}

void Connection::Read() {
  socket_.async_read_some(boost::asio::buffer(buffer_), [this](error_code error, std::size_t got) {
    if (error) return Finish(0);
    Consume(got);
  });
}

void Connection::Consume(std::size_t bytes) {
  bytes_ += bytes;
  if (!response_) {
    head_.append(buffer_.data(), bytes);
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) return head_.size() > kMostHeadBytes ? Finish(0) : Read();
    response_ = ResponseHead::Parse(std::string_view(head_).substr(0, end + 4));
    if (!response_) return Finish(0);
    body_left_ = response_->content_length;
    bytes = head_.size() - (end + 4);
  }
  if (bytes > body_left_) return Finish(0);
  body_left_ -= bytes;
  if (body_left_ > 0) return Read();
  Finish(response_->status);
}

void Connection::Finish(int status) {
  if (status == 0 || response_->closes) Close();
  std::exchange(done_, nullptr)(Answer{.status = status, .bytes = bytes_});
}

}  // namespace freshet::bench
