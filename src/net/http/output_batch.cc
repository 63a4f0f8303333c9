#include "net/http/output_batch.h"

#include <algorithm>
#include <utility>

namespace freshet::net {
namespace {

constexpr std::size_t kKeptCapacity = 65'536;

}  // namespace

void OutputBatch::CloseText() {
  if (text_closed_ == text_.size()) return;
  segments_.push_back({nullptr, text_closed_, text_.size() - text_closed_});
  text_closed_ = text_.size();
}

void OutputBatch::AddView(std::string_view piece) {
  if (piece.empty()) return;
  CloseText();
  segments_.push_back({piece.data(), 0, piece.size()});
  referred_ += piece.size();
}

void OutputBatch::AddBody(std::string body) {
  if (body.size() <= kCopied) {
    text_ += body;
    return;
  }
  owned_.push_back(std::move(body));
  AddView(owned_.back());
}

void OutputBatch::AddBody(std::shared_ptr<const std::string> body) {
  if (body->size() <= kCopied) {
    text_ += *body;
    return;
  }
  AddView(*body);
  shared_.push_back(std::move(body));
}

std::size_t OutputBatch::Fill(std::span<iovec> pieces) {
  CloseText();
  const std::size_t count = std::min(pieces.size(), segments_.size() - first_);
  for (std::size_t i = 0; i < count; ++i) {
    const Segment& segment = segments_[first_ + i];
    const char* data = segment.data != nullptr ? segment.data : text_.data() + segment.offset;
    const std::size_t skipped = i == 0 ? first_written_ : 0;
    pieces[i] = {const_cast<char*>(data) + skipped, segment.size - skipped};
  }
  return count;
}

void OutputBatch::Consume(std::size_t count) {
  consumed_ += count;
  if (empty()) {
    Clear();
    return;
  }
  first_written_ += count;
  while (first_ < segments_.size() && first_written_ >= segments_[first_].size)
    first_written_ -= segments_[first_++].size;
}

void OutputBatch::Clear() {
  if (text_.capacity() > kKeptCapacity) text_ = {};
  text_.clear();
  segments_.clear();
  owned_.clear();
  shared_.clear();
  text_closed_ = first_ = first_written_ = referred_ = consumed_ = 0;
}

}  // namespace freshet::net
