// Answers on their way to the socket: text that is put together here, and bodies that are not
// copied.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::net {

class OutputBatch {
 public:
  // Append heads and other short text here; what was added before stays before it.
  std::string& text() { return text_; }

  // Bodies up to this size are cheaper to copy than to refer to.
  static constexpr std::size_t kCopied = 1'024;
  void AddBody(std::string body);
  void AddBody(std::shared_ptr<const std::string> body);
  // `piece` must live until the batch is empty.
  void AddView(std::string_view piece);

  bool empty() const { return bytes() == 0; }
  std::size_t bytes() const { return referred_ + text_.size() - consumed_; }

  // The next pieces to write, at most as many as fit, and how many they are.
  std::size_t Fill(std::span<iovec> pieces);
  // Drops what was written; `count` is at most the bytes of the last Fill.
  void Consume(std::size_t count);
  void Clear();

 private:
  struct Segment {
    const char* data;  // null for text_ from `offset`
    std::size_t offset;
    std::size_t size;
  };
  void CloseText();

  std::string text_;
  std::size_t text_closed_ = 0;  // of text_, how much is in segments
  std::vector<Segment> segments_;
  std::size_t first_ = 0;           // the segment that is written next
  std::size_t first_written_ = 0;   // of that, how much is gone
  std::size_t referred_ = 0;        // bytes outside text_
  std::size_t consumed_ = 0;        // bytes written of all that was added
  std::vector<std::string> owned_;  // longer than kCopied, so that moving them moves no bytes
  std::vector<std::shared_ptr<const std::string>> shared_;
};

}  // namespace freshet::net
