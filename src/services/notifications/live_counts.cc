#include "services/notifications/live_counts.h"

#include <utility>

namespace freshet::notifications {
namespace {

constexpr std::chrono::milliseconds kBetweenTellings{250};
constexpr Duration kCallDeadline{5'000};
constexpr std::string_view kPrefix = "touched ";

}  // namespace

stores::Message TouchedMessage(PostId post) {
  return std::make_shared<const std::string>(std::string(kPrefix) + std::to_string(post.value));
}

std::optional<PostId> ReadTouched(std::string_view message) {
  if (!message.starts_with(kPrefix)) return std::nullopt;
  const auto id = ParseId(message.substr(kPrefix.size()));
  return id ? std::optional(PostId{*id}) : std::nullopt;
}

void LiveCounts::Touch(PostId post) {
  MutexLock lock(mutex_);
  touched_.insert(post);
}

Awaitable<> LiveCounts::Run(std::stop_token stop) {
  while (co_await Sleep(kBetweenTellings, stop)) {
    std::unordered_set<PostId> touched;
    {
      MutexLock lock(mutex_);
      touched = std::exchange(touched_, {});
    }
    for (const auto post : touched) {
      // One that fails is told at its next change.
      (void)co_await pubsub_.Publish({{stores::ChannelKind::kPost, post.value}},
                                     TouchedMessage(post), Deadline::After(clock_, kCallDeadline));
    }
  }
}

}  // namespace freshet::notifications
