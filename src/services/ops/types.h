// How the installation's insides are shown to its operator.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "net/json/json_types.h"

namespace freshet::ops {

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

}  // namespace freshet::ops
