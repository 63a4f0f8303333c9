#include "app/importer.h"

#include <algorithm>
#include <unordered_set>

#include "app/import_lines.h"

namespace freshet::app {
namespace {

constexpr std::size_t kMostKnownAccounts = 2'000'000;
constexpr std::size_t kMostNewAccounts = 2'000;  // in one transaction, which others wait for
constexpr std::size_t kMostLines = 2'000;        // likewise

}  // namespace

Awaitable<Result<ImportPosition>> Importer::Position(std::string file, Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto lines,
                      co_await services_.bulk.LinesDone(std::move(file), deadline));
  co_return ImportPosition{lines};
}

Awaitable<Result<ImportOutcome>> Importer::Import(ImportKind kind, ImportBatch batch,
                                                  Deadline deadline) {
  ImportOutcome all;
  for (std::size_t at = 0; at < batch.lines.size(); at += kMostLines) {
    const auto begin = batch.lines.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(kMostLines, batch.lines.size() - at);
    ImportBatch slice{.file = batch.file,
                      .first_line = batch.first_line + static_cast<std::int64_t>(at),
                      .lines = {std::move_iterator(begin),
                                std::move_iterator(begin + static_cast<std::ptrdiff_t>(count))},
                      .both_ways = batch.both_ways};
    CO_ASSIGN_OR_RETURN(auto outcome, kind == ImportKind::kGraph
                                          ? co_await ImportGraph(std::move(slice), deadline)
                                          : co_await ImportPosts(std::move(slice), deadline));
    all.added += outcome.added;
    all.known += outcome.known;
    std::ranges::move(outcome.skipped, std::back_inserter(all.skipped));
  }
  co_return all;
}

Awaitable<Result<>> Importer::Learn(std::vector<std::string> names, Deadline deadline) {
  if (accounts_.size() > kMostKnownAccounts) accounts_.clear();
  std::unordered_set<std::string> unknown;
  for (auto& name : names) {
    if (!accounts_.contains(name)) unknown.insert(std::move(name));
  }
  std::vector<accounts::BulkAccount> missing;
  const auto ensure = [&]() -> Awaitable<Result<>> {
    CO_ASSIGN_OR_RETURN(const auto ids, co_await services_.accounts.Ensure(missing, deadline));
    for (std::size_t i = 0; i < ids.size(); ++i) accounts_.emplace(missing[i].username, ids[i]);
    missing.clear();
    co_return Result<>();
  };
  for (const auto& name : unknown) {
    missing.push_back({.username = name, .display_name = name, .bio = {}});
    if (missing.size() == kMostNewAccounts) CO_RETURN_IF_ERROR(co_await ensure());
  }
  if (!missing.empty()) CO_RETURN_IF_ERROR(co_await ensure());
  co_return Result<>();
}

Awaitable<Result<ImportOutcome>> Importer::ImportGraph(ImportBatch batch, Deadline deadline) {
  ImportOutcome outcome;
  std::vector<GraphLine> edges;
  std::vector<std::string> names;
  const auto count = static_cast<std::int64_t>(batch.lines.size());
  for (std::int64_t i = 0; i < count; ++i) {
    auto edge = ParseGraphLine(batch.lines[static_cast<std::size_t>(i)]);
    if (!edge) {
      outcome.skipped.push_back(
          {.line = batch.first_line + i + 1, .reason = edge.error().message()});
    } else if (*edge) {
      names.push_back((*edge)->follower);
      names.push_back((*edge)->followee);
      edges.push_back(**std::move(edge));
    }
  }
  CO_RETURN_IF_ERROR(co_await Learn(std::move(names), deadline));
  std::vector<social::BulkFollow> follows;
  follows.reserve(edges.size() * (batch.both_ways ? 2 : 1));
  for (const auto& edge : edges) {
    const AccountId follower = accounts_.at(edge.follower);
    const AccountId followee = accounts_.at(edge.followee);
    follows.push_back({.follower = follower, .followee = followee});
    if (batch.both_ways) follows.push_back({.follower = followee, .followee = follower});
  }
  const auto offered = static_cast<std::int64_t>(follows.size());
  CO_ASSIGN_OR_RETURN(
      outcome.added,
      co_await services_.bulk.AddFollows(
          std::move(follows), {.file = std::move(batch.file), .lines = batch.first_line + count},
          count, deadline));
  outcome.known = offered - outcome.added;
  co_return outcome;
}

