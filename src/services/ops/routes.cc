#include "services/ops/routes.h"

#include <optional>

#include "base/utf8.h"

namespace freshet::ops {
namespace {

using net::Caller;
using net::NoContent;
using net::Page;
using net::Query;
using net::RateClass;
using net::RawResponse;
using net::Reply;
using net::Scope;

struct DeadLettersQuery {
  std::string topic;
  std::int64_t limit = 20;
  std::optional<std::string> cursor;

  static constexpr auto Describe() {
    return Description("DeadLettersQuery", "Records of a topic that could not be processed.",
                       Field("topic", &DeadLettersQuery::topic).Length(1, 200),
                       Field("limit", &DeadLettersQuery::limit).Defaulted().Range(1, 100),
                       Field("cursor", &DeadLettersQuery::cursor).Length(1, 300));
  }
};

// Outside, a letter is named "<topic>:<group>:<partition>:<offset>".
struct LetterName {
  std::string topic;
  std::string id;
};

Result<LetterName> ParseLetterName(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return NotFound("There is no such dead letter.");
  return LetterName{.topic = text.substr(0, colon), .id = text.substr(colon + 1)};
}

// The original's bytes are shown as text; what is not UTF-8 is replaced.
struct DeadLetterReport {
  std::string id;
  std::string topic;
  std::int64_t partition = 0;
  std::int64_t offset = 0;
  std::string group;
  std::string error;
  std::int64_t attempts = 0;
  Timestamp failed_at;
  std::string key;
  std::string value;

