// The subcommands beside `serve`. Each returns the process's exit code: 0 done, 1 failed, 2 wrong
// usage; what went wrong is on standard error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/importer.h"
#include "base/clock.h"

namespace freshet::app {

// Flags of the configuration ("--data", "--log.level", ...), passed on as they were given.
using ConfigArguments = std::vector<std::string>;

struct ImportCommand {
  ImportKind kind = ImportKind::kGraph;
  std::string file;
  bool both_ways = false;
  std::string server;  // empty: into the stopped installation in the data folder
  std::string token;
};
int RunImport(const ImportCommand& command, const ConfigArguments& arguments);

struct ExportAccountCommand {
  std::string username;
  std::string output;  // a new file; empty: standard output
  std::string server;  // empty: from the installation in the data folder, running or stopped
  std::string token;
};
// Everything that is kept about somebody, as GET /v1/me/export answers it.
int RunExportAccount(const ExportAccountCommand& command, const ConfigArguments& arguments);

struct DemoCommand {
  std::uint64_t people = 2'000;
  std::uint64_t seed = 1;
};
int RunDemo(const DemoCommand& command, const ConfigArguments& arguments);

struct ResidentsCommand {
  std::string server;         // empty: the one that runs on the data folder
  Duration pace{8'000};       // between two actions, on average
  std::uint64_t actions = 0;  // after so many it ends; 0: it goes on
  bool with_parent = false;   // ends when the process that started it does
};
// Lets some people of the demo world go on living until the server stops.
int RunResidents(const ResidentsCommand& command, const ConfigArguments& arguments);

struct TrainRankerCommand {
  std::uint64_t people = 2'000;
  std::uint64_t seed = 1;
  std::string rows;  // a file for the training rows; empty: none
};
// Fits the weights of the ranked home on the demo world and prints them with their quality.
int RunTrainRanker(const TrainRankerCommand& command);
// Begins a rebuild in the running server and shows how far it is.
int RunRebuild(const std::string& kind, const ConfigArguments& arguments);
int RunBackup(const std::string& folder, const ConfigArguments& arguments);
// Into the folder that --data names.
int RunRestore(const std::string& backup, const ConfigArguments& arguments);

struct TokenCommand {
  std::string username;
  std::string scopes = "read,write";
  std::string lifetime = "1h";
};
int RunAdminToken(const TokenCommand& command, const ConfigArguments& arguments);
int RunGrantAdmin(const std::string& username, const ConfigArguments& arguments);

// GETs an admin path of the installation's running server and prints the answer.
int RunAdminGet(const std::string& path, const ConfigArguments& arguments);
int RunAdminSend(const std::string& method, const std::string& path,
                 const ConfigArguments& arguments);

enum class ConfigAction { kCheck, kReference, kPrint };
int RunConfig(ConfigAction action, const ConfigArguments& arguments);

}  // namespace freshet::app
