#include "net/api/docs_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "net/api/docs_style.h"
#include "net/api/example.h"
#include "net/api/problem.h"
#include "net/api/route_facts.h"

namespace freshet::net {
namespace {

using Kind = Schema::Kind;

std::string Escaped(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      default: html += c;
    }
  }
  return html;
}

// Prose with `code` in it.
std::string Prose(std::string_view text) {
  std::string html;
  bool in_code = false;
  while (!text.empty()) {
    const std::size_t tick = std::min(text.find('`'), text.size());
    html += Escaped(text.substr(0, tick));
    if (tick < text.size()) html += std::exchange(in_code, !in_code) ? "</code>" : "<code>";
    text.remove_prefix(std::min(tick + 1, text.size()));
  }
  if (in_code) html += "</code>";
  return html;
}

// Empty lines separate paragraphs.
std::string Paragraphs(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    html += fmt::format("<p>{}</p>\n", Prose(text.substr(0, end)));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return html;
}

std::string Bounds(const Schema& schema, const FieldRules& rules) {
  std::string_view unit;
  if (schema.kind == Kind::kText) unit = " characters";
  if (schema.kind == Kind::kList) unit = " elements";
  if (rules.least && rules.most) {
    return fmt::format(", {} to {}{}", *rules.least, *rules.most, unit);
  }
  if (rules.least) return fmt::format(", at least {}{}", *rules.least, unit);
  if (rules.most) return fmt::format(", at most {}{}", *rules.most, unit);
  return {};
}

std::string TypeName(const Schema& schema) {
  switch (schema.kind) {
    case Kind::kBoolean: return "boolean";
    case Kind::kInteger: return "integer";
    case Kind::kNumber: return "number";
    case Kind::kText:
      if (schema.format == "date-time") return "time";
      return schema.pattern.empty() ? "text" : "id";
    case Kind::kWord: {
      std::string words;
      for (const std::string_view word : schema.words) {
        words += fmt::format("{}<code>{}</code>", words.empty() ? "" : " | ", Escaped(word));
      }
      return words;
    }
    case Kind::kList: return "list of " + TypeName(*schema.element);
    case Kind::kMap: return "map of " + TypeName(*schema.element);
    case Kind::kObject: return fmt::format("<a href=\"#type-{0}\">{0}</a>", schema.name);
    case Kind::kAny: return "any JSON";
  }
  return {};
}

std::string TypeCell(const SchemaMember& member) {
  std::string cell = TypeName(*member.schema);
  if (!member.rules.format.empty()) cell += fmt::format(" ({})", Escaped(member.rules.format));
  cell += Bounds(*member.schema, member.rules);
  if (member.schema->nullable) cell += ", or null";
  return cell;
}

class PageWriter {
 public:
  explicit PageWriter(const Routes& routes) : types_(NamedTypesOf(routes)) {
    for (const Route& route : routes.All()) by_tag_[route.info.tag].push_back(&route.info);
  }

