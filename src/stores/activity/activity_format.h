// The keys of the embedded activity store (docs/formats/activity.md).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "stores/activity/activity.h"

namespace freshet::stores {

inline constexpr std::uint8_t kActivityFormat = 1;
inline constexpr std::size_t kActivityListBytes = 9;
inline constexpr std::size_t kActivityKeyBytes = 17;

using ActivityKey = std::array<char, kActivityKeyBytes>;

inline std::string_view AsBytes(const ActivityKey& key) { return {key.data(), key.size()}; }

// Keys of one list share their first kActivityListBytes and ascend as ids descend.
ActivityKey EncodeActivityKey(ActivityList list, std::uint64_t id);

// Where the entries of `list` below `before` begin (0: all of them).
ActivityKey FirstActivityKey(ActivityList list, std::uint64_t before);

// The id in a key of `list`. Errors: kCorrupt when it is no key of it.
Result<std::uint64_t> DecodeActivityId(ActivityList list, std::string_view key);

}  // namespace freshet::stores
