// gzip of answers (RFC 9110 section 8.4.1.3).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/http/message.h"

namespace freshet::net {

// Whether the client prefers gzip to no coding.
bool AcceptsGzip(std::string_view accept_encoding);
// Whether gzip makes sense for this kind of answer: a compressible type with a body of its own, not
// yet encoded, no part of something, and not forbidden by Cache-Control: no-transform. Event
// streams are not: each of their thousands of open connections would hold a compressor.
bool IsCompressible(const Response& response);
// A strong entity tag names bytes; those that gzip makes are others.
void WeakenEntityTag(HeaderFields& headers);

// One compressor, to be used again and again. Not thread-safe.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // A whole body at once.
  std::string Compress(std::string_view body);

  // A body in pieces: Start, any number of Continue (each answer can be decoded up to there), End.
  void Start();
  std::string Continue(std::string_view piece);
  std::string End();

 private:
  struct State;
  std::string Run(std::string_view input, int flush);
  std::unique_ptr<State> state_;
};

}  // namespace freshet::net
