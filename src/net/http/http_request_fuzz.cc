// Bytes through RequestReader, as a connection feeds it: in pieces, one request after the other.
// The first byte chooses how long the pieces are; the same requests must come out for every choice.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "net/http/request_reader.h"

namespace freshet::net {
namespace {

constexpr std::size_t kHeaderLimit = 4'096;

class Policies final : public HttpService {
 public:
  RequestPolicy Policy(Method method, std::string_view) override {
    return {.body_limit = method == Method::kPost ? 8'192u : 0u};
  }
  Awaitable<Response> Handle(Request) override { co_return Response{}; }
  Response Refuse(int, std::string_view, std::string_view) override { return {}; }
};

void Check(bool holds) {
  if (!holds) std::abort();
}

// What was read, one line for each request and for the refusal.
std::vector<std::string> ReadAll(std::string_view bytes, std::size_t piece) {
  Policies policies;
  RequestReader reader(policies);
  std::vector<std::string> read;
  for (;;) {
    switch (reader.Advance(kHeaderLimit)) {
      case RequestReader::Step::kRequest: {
        const IncomingRequest incoming = reader.Take();
        const Request& request = incoming.request;
        Check(request.path.starts_with('/') || request.path == "*");
        Check(request.body.size() <= 8'192);
        Check(!incoming.http11 || request.headers.Has("Host"));
        std::string line(Name(request.method));
        line += ' ' + request.path + '?' + request.query;
        for (const auto& [name, value] : request.headers) {
          Check(value.find_first_of("\r\n") == std::string::npos);
          line += '\n' + name + ':' + value;
        }
        read.push_back(line + "\n\n" + request.body);
        break;
      }
      case RequestReader::Step::kNeedBytes: {
        reader.TakeExpectation();
        if (bytes.empty()) return read;
        const auto room = reader.Room();
        Check(!room.empty());
        const std::size_t count = std::min({piece, room.size(), bytes.size()});
        std::memcpy(room.data(), bytes.data(), count);
        reader.Received(count);
        bytes.remove_prefix(count);
        break;
      }
      case RequestReader::Step::kRefused:
        Check(reader.refusal().status >= 400);
        read.push_back("refused");
        return read;
    }
  }
}

}  // namespace
}  // namespace freshet::net

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = freshet::net::ReadAll(bytes, bytes.size() + 1);
  const auto pieces = freshet::net::ReadAll(bytes, data[0] + 1u);
  if (whole != pieces) std::abort();
  return 0;
}