  static constexpr auto Describe() {
    return Description(
        "DeadLetter", "A record that a group gave up, with the reason.",
        Field("id", &DeadLetterReport::id), Field("topic", &DeadLetterReport::topic),
        Field("partition", &DeadLetterReport::partition),
        Field("offset", &DeadLetterReport::offset), Field("group", &DeadLetterReport::group),
        Field("error", &DeadLetterReport::error), Field("attempts", &DeadLetterReport::attempts),
        Field("failed_at", &DeadLetterReport::failed_at), Field("key", &DeadLetterReport::key),
        Field("value", &DeadLetterReport::value));
  }
};

DeadLetterReport Report(stores::DeadLetter letter) {
  return {.id = letter.topic + ":" + letter.id,
          .topic = std::move(letter.topic),
          .partition = letter.partition,
          .offset = static_cast<std::int64_t>(letter.offset),
          .group = std::move(letter.group),
          .error = ToValidUtf8(letter.error),
          .attempts = letter.attempts,
          .failed_at = letter.failed_at,
          .key = ToValidUtf8(letter.record.key),
          .value = ToValidUtf8(letter.record.value)};
}

void AddHealthRoutes(net::Routes& routes, OpsService& ops) {
  routes.Get("/healthz", Scope::kPublic, RateClass::kNone)
      .Summary("Whether the process is alive")
      .Tag("Operations")
      .Answers<200, Health>()
      .Handle([](const Caller&) -> Awaitable<Result<Health>> { co_return Health{}; });
  routes.Get("/readyz", Scope::kPublic, RateClass::kNone)
      .Summary("Whether requests can be served")
      .Tag("Operations")
      .Answers<200, Health>()
      .Answers<503, Health>("A store does not answer, or the process is stopping.")
      .Handle([&ops](const Caller& caller) -> Awaitable<Result<Reply<Health>>> {
        auto health = co_await ops.Ready(caller.deadline);
        const int status = health.problems.empty() ? 200 : 503;
        co_return Reply<Health>{.body = std::move(health), .status = status};
      });
  routes.Get("/metrics", Scope::kPublic, RateClass::kNone)
      .Summary("Metrics for Prometheus")
      .Tag("Operations")
      .AnswersWith<200>("text/plain; version=0.0.4")
      .Handle([&ops](const Caller&) -> Awaitable<Result<RawResponse>> {
        RawResponse answer;
        answer.response.headers.Add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        answer.response.body = ops.RenderMetrics();
        co_return answer;
      });
}

void AddStateRoutes(net::Routes& routes, OpsService& ops) {
  routes.Get("/v1/admin/state", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Every component's state")
      .Tag("Operations")
      .Answers<200, InstallationState>()
      .Handle([&ops](const Caller& caller) -> Awaitable<Result<InstallationState>> {
        return ops.State(caller.deadline);
      });
  routes.Get("/v1/admin/topics", Scope::kAdmin, RateClass::kAdmin)
      .Summary("The event log's topics, groups and lag")
      .Tag("Operations")
      .Answers<200, TopicReports>()
      .Handle([&ops](const Caller& caller) -> Awaitable<Result<TopicReports>> {
        return ops.Topics(caller.deadline);
      });
  routes.Get("/v1/admin/lag", Scope::kAdmin, RateClass::kAdmin)
      .Summary("How far consumers are behind")
      .Tag("Operations")
      .Answers<200, LagReports>()
      .Handle([&ops](const Caller& caller) -> Awaitable<Result<LagReports>> {
        return ops.Lag(caller.deadline);
      });
}

void AddAuditRoutes(net::Routes& routes, Audit& audit) {
  routes.Get("/v1/admin/audit", Scope::kAdmin, RateClass::kAdmin)
      .Summary("What administrators did")
      .Tag("Operations")
      .Doc(
          "Newest first. Every write with the scope admin is here before it is done; one that was "
          "refused is taken out again, because it changed nothing.")
      .Answers<200, Page<AuditEntry>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&audit](const Caller& caller,
                       Query<net::PageQuery> query) -> Awaitable<Result<Page<AuditEntry>>> {
        return audit.List(std::move(query.value), caller.deadline);
      });
}

void AddRebuildRoutes(net::Routes& routes, Rebuilds& rebuilds) {
  routes.Post("/v1/admin/rebuilds", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Make something anew while everything goes on")
      .Tag("Operations")
      .Doc("Watch it by its id. It ends with the process, and is then begun again by hand.")
      .Answers<202, RunReport>()
      .Fails(ErrorKind::kConflict, "already_running", "Another one is under way.")
      .Handle([&rebuilds](const Caller&,
                          net::Body<RebuildRequest> body) -> Awaitable<Result<RunReport>> {
        co_return rebuilds.Start(body.value.kind);
      });
  routes.Get("/v1/admin/rebuilds", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Rebuilds since the last start")
      .Tag("Operations")
      .Answers<200, RunReports>()
      .Handle([&rebuilds](const Caller&) -> Awaitable<Result<RunReports>> {
        co_return RunReports{rebuilds.runs().List()};
      });
  routes.Get("/v1/admin/rebuilds/{id}", Scope::kAdmin, RateClass::kAdmin)
      .Summary("One of them, and how far it is")
      .Tag("Operations")
      .Answers<200, RunReport>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&rebuilds](const Caller&, std::string id) -> Awaitable<Result<RunReport>> {
        co_return rebuilds.runs().Find(id);
      });
}

void AddDeadLetterRoutes(net::Routes& routes, OpsService& ops) {
  routes.Get("/v1/admin/dead-letters", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Records that could not be processed")
      .Tag("Operations")
      .Answers<200, Page<DeadLetterReport>>()
      .Handle([&ops](const Caller& caller,
                     Query<DeadLettersQuery> query) -> Awaitable<Result<Page<DeadLetterReport>>> {
        CO_ASSIGN_OR_RETURN(auto letters,
                            co_await ops.dead_letters().List(
                                std::move(query.value.topic), query.value.cursor.value_or(""),
                                static_cast<std::size_t>(query.value.limit), caller.deadline));
        Page<DeadLetterReport> page;
        for (auto& letter : letters.letters) page.items.push_back(Report(std::move(letter)));
        page.next = std::move(letters.next);
        co_return page;
      });
  routes.Get("/v1/admin/dead-letters/{id}", Scope::kAdmin, RateClass::kAdmin)
      .Summary("One of them")
      .Tag("Operations")
      .Answers<200, DeadLetterReport>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&ops](const Caller& caller, std::string id) -> Awaitable<Result<DeadLetterReport>> {
        CO_ASSIGN_OR_RETURN(auto name, ParseLetterName(id));
        CO_ASSIGN_OR_RETURN(auto letter,
                            co_await ops.dead_letters().Get(name.topic, name.id, caller.deadline));
        co_return Report(std::move(letter));
      });
  routes.Post("/v1/admin/dead-letters/{id}/replay", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Process one again")
      .Tag("Operations")
      .Doc("Appends the original to its topic again, for the group that gave it up.")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&ops](const Caller& caller, std::string id) -> Awaitable<Result<NoContent>> {
        CO_ASSIGN_OR_RETURN(auto name, ParseLetterName(id));
        CO_RETURN_IF_ERROR(
            co_await ops.dead_letters().Replay(name.topic, name.id, caller.deadline));
        co_return NoContent();
      });
  routes.Delete("/v1/admin/dead-letters/{id}", Scope::kAdmin, RateClass::kAdmin)
      .Summary("Give one up for good")
      .Tag("Operations")
      .Answers<204, NoContent>()
      .Fails(ErrorKind::kNotFound)
      .Handle([&ops](const Caller& caller, std::string id) -> Awaitable<Result<NoContent>> {
        CO_ASSIGN_OR_RETURN(auto name, ParseLetterName(id));
        CO_RETURN_IF_ERROR(
            co_await ops.dead_letters().Discard(name.topic, name.id, caller.deadline));
        co_return NoContent();
      });
}

}  // namespace

void AddRoutes(net::Routes& routes, OpsService& ops, Audit& audit, Rebuilds& rebuilds) {
  AddHealthRoutes(routes, ops);
  AddStateRoutes(routes, ops);
  AddDeadLetterRoutes(routes, ops);
  AddAuditRoutes(routes, audit);
  AddRebuildRoutes(routes, rebuilds);
}

}  // namespace freshet::ops
