#include "net/http/sse.h"

#include <algorithm>
#include <utility>

namespace freshet::net {
namespace {

void AppendLine(std::string& out, std::string_view field, std::string_view value) {
  out += field;
  const auto start = static_cast<std::ptrdiff_t>(out.size());
  out += value;
  std::replace_if(
      out.begin() + start, out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; },
      ' ');
  out += '\n';
}

Awaitable<Result<>> RunEvents(std::function<Awaitable<Result<>>(EventStream&)> run,
                              BodyWriter& writer) {
  EventStream events(writer);
  co_return co_await run(events);
}

}  // namespace

std::string FormatEvent(const ServerSentEvent& event) {
  std::string out;
  if (event.retry) AppendLine(out, "retry: ", std::to_string(event.retry->count()));
  if (!event.id.empty()) AppendLine(out, "id: ", event.id);
  if (!event.event.empty()) AppendLine(out, "event: ", event.event);
  std::string_view rest = event.data;
  for (;;) {
    const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
    AppendLine(out, "data: ", rest.substr(0, end));
    if (end == rest.size()) break;
    rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return out + '\n';
}

Awaitable<Result<>> EventStream::Send(const ServerSentEvent& event) {
  const std::string text = FormatEvent(event);
  co_return co_await writer_.Write(text);
}

Awaitable<Result<>> EventStream::Heartbeat() { return writer_.Write(":\n\n"); }

Response EventStreamResponse(std::function<Awaitable<Result<>>(EventStream&)> run) {
  Response response;
  response.headers.Add("Content-Type", "text/event-stream");
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("X-Accel-Buffering", "no");  // or nginx would collect events
  response.body =
      StreamBody([run = std::move(run)](BodyWriter& writer) { return RunEvents(run, writer); });
  return response;
}

}  // namespace freshet::net
