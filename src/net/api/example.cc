#include "net/api/example.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/utf8.h"
#include "net/http/uri.h"
#include "net/json/json_writer.h"

namespace freshet::net {
namespace {

constexpr std::string_view kId = "7214501938012160";
constexpr std::string_view kTime = "2026-01-31T08:05:09.123Z";
constexpr int kDeepest = 4;

std::string_view TextFor(std::string_view format) {
  if (format == "email") return "ana@example.org";
  if (format == "uri" || format == "url") return "https://example.org/feed";
  if (format == "password") return "correct horse battery staple";
  if (format == "date-time") return kTime;
  return "Good morning";
}

// Cut or repeated until its length, in ASCII characters, keeps the bounds.
std::string Fitted(std::string_view text, const FieldRules& rules) {
  std::string fitted(text);
  while (rules.least && static_cast<double>(fitted.size()) < *rules.least) fitted += text;
  if (rules.most && static_cast<double>(fitted.size()) > *rules.most) {
    fitted.resize(static_cast<std::size_t>(*rules.most));
  }
  return fitted;
}

double NumberFor(const FieldRules& rules, double preferred) {
  return std::clamp(preferred, rules.least.value_or(preferred), rules.most.value_or(preferred));
}

void WriteExample(JsonWriter& writer, const Schema& schema, const FieldRules& rules, int depth);

void WriteObject(JsonWriter& writer, const Schema& schema, int depth) {
  writer.BeginObject();
  for (const auto& member : schema.members) {
    if (depth > 0 && !member.required()) continue;
    writer.Key(member.name);
    if (member.default_json) {
      writer.Raw(member.default_json());
    } else {
      WriteExample(writer, *member.schema, member.rules, depth + 1);
    }
  }
  writer.EndObject();
}

void WriteList(JsonWriter& writer, const Schema& schema, const FieldRules& rules, int depth) {
  writer.BeginArray();
  const auto count = static_cast<int>(NumberFor(rules, depth < kDeepest ? 1 : 0));
  for (int i = 0; i < count; ++i) WriteExample(writer, *schema.element, {}, depth + 1);
  writer.EndArray();
}

void WriteExample(JsonWriter& writer, const Schema& schema, const FieldRules& rules, int depth) {
  switch (schema.kind) {
    case Schema::Kind::kBoolean: return writer.Bool(true);
    case Schema::Kind::kInteger:
      return writer.Int(static_cast<std::int64_t>(std::ceil(NumberFor(rules, 1))));
    case Schema::Kind::kNumber: return writer.Number(NumberFor(rules, 0.5));
    case Schema::Kind::kText: return writer.Text(ExampleText(schema, rules));
    case Schema::Kind::kWord: return writer.Text(schema.words.front());
    case Schema::Kind::kList: return WriteList(writer, schema, rules, depth);
    case Schema::Kind::kMap:
    case Schema::Kind::kAny: return writer.Raw("{}");
    case Schema::Kind::kObject: return WriteObject(writer, schema, depth);
  }
}

// For a shell, between single quotes.
std::string ShellQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string ExamplePath(const RouteInfo& route) {
  std::string path;
  std::size_t next = 0;
  for (const auto& segment : route.path.Segments()) {
    path += '/';
    path += segment.is_parameter ? PercentEncode(ExampleText(*route.path_parameters[next++].schema))
                                 : std::string(segment.text);
  }
  if (path.empty()) path = "/";
  // Only what must be given; the table beside the example shows the rest.
  char separator = '?';
  for (const Schema* query : route.queries) {
    for (const auto& member : query->members) {
      if (!member.required()) continue;
      path += fmt::format("{}{}={}", std::exchange(separator, '&'), member.name,
                          PercentEncode(ExampleText(*member.schema, member.rules)));
    }
  }
  return path;
}

}  // namespace

std::string ExampleText(const Schema& schema, const FieldRules& rules) {
  switch (schema.kind) {
    case Schema::Kind::kText:
      if (!schema.pattern.empty()) return std::string(kId);
      return Fitted(TextFor(schema.format.empty() ? rules.format : schema.format), rules);
    case Schema::Kind::kWord: return std::string(schema.words.front());
    case Schema::Kind::kList: return ExampleText(*schema.element, {});
    default: {
      std::string json;
      JsonWriter writer(json);
      WriteExample(writer, schema, rules, 0);
      return json;
    }
  }
}

std::string ExampleJson(const Schema& schema, const FieldRules& rules) {
  std::string json;
  JsonWriter writer(json);
  WriteExample(writer, schema, rules, 0);
  return json;
}

std::string ExampleCurl(const RouteInfo& route) {
  std::string command = "curl";
  if (route.method != Method::kGet) command += fmt::format(" -X {}", Name(route.method));
  command += ' ' + ShellQuoted("https://feed.example" + ExamplePath(route));
  if (route.scope != Scope::kPublic) command += " \\\n  -H \"Authorization: Bearer $TOKEN\"";
  if (route.takes_idempotency_key()) command += " \\\n  -H \"Idempotency-Key: $(uuidgen)\"";
  if (route.if_match) command += " \\\n  -H \"If-Match: $ETAG\"";
  if (route.body) {
    command += " \\\n  -H 'Content-Type: application/json' \\\n  -d ";
    command += ShellQuoted(ExampleJson(*route.body));
  }
  if (route.raw_body) command += " \\\n  --data-binary @FILE";
  return command;
}

}  // namespace freshet::net