  std::string Render() {
    Add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>freshet API reference</title>\n<style>");
    Add(kDocsStyle);
    Add("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">Skip to content</a>\n");
    AddNavigation();
    Add("<main id=\"content\">\n<h1>freshet API</h1>\n");
    Add(Paragraphs(ApiConventions()));
    Add("<p>For programs: <a href=\"/openapi.json\">openapi.json</a>.</p>\n");
    for (const auto& [tag, routes] : by_tag_) {
      Add(fmt::format("<h2 id=\"tag-{0}\">{0}</h2>\n", Escaped(tag)));
      for (const RouteInfo* route : routes) AddRoute(*route);
    }
    AddTypes();
    AddProblems();
    Add("</main>\n</body>\n</html>\n");
    return std::move(html_);
  }

 private:
  void Add(std::string_view html) { html_ += html; }

  static std::string MethodMark(const RouteInfo& route) {
    const std::string_view name = Name(route.method);
    std::string css(name);
    for (char& c : css) c = static_cast<char>(c - 'A' + 'a');
    return fmt::format("<span class=\"method {}\">{}</span>", css, name);
  }

  void AddNavigation() {
    Add("<nav aria-label=\"Routes\">\n<a href=\"#content\"><strong>freshet API</strong></a>\n");
    for (const auto& [tag, routes] : by_tag_) {
      Add(fmt::format("<h2>{}</h2>\n<ul>\n", Escaped(tag)));
      for (const RouteInfo* route : routes) {
        Add(fmt::format("<li><a href=\"#{}\"><code>{} {}</code></a></li>\n", AnchorOf(*route),
                        MethodMark(*route), Escaped(route->path.text())));
      }
      Add("</ul>\n");
    }
    Add("<h2>More</h2>\n<ul>\n<li><a href=\"#types\">Types</a></li>\n"
        "<li><a href=\"#problems\">Problems</a></li>\n</ul>\n</nav>\n");
  }

  void AddRoute(const RouteInfo& route) {
    const std::string anchor = AnchorOf(route);
    Add(fmt::format("<article id=\"{0}\">\n<h3><a href=\"#{0}\"><code>{1} {2}</code></a></h3>\n",
                    anchor, MethodMark(route), Escaped(route.path.text())));
    if (route.deprecated) Add("<p class=\"deprecated\">Deprecated.</p>\n");
    if (!route.summary.empty()) Add(fmt::format("<p>{}.</p>\n", Prose(route.summary)));
    Add(Paragraphs(route.doc));
    AddFacts(route);
    AddParameters(route);
    if (route.body) {
      Add("<h4>Body</h4>\n");
      Add(fmt::format("<p>{}, at most {} bytes.</p>\n", TypeName(*route.body), route.body_limit));
    }
    if (route.raw_body) {
      Add(fmt::format("<h4>Body</h4>\n<p>Bytes, at most {}.</p>\n", route.body_limit));
    }
    AddAnswers(route);
    Add(fmt::format("<h4>Example</h4>\n<pre><code>{}</code></pre>\n</article>\n",
                    Escaped(ExampleCurl(route))));
  }

  void AddFacts(const RouteInfo& route) {
    std::string facts = route.scope == Scope::kPublic
                            ? "Open to everybody"
                            : fmt::format("Needs scope <code>{}</code>", NameOf(route.scope));
    if (route.rate_class != RateClass::kNone) {
      facts += fmt::format(" · counts as <code>{}</code>", NameOf(route.rate_class));
    }
    if (route.conditional) facts += " · has an ETag";
    if (route.takes_idempotency_key()) facts += " · takes an Idempotency-Key";
    if (route.if_match) facts += " · takes If-Match";
    Add(fmt::format("<p class=\"facts\">{}</p>\n", facts));
  }

  void BeginTable(std::string_view first) {
    Add(
        fmt::format("<div class=\"wide\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\">"
                    "<table>\n<thead><tr><th scope=\"col\">{0}</th><th scope=\"col\">Type</th>"
                    "<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n",
                    first));
  }
  void EndTable() { Add("</tbody></table></div>\n"); }

  void AddRow(std::string_view name, std::string_view must, std::string_view type,
              std::string_view meaning) {
    Add(fmt::format("<tr><td><code>{}</code>", Escaped(name)));
    if (!must.empty()) Add(fmt::format("<span class=\"must\">{}</span>", must));
    Add(fmt::format("</td><td>{}</td><td>{}</td></tr>\n", type, meaning));
  }

  void AddMember(const SchemaMember& member, bool in_request) {
    std::string must;
    if (in_request) must = member.required() ? "required" : "";
    if (!in_request && member.optional) must = "may be absent";
    std::string meaning = Prose(DocWithUnit(member.rules));
    if (in_request && member.default_json) {
      meaning += fmt::format("{}Default <code>{}</code>.", meaning.empty() ? "" : " ",
                             Escaped(member.default_json()));
    }
    AddRow(member.name, must, TypeCell(member), meaning);
  }

  void AddParameters(const RouteInfo& route) {
    if (route.path_parameters.empty() && route.queries.empty()) return;
    Add("<h4>Parameters</h4>\n");
    BeginTable("Parameter");
    for (const auto& parameter : route.path_parameters) {
      AddRow(parameter.name, "in the path", TypeName(*parameter.schema),
             parameter.is_rest ? "The rest of the path." : "");
    }
    for (const Schema* query : route.queries) {
      for (const auto& member : query->members) AddMember(member, true);
    }
    EndTable();
  }

  void AddAnswers(const RouteInfo& route) {
    Add("<h4>Answers</h4>\n<ul>\n");
    for (const auto& answer : route.answers) {
      const std::string what = answer.schema ? TypeName(*answer.schema)
                               : answer.media_type.empty()
                                   ? "no body"
                                   : fmt::format("<code>{}</code>", Escaped(answer.media_type));
      Add(fmt::format("<li><strong>{}</strong> {}{}{}</li>\n", answer.status, what,
                      answer.doc.empty() ? "" : ": ", Prose(answer.doc)));
    }
    if (route.conditional) Add("<li><strong>304</strong> no body: you have it already</li>\n");
    for (const auto& [status, problems] : ProblemsOf(route)) {
      Add(fmt::format("<li><strong>{}</strong> ", status));
      for (std::size_t i = 0; i < problems.size(); ++i) {
        const std::string code = Escaped(problems[i].code);
        if (i > 0) Add(", ");
        Add(fmt::format("<a href=\"#problem-{0}\"><code>{0}</code></a>", code));
        NoteProblem(status, problems[i]);
      }
      Add("</li>\n");
    }
    Add("</ul>\n");
  }

  void NoteProblem(int status, const RouteProblem& problem) {
    auto& noted = problems_[{status, problem.code}];
    if (noted.empty()) noted = problem.doc;
  }

  void AddTypes() {
    Add("<h2 id=\"types\">Types</h2>\n");
    for (const auto& [name, type] : types_) {
      Add(fmt::format("<article id=\"type-{0}\">\n<h3><a href=\"#type-{0}\">{0}</a></h3>\n", name));
      if (!type.schema->doc.empty()) Add(fmt::format("<p>{}</p>\n", Prose(type.schema->doc)));
      BeginTable("Member");
      for (const auto& member : type.schema->members) AddMember(member, type.in_requests);
      EndTable();
      Add("</article>\n");
    }
  }

  void AddProblems() {
    for (const auto& common : CommonProblemCodes()) {
      NoteProblem(common.status, {std::string(common.code), std::string(common.doc)});
    }
    Add("<h2 id=\"problems\">Problems</h2>\n<dl>\n");
    for (const auto& [key, doc] : problems_) {
      Add(fmt::format("<dt id=\"problem-{0}\"><code>{0}</code> · {1}</dt>\n<dd>{2}</dd>\n",
                      Escaped(key.second), key.first, Prose(doc)));
    }
    Add("</dl>\n");
  }

  const std::map<std::string_view, NamedType> types_;
  std::map<std::string_view, std::vector<const RouteInfo*>> by_tag_;
  std::map<std::pair<int, std::string>, std::string> problems_;
  std::string html_;
};

// A source expression for a Content-Security-Policy: ordinary base64 of the digest.
std::string HashSource(std::string_view content) {
  std::string base64 = EncodeBase64Url(AsBytes(Sha256(content)));
  std::ranges::replace(base64, '-', '+');
  std::ranges::replace(base64, '_', '/');
  return fmt::format("'sha256-{}='", base64);
}

}  // namespace

DocsPage RenderDocsPage(const Routes& routes) {
  return {PageWriter(routes).Render(),
          fmt::format("default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'; "
                      "frame-ancestors 'none'",
                      HashSource(kDocsStyle))};
}

}  // namespace freshet::net
