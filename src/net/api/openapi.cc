#include "net/api/openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "net/api/problem.h"
#include "net/api/route_facts.h"
#include "net/json/json_writer.h"

namespace freshet::net {
namespace {

using Kind = Schema::Kind;

std::string LowerName(Method method) {
  std::string name(Name(method));
  for (char& c : name) c = static_cast<char>(c - 'A' + 'a');
  return name;
}

std::string Reference(std::string_view component) {
  return fmt::format("#/components/schemas/{}", component);
}

class Writer {
 public:
  explicit Writer(const Routes& routes) : routes_(routes), types_(NamedTypesOf(routes)) {}

  std::string Render() {
    json_.BeginObject();
    json_.Member("openapi", "3.1.0");
    WriteInfo();
    WriteTags();
    WritePaths();
    WriteComponents();
    json_.EndObject();
    return std::move(text_);
  }

 private:
  void WriteInfo() {
    json_.Key("info");
    json_.BeginObject();
    json_.Member("title", "freshet");
    json_.Member("version", "1");
    json_.Member("description", ApiConventions());
    json_.EndObject();
  }

  void WriteTags() {
    std::set<std::string_view> tags;
    for (const Route& route : routes_.All()) tags.insert(route.info.tag);
    json_.Key("tags");
    json_.BeginArray();
    for (const std::string_view tag : tags) {
      json_.BeginObject();
      json_.Member("name", tag);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WritePaths() {
    std::map<std::string, std::map<Method, const RouteInfo*>> paths;
    for (const Route& route : routes_.All()) {
      paths[OpenApiPath(route.info)][route.info.method] = &route.info;
    }
    json_.Key("paths");
    json_.BeginObject();
    for (const auto& [path, methods] : paths) {
      json_.Key(path);
      json_.BeginObject();
      for (const auto& [method, route] : methods) {
        json_.Key(LowerName(method));
        WriteOperation(*route);
      }
      json_.EndObject();
    }
    json_.EndObject();
  }

  // OpenAPI has no name for a parameter that takes the rest of the path.
  static std::string OpenApiPath(const RouteInfo& route) {
    std::string path(route.path.text());
    if (path.ends_with("...}")) path.replace(path.size() - 4, 4, "}");
    return path;
  }

  void WriteOperation(const RouteInfo& route) {
    json_.BeginObject();
    json_.Member("operationId", AnchorOf(route));
    if (!route.summary.empty()) json_.Member("summary", route.summary);
    if (!route.doc.empty()) json_.Member("description", route.doc);
    json_.Key("tags");
    json_.BeginArray();
    json_.Text(route.tag);
    json_.EndArray();
    if (route.deprecated) json_.Key("deprecated"), json_.Bool(true);
    json_.Member("x-freshet-scope", NameOf(route.scope));
    json_.Member("x-freshet-rate-class", NameOf(route.rate_class));
    WriteSecurity(route);
    WriteParameters(route);
    WriteRequestBody(route);
    WriteResponses(route);
    json_.EndObject();
  }

  void WriteSecurity(const RouteInfo& route) {
    json_.Key("security");
    json_.BeginArray();
    if (route.scope == Scope::kPublic) json_.Raw("{}");
    json_.BeginObject();
    json_.Key("bearer");
    json_.BeginArray();
    if (route.scope != Scope::kPublic) json_.Text(NameOf(route.scope));
    json_.EndArray();
    json_.EndObject();
    json_.EndArray();
  }

  void BeginParameter(std::string_view name, std::string_view in, bool required,
                      std::string_view doc) {
    json_.BeginObject();
    json_.Member("name", name);
    json_.Member("in", in);
    json_.Key("required");
    json_.Bool(required);
    if (!doc.empty()) json_.Member("description", doc);
  }

  void WriteHeaderParameter(std::string_view name, std::string_view doc, int longest) {
    BeginParameter(name, "header", false, doc);
    json_.Key("schema");
    json_.Raw(fmt::format(R"({{"type":"string","minLength":1,"maxLength":{}}})", longest));
    json_.EndObject();
  }

  void WriteParameters(const RouteInfo& route) {
    json_.Key("parameters");
    json_.BeginArray();
    for (const auto& parameter : route.path_parameters) {
      BeginParameter(parameter.name, "path", true,
                     parameter.is_rest ? "The rest of the path, slashes included." : "");
      json_.Key("schema");
      WriteSchema(*parameter.schema, {}, nullptr);
      json_.EndObject();
    }
    for (const Schema* query : route.queries) {
      for (const auto& member : query->members) WriteQueryParameter(member);
    }
    if (route.takes_idempotency_key()) {
      WriteHeaderParameter("Idempotency-Key", "Makes repeating the request harmless for 24 hours.",
                           255);
    }
    if (route.if_match) {
      WriteHeaderParameter("If-Match", "Edit only what still has this ETag.", 1024);
    }
    json_.EndArray();
  }

  void WriteQueryParameter(const SchemaMember& member) {
    BeginParameter(member.name, "query", member.required(), DocWithUnit(member.rules));
    if (member.schema->kind == Kind::kList) {
      json_.Member("style", "form");
      json_.Key("explode");
      json_.Bool(false);
    }
    FieldRules bounds = member.rules;
    bounds.doc = bounds.unit = {};
    json_.Key("schema");
    WriteSchema(*member.schema, bounds, member.default_json);
    json_.EndObject();
  }

  void WriteRequestBody(const RouteInfo& route) {
    if (!route.takes_body()) return;
    json_.Key("requestBody");
    json_.BeginObject();
    json_.Key("required");
    json_.Bool(true);
    json_.Key("x-freshet-body-limit");
    json_.Uint(route.body_limit);
    json_.Key("content");
    json_.BeginObject();
    WriteContent(route.body ? "application/json" : "*/*", route.body);
    json_.EndObject();
    json_.EndObject();
  }

  void WriteContent(std::string_view media_type, const Schema* schema) {
    json_.Key(media_type);
    json_.BeginObject();
    if (schema) {
      json_.Key("schema");
      WriteSchema(*schema, {}, nullptr);
    }
    json_.EndObject();
  }

  void WriteResponses(const RouteInfo& route) {
    json_.Key("responses");
    json_.BeginObject();
    std::map<int, std::vector<const DeclaredAnswer*>> by_status;
    for (const auto& answer : route.answers) by_status[answer.status].push_back(&answer);
    for (const auto& [status, answers] : by_status) WriteAnswer(route, status, answers);
    if (route.conditional) json_.Key("304"), json_.Raw(R"({"description":"You have it already."})");
    for (const auto& [status, codes] : ProblemsOf(route)) {
      json_.Key(fmt::to_string(status));
      json_.BeginObject();
      json_.Member("description", DescribeProblems(status, codes));
      json_.Key("content");
      json_.Raw(fmt::format(R"({{"application/problem+json":{{"schema":{{"$ref":"{}"}}}}}})",
                            Reference("Problem")));
      json_.EndObject();
    }
    json_.EndObject();
  }

  static std::string DescribeProblems(int status, const std::vector<RouteProblem>& problems) {
    std::string text(TitleOf(status));
    for (std::size_t i = 0; i < problems.size(); ++i) {
      text += fmt::format("{}`{}`", i == 0 ? ": " : ", ", problems[i].code);
    }
    return text;
  }

  void WriteAnswer(const RouteInfo& route, int status,
                   const std::vector<const DeclaredAnswer*>& answers) {
    json_.Key(fmt::to_string(status));
    json_.BeginObject();
    const std::string& doc = answers.front()->doc;
    json_.Member("description", doc.empty() ? "Done." : doc);
    json_.Key("headers");
    json_.BeginObject();
    const auto header = [&](std::string_view name, std::string_view what) {
      json_.Key(name);
      json_.BeginObject();
      json_.Member("description", what);
      json_.Key("schema");
      json_.Raw(R"({"type":"string"})");
      json_.EndObject();
    };
    if (answers.front()->is_page) header("Link", "The page that follows, as rel=\"next\".");
    if (route.conditional) header("ETag", "Changes with the content.");
    if (route.rate_class != RateClass::kNone) {
      header("RateLimit-Limit", "Calls at once at most.");
      header("RateLimit-Remaining", "Calls left.");
      header("RateLimit-Reset", "Seconds until all are back.");
    }
    json_.EndObject();
    if (!answers.front()->media_type.empty()) {
      json_.Key("content");
      json_.BeginObject();
      for (const auto* answer : answers) WriteContent(answer->media_type, answer->schema);
      json_.EndObject();
    }
    json_.EndObject();
  }

  void WriteComponents() {
    json_.Key("components");
    json_.BeginObject();
    json_.Key("schemas");
    json_.BeginObject();
    for (const auto& [name, type] : types_) {
      json_.Key(name);
      WriteObjectSchema(*type.schema, type.in_requests);
    }
    json_.EndObject();
    json_.Key("securitySchemes");
    json_.Raw(R"({"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})");
    json_.EndObject();
  }

  void WriteObjectSchema(const Schema& schema, bool in_requests) {
    json_.BeginObject();
    json_.Member("type", "object");
    if (!schema.doc.empty()) json_.Member("description", schema.doc);
    json_.Key("required");
    json_.BeginArray();
    for (const auto& member : schema.members) {
      if (in_requests ? member.required() : !member.optional) json_.Text(member.name);
    }
    json_.EndArray();
    json_.Key("properties");
    json_.BeginObject();
    for (const auto& member : schema.members) {
      json_.Key(member.name);
      WriteSchema(*member.schema, member.rules, member.default_json);
    }
    json_.EndObject();
    if (in_requests) json_.Key("additionalProperties"), json_.Bool(false);
    json_.EndObject();
  }

  void WriteBound(std::string_view name, std::optional<double> bound) {
    if (!bound) return;
    json_.Key(name);
    json_.Number(*bound);
  }

  void WriteType(std::string_view type, bool nullable) {
    if (!nullable) return json_.Member("type", type);
    json_.Key("type");
    json_.BeginArray();
    json_.Text(type);
    json_.Text("null");
    json_.EndArray();
  }

  void WriteReference(const Schema& schema, std::string_view doc) {
    if (!doc.empty()) json_.Member("description", doc);
    if (!schema.nullable) return json_.Member("$ref", Reference(schema.name));
    json_.Key("anyOf");
    json_.Raw(fmt::format(R"([{{"$ref":"{}"}},{{"type":"null"}}])", Reference(schema.name)));
  }

  void WriteSchema(const Schema& schema, const FieldRules& rules, std::string (*default_json)()) {
    json_.BeginObject();
    if (schema.kind == Kind::kObject) {
      WriteReference(schema, rules.doc);
      json_.EndObject();
      return;
    }
    WriteTypeAndBounds(schema, rules);
    std::string_view format = schema.format.empty() ? rules.format : schema.format;
    if (format.empty() && rules.secret) format = "password";
    if (!format.empty()) json_.Member("format", format);
    if (!schema.pattern.empty()) json_.Member("pattern", schema.pattern);
    const std::string doc = DocWithUnit(rules);
    if (!doc.empty()) json_.Member("description", doc);
    if (default_json) json_.Key("default"), json_.Raw(default_json());
    json_.EndObject();
  }

  void WriteTypeAndBounds(const Schema& schema, const FieldRules& rules) {
    switch (schema.kind) {
      case Kind::kBoolean: return WriteType("boolean", schema.nullable);
      case Kind::kInteger:
      case Kind::kNumber:
        WriteType(schema.kind == Kind::kInteger ? "integer" : "number", schema.nullable);
        WriteBound("minimum", rules.least || !schema.is_unsigned ? rules.least : 0.0);
        return WriteBound("maximum", rules.most);
      case Kind::kText:
        WriteType("string", schema.nullable);
        WriteBound("minLength", rules.least);
        return WriteBound("maxLength", rules.most);
      case Kind::kWord:
        WriteType("string", schema.nullable);
        json_.Key("enum");
        json_.BeginArray();
        for (const std::string_view word : schema.words) json_.Text(word);
        if (schema.nullable) json_.Null();
        return json_.EndArray();
      case Kind::kList:
        WriteType("array", schema.nullable);
        json_.Key("items");
        WriteSchema(*schema.element, {}, nullptr);
        WriteBound("minItems", rules.least);
        return WriteBound("maxItems", rules.most);
      case Kind::kMap:
        WriteType("object", schema.nullable);
        json_.Key("additionalProperties");
        WriteSchema(*schema.element, {}, nullptr);
        WriteBound("minProperties", rules.least);
        return WriteBound("maxProperties", rules.most);
      case Kind::kAny:
      case Kind::kObject: return;
    }
  }

  const Routes& routes_;
  const std::map<std::string_view, NamedType> types_;
  std::string text_;
  JsonWriter json_{text_};
};

}  // namespace

std::string RenderOpenApi(const Routes& routes) { return Writer(routes).Render(); }

}  // namespace freshet::net