Awaitable<Result<ImportOutcome>> Importer::ImportPosts(ImportBatch batch, Deadline deadline) {
  ImportOutcome outcome;
  std::vector<PostLine> lines;
  std::vector<std::string> names;
  const Timestamp now = services_.platform.clock.Now();
  const auto count = static_cast<std::int64_t>(batch.lines.size());
  for (std::int64_t i = 0; i < count; ++i) {
    auto post = ParsePostLine(batch.lines[static_cast<std::size_t>(i)], now);
    if (!post) {
      outcome.skipped.push_back(
          {.line = batch.first_line + i + 1, .reason = post.error().message()});
    } else if (*post) {
      names.push_back((*post)->author);
      lines.push_back(**std::move(post));
    }
  }
  CO_RETURN_IF_ERROR(co_await Learn(std::move(names), deadline));
  std::vector<social::BulkPost> posts;
  posts.reserve(lines.size());
  for (auto& line : lines) {
    posts.push_back({.author = accounts_.at(line.author),
                     .text = std::move(line.text),
                     .privacy = line.privacy,
                     .created_at = line.created_at.value_or(now)});
  }
  CO_ASSIGN_OR_RETURN(
      const auto added,
      co_await services_.bulk.AddPosts(
          std::move(posts), {.file = std::move(batch.file), .lines = batch.first_line + count},
          count, deadline));
  outcome.added = static_cast<std::int64_t>(added.size());
  co_return outcome;
}

namespace {

struct PositionQuery {
  std::string file;

  static constexpr auto Describe() {
    return Description("PositionQuery", "A file that is brought in.",
                       Field("file", &PositionQuery::file).Length(1, 100));
  }
};

void AddImportRoute(net::Routes& routes, Services& services, net::PathTemplate path,
                    ImportKind kind, std::string_view summary) {
  routes.Post(path, net::Scope::kAdmin, net::RateClass::kAdmin)
      .Summary(summary)
      .Tag("Operations")
      .Doc(
          "Lines as in a file for `freshet import`. They come in by transactions of 2,000, each of "
          "which moves the file's position, so that repeating a batch is refused and one that was "
          "interrupted goes on from the position.")
      .BodyLimit(16 << 20)
      .Answers<200, ImportOutcome>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kConflict)
      .Handle([&services, kind](const net::Caller& caller,
                                net::Body<ImportBatch> batch) -> Awaitable<Result<ImportOutcome>> {
        Importer importer(services);
        co_return co_await importer.Import(kind, std::move(batch.value), caller.deadline);
      });
}

}  // namespace

void AddImportRoutes(net::Routes& routes, Services& services) {
  AddImportRoute(routes, services, "/v1/admin/imports/graph", ImportKind::kGraph,
                 "Bring in follows");
  AddImportRoute(routes, services, "/v1/admin/imports/posts", ImportKind::kPosts, "Bring in posts");
  routes.Get("/v1/admin/imports", net::Scope::kAdmin, net::RateClass::kAdmin)
      .Summary("How far a file was brought in")
      .Tag("Operations")
      .Answers<200, ImportPosition>()
      .Handle([&services](const net::Caller& caller,
                          net::Query<PositionQuery> query) -> Awaitable<Result<ImportPosition>> {
        Importer importer(services);
        co_return co_await importer.Position(std::move(query.value.file), caller.deadline);
      });
}

}  // namespace freshet::app
