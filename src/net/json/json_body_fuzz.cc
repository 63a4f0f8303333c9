// Whatever bytes come: reading them ends, a value that was read is written as JSON that reads back
// as the same value, and a refusal says why.
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/json/json_reader.h"
#include "net/json/json_writer.h"
#include "net/json/testing/sample.h"

namespace {

using namespace freshet::net;

void Expect(bool holds) {
  if (!holds) std::abort();
}

bool IsTextOf(std::string_view json, std::string_view text) {
  return std::string_view(boost::json::parse(json).as_string()) == text;
}

template <class T>
void ReadAs(std::string_view text) {
  const auto value = ReadJson<T>(text);
  if (value) {
    const auto again = ReadJson<T>(ToJson(*value));
    Expect(again.has_value() && *again == *value);
    return;
  }
  Expect(value.error().kind() == freshet::ErrorKind::kInvalid);
  Expect(!value.error().message().empty());
  Expect(value.error().fields().size() <= FieldErrors::kMost);
  // Problems are JSON too, so what is said of hostile texts must be sound.
  for (const auto& field : value.error().fields()) {
    Expect(IsTextOf(ToJson(field.field), field.field));
    Expect(IsTextOf(ToJson(field.message), field.message));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ReadAs<testing::CreatePost>(text);
  ReadAs<testing::Everything>(text);
  ReadAs<testing::Comment>(text);
  return 0;
}
