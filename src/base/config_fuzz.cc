// Any text as the configuration file: it is read or refused with a message, and what was read is
// written as a file that reads back as the same.
#include <cstdlib>
#include <iostream>

#include "base/config.h"

namespace {

struct Options {
  std::string text = "x";
  std::int64_t number = 1;
  std::uint32_t size = 4'096;
  double ratio = 0.5;
  freshet::Duration wait{1'000};
  bool on = true;
  freshet::LogLevel level = freshet::LogLevel::kInfo;
  std::vector<std::string> list;
  freshet::Secret secret;

  static constexpr auto Describe() {
    using freshet::Field;
    return freshet::Description(
        "all", "One option of every type.", Field("text", &Options::text).Length(0, 100),
        Field("number", &Options::number), Field("size", &Options::size).Unit("bytes"),
        Field("ratio", &Options::ratio), Field("wait", &Options::wait).Unit("ms"),
        Field("on", &Options::on), Field("level", &Options::level), Field("list", &Options::list),
        Field("secret", &Options::secret));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  freshet::ConfigLoader loader;
  loader.AddSection<Options>("all");
  const auto load = [&](const std::string& text) {
    return loader.Load(
        {.arguments = {},
         .environment = {},
         .default_file = "fuzz.toml",
         .read_file = [&](const std::string&) -> freshet::Result<std::string> { return text; }});
  };
  const auto first = load(std::string(reinterpret_cast<const char*>(data), size));
  if (!first) return first.error().message().empty() ? std::abort(), 1 : 0;
  const auto second = load(first->RenderToml());
  if (!second) {
    std::cerr << first->RenderToml() << second.error().message() << '\n';
    std::abort();
  }
  for (const auto& change : freshet::Diff(*first, *second)) {
    if (change.option != "all.secret") std::abort();
  }
  return 0;
}
