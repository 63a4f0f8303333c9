// The options that belong to the process as a whole, and the table of all options.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/config.h"
#include "base/describe.h"

namespace freshet::app {

struct DataOptions {
  std::string folder = "./freshet-data";

  static constexpr auto Describe() {
    return Description("data", "Where embedded engines keep what they store.",
                       Field("folder", &DataOptions::folder).Length(1, 4'096));
  }
};

struct ProcessOptions {
  std::vector<std::string> roles{"all"};
  std::int64_t node = 0;
  std::int64_t io_threads = 0;
  std::int64_t blocking_threads = 4;
  std::int64_t blocking_queue = 4'096;
  std::int64_t topic_partitions = 8;
  Duration drain_timeout{10'000};

  static constexpr auto Describe() {
    using O = ProcessOptions;
    return Description(
        "process", "The process and its threads.",
        Field("roles", &O::roles)
            .Doc("What this process does: all, or some of api, gateway, fanout, deliver."),
        Field("node", &O::node)
            .Range(0, 1'023)
            .Doc("Its number among the processes of the installation; part of every "
                 "id that it makes."),
        Field("io_threads", &O::io_threads)
            .Range(0, 256)
            .Doc("Threads that serve connections; 0 for one per core."),
        Field("blocking_threads", &O::blocking_threads)
            .Range(1, 256)
            .Doc("Threads for work that blocks, such as hashing passwords."),
        Field("blocking_queue", &O::blocking_queue)
            .Range(1, 1'000'000)
            .Doc("Calls that may wait for one of them; more are refused."),
        Field("topic_partitions", &O::topic_partitions)
            .Range(1, 4'096)
            .Doc("Partitions of a topic when it is made."),
        Field("drain_timeout", &O::drain_timeout)
            .Unit("ms")
            .Range(0, 600'000)
            .Reloadable()
            .Doc("How long requests under way may take to end after SIGTERM."));
  }
};

// Every option of the program.
ConfigLoader MakeConfigLoader();

// Reads the configuration from flags, the environment, the file that --config names, or
// freshet.toml in the data folder. Errors: kInvalid.
Result<Config> LoadConfig(const std::vector<std::string>& arguments);

}  // namespace freshet::app
