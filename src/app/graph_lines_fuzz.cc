#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/import_lines.h"

// Any line is an edge between two valid, different names, nothing, or an error for people.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto edge = freshet::app::ParseGraphLine(line);
  if (edge && *edge && ((*edge)->follower == (*edge)->followee || (*edge)->follower.size() < 2))
    std::abort();
  if (!edge && edge.error().message().empty()) std::abort();
  const auto post =
      freshet::app::ParsePostLine(line, freshet::Timestamp(freshet::Duration(1'700'000'000'000)));
  if (!post && post.error().message().empty()) std::abort();
  return 0;
}
