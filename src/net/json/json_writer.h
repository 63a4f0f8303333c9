// Values to JSON (RFC 8259), appended to a text.
//
//   std::string body;
//   JsonWriter writer(body);
//   WriteJson(writer, post);            // or: body = ToJson(post)
//
// What becomes what: described structs are objects, with empty std::optional members left out and
// empty Nullable ones null; ids are decimal texts, times RFC 3339 with milliseconds, durations
// milliseconds, named enumerators their words.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/clock.h"
#include "base/describe.h"
#include "net/json/json_types.h"

namespace freshet::net {

// Puts the commas and quotes. Nesting is the caller's: every Begin has its End, every Key its
// value. Texts must be UTF-8.
class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out), start_(out.size()) {}

  void BeginObject() { Open('{'); }
  void EndObject() { out_ += '}'; }
  void BeginArray() { Open('['); }
  void EndArray() { out_ += ']'; }
  void Key(std::string_view name) {
    Separate();
    AppendQuoted(name);
    out_ += ':';
  }

  // For names that need no escapes, such as those of described members.
  void PlainKey(std::string_view name);

  void Text(std::string_view text) {
    Separate();
    AppendQuoted(text);
  }
  void Int(std::int64_t value);
  void Uint(std::uint64_t value);
  // The shortest text that reads back as the same value; null for what is no number.
  void Number(double value);
  void Bool(bool value) { Raw(value ? "true" : "false"); }
  void Null() { Raw("null"); }
  // `json` is one whole JSON value.
  void Raw(std::string_view json) {
    Separate();
    out_ += json;
  }
  void DecimalText(std::uint64_t value);
  void Time(Timestamp time);

  void Member(std::string_view name, std::string_view text) { Key(name), Text(text); }

 private:
  // What was written last says whether a comma is due, so that no state has to be kept.
  void Separate() {
    if (out_.size() == start_) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_ += ',';
  }
  void Open(char bracket) {
    Separate();
    out_ += bracket;
  }
  void AppendQuoted(std::string_view text);

  std::string& out_;
  const std::size_t start_;
};

template <class T>
void WriteJson(JsonWriter& writer, const T& value);

template <class T>
std::string ToJson(const T& value) {
  std::string json;
  JsonWriter writer(json);
  WriteJson(writer, value);
  return json;
}

template <Described T>
void WriteJsonMembers(JsonWriter& writer, const T& value) {
  ForEachField<T>([&](const auto& field) {
    const auto& member = value.*(field.member);
    if constexpr (kIsOptional<std::remove_cvref_t<decltype(member)>>) {
      if (!member) return;
      writer.PlainKey(field.name);
      WriteJson(writer, *member);
    } else {
      writer.PlainKey(field.name);
      WriteJson(writer, member);
    }
  });
}

template <class T>
void WriteJson(JsonWriter& writer, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    writer.Bool(value);
  } else if constexpr (std::unsigned_integral<T>) {
    writer.Uint(value);
  } else if constexpr (std::integral<T>) {
    writer.Int(value);
  } else if constexpr (std::floating_point<T>) {
    writer.Number(value);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    writer.Text(value);
  } else if constexpr (kIsId<T>) {
    writer.DecimalText(value.value);
  } else if constexpr (std::same_as<T, Timestamp>) {
    writer.Time(value);
  } else if constexpr (std::same_as<T, Duration>) {
    writer.Int(value.count());
  } else if constexpr (NamedEnum<T>) {
    writer.Text(NameOf(value));
  } else if constexpr (std::same_as<T, RawJson>) {
    writer.Raw(value.text);
  } else if constexpr (kIsNullable<T>) {
    value ? WriteJson(writer, *value) : writer.Null();
  } else if constexpr (kIsVector<T>) {
    writer.BeginArray();
    for (const auto& element : value) WriteJson(writer, element);
    writer.EndArray();
  } else if constexpr (kIsTextMap<T>) {
    writer.BeginObject();
    for (const auto& [name, element] : value) writer.Key(name), WriteJson(writer, element);
    writer.EndObject();
  } else {
    static_assert(Described<T>, "this type has no form in JSON: give it a Describe()");
    writer.BeginObject();
    WriteJsonMembers(writer, value);
    writer.EndObject();
  }
}

}  // namespace freshet::net
