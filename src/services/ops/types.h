// How the installation's insides are shown to its operator.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/id.h"
#include "net/json/json_types.h"

namespace freshet::ops {

// Who acts when the command line does: no account, so that nothing is done in a person's name.
inline constexpr AccountId kOperator{1};

struct Health {
  std::string status = "ok";
  std::vector<std::string> problems;

  static constexpr auto Describe() {
    return Description("Health", "Whether the process can do its work.",
                       Field("status", &Health::status).Doc("ok or failing"),
                       Field("problems", &Health::problems));
  }
};

// One component and what it says of itself.
struct ComponentState {
  std::string name;
  std::map<std::string, net::RawJson> values;

  static constexpr auto Describe() {
    return Description("ComponentState", "A part of the installation.",
                       Field("name", &ComponentState::name),
                       Field("values", &ComponentState::values));
  }
};

struct InstallationState {
  std::string version;
  Timestamp started_at;
  std::vector<ComponentState> components;

  static constexpr auto Describe() {
    return Description("InstallationState", "Every component.",
                       Field("version", &InstallationState::version),
                       Field("started_at", &InstallationState::started_at),
                       Field("components", &InstallationState::components));
  }
};

struct PartitionReport {
  std::int64_t partition = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t bytes = 0;

  static constexpr auto Describe() {
    return Description(
        "PartitionReport", "A part of a topic.", Field("partition", &PartitionReport::partition),
        Field("begin", &PartitionReport::begin).Doc("Offset of the oldest record kept."),
        Field("end", &PartitionReport::end).Doc("Offset of the next record."),
        Field("bytes", &PartitionReport::bytes).Unit("bytes"));
  }
};

struct GroupReport {
  std::string group;
  std::int64_t lag = 0;
  std::int64_t members = 0;

  static constexpr auto Describe() {
    return Description(
        "GroupReport", "A consumer group of a topic.", Field("group", &GroupReport::group),
        Field("lag", &GroupReport::lag).Unit("records"), Field("members", &GroupReport::members));
  }
};

struct TopicReport {
  std::string topic;
  std::int64_t records = 0;
  std::int64_t bytes = 0;
  Duration retention_time{0};
  std::int64_t retention_bytes = 0;
  std::vector<PartitionReport> partitions;
  std::vector<GroupReport> groups;

  static constexpr auto Describe() {
    return Description(
        "TopicReport", "A topic of the event log.", Field("topic", &TopicReport::topic),
        Field("records", &TopicReport::records), Field("bytes", &TopicReport::bytes),
        Field("retention_time", &TopicReport::retention_time).Unit("ms"),
        Field("retention_bytes", &TopicReport::retention_bytes).Unit("bytes"),
        Field("partitions", &TopicReport::partitions), Field("groups", &TopicReport::groups));
  }
};

struct TopicReports {
  std::vector<TopicReport> items;

  static constexpr auto Describe() {
    return Description("TopicReports", "Every topic.", Field("items", &TopicReports::items));
  }
};

struct LagReport {
  std::string group;
  std::string topic;
  std::int64_t lag = 0;
  std::optional<Timestamp> oldest_at;
  Duration age{0};

  static constexpr auto Describe() {
    return Description("LagReport", "How far a consumer group is behind on a topic.",
                       Field("group", &LagReport::group), Field("topic", &LagReport::topic),
                       Field("lag", &LagReport::lag).Unit("records"),
                       Field("oldest_at", &LagReport::oldest_at)
                           .Doc("When the oldest record came that is not processed; absent when "
                                "there is none."),
                       Field("age", &LagReport::age).Unit("ms").Doc("Since then."));
  }
};

struct LagReports {
  std::vector<LagReport> items;

  static constexpr auto Describe() {
    return Description("LagReports", "Every group and topic.", Field("items", &LagReports::items));
  }
};

enum class RebuildKind { kTimelines, kCounts, kSearch };

struct RebuildRequest {
  RebuildKind kind = RebuildKind::kTimelines;

  static constexpr auto Describe() {
    return Description("RebuildRequest", "What to make anew.",
                       Field("kind", &RebuildRequest::kind)
                           .Doc("timelines: those that are present, from the authors' lists. "
                                "counts: of people and posts, from what they count. search: the "
                                "index of names."));
  }
};

enum class Actor { kAccount, kOperator };

// One thing that an administrator did.
struct AuditEntry {
  std::string id;
  Timestamp at;
  Actor by = Actor::kAccount;
  std::optional<AccountId> account_id;
  std::string action;
  std::string target;
  std::string details;
  std::string request_id;
  std::optional<std::int64_t> status;

  static constexpr auto Describe() {
    using O = AuditEntry;
    return Description(
        "AuditEntry", "One thing that an administrator did.", Field("id", &O::id),
        Field("at", &O::at), Field("by", &O::by).Doc("operator: the command line of the server."),
        Field("account_id", &O::account_id).Doc("Whose token it was; absent for the operator."),
        Field("action", &O::action), Field("target", &O::target).Doc("The path that was called."),
        Field("details", &O::details).Doc("The body, when it was short and held no secret."),
        Field("request_id", &O::request_id),
        Field("status", &O::status)
            .Doc("Of the answer; absent while it is not known, and when the process ended "
                 "before."));
  }
};

enum class RunState { kRunning, kDone, kFailed };

// A backup or a rebuild.
struct RunReport {
  std::string id;
  std::string kind;
  RunState state = RunState::kRunning;
  std::string phase;
  std::string unit;
  std::int64_t done = 0;
  std::int64_t total = 0;
  Timestamp started_at;
  std::optional<Timestamp> ended_at;
  std::optional<std::string> error;
  std::map<std::string, net::RawJson> figures;

  static constexpr auto Describe() {
    using O = RunReport;
    return Description("Run", "A backup or a rebuild, and how far it is.", Field("id", &O::id),
                       Field("kind", &O::kind), Field("state", &O::state),
                       Field("phase", &O::phase).Doc("What it does now."),
                       Field("unit", &O::unit).Doc("What is counted in this phase."),
                       Field("done", &O::done).Doc("Of this phase."),
                       Field("total", &O::total).Doc("Of this phase."),
                       Field("started_at", &O::started_at), Field("ended_at", &O::ended_at),
                       Field("error", &O::error), Field("figures", &O::figures));
  }
};

struct RunReports {
  std::vector<RunReport> items;

  static constexpr auto Describe() {
    return Description("Runs", "Since the last start, newest first.",
                       Field("items", &RunReports::items));
  }
};

}  // namespace freshet::ops

template <>
struct freshet::Enumerators<freshet::ops::RunState> {
  using S = freshet::ops::RunState;
  static constexpr std::array kNames{std::pair{S::kRunning, "running"}, std::pair{S::kDone, "done"},
                                     std::pair{S::kFailed, "failed"}};
};

template <>
struct freshet::Enumerators<freshet::ops::Actor> {
  using A = freshet::ops::Actor;
  static constexpr std::array kNames{std::pair{A::kAccount, "account"},
                                     std::pair{A::kOperator, "operator"}};
};

template <>
struct freshet::Enumerators<freshet::ops::RebuildKind> {
  using K = freshet::ops::RebuildKind;
  static constexpr std::array kNames{std::pair{K::kTimelines, "timelines"},
                                     std::pair{K::kCounts, "counts"},
                                     std::pair{K::kSearch, "search"}};
};
