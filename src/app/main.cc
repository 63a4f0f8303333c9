#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <iostream>

#include "app/commands.h"
#include "app/server.h"
#include "app/version.h"

namespace {

using namespace freshet::app;  // NOLINT(google-build-using-namespace): this file is the program's
                               // front

constexpr const char* kConfigFlags =
    "Every option of the configuration is a flag as well, such as --data DIR or --http.listen "
    "ADDR:PORT; see `freshet config reference`.";

// A subcommand that takes flags of the configuration beside its own.
CLI::App* AddCommand(CLI::App& parent, const char* name, const char* description) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->allow_extras();
  command->footer(kConfigFlags);
  return command;
}

int Run(int argc, char** argv) {
  CLI::App program("freshet: a feed engine");
  program.require_subcommand(1);
  int exit_code = 0;

  CLI::App* serve = AddCommand(program, "serve", "Serve an installation");
  serve->callback([&] { exit_code = Serve(serve->remaining()); });

  DemoCommand demo_command;
  CLI::App* demo = AddCommand(program, "demo", "Fill an empty installation with a demo world");
  demo->add_option("--people", demo_command.people, "How many people live in it")
      ->check(CLI::Range(10, 1'000'000))
      ->capture_default_str();
  demo->add_option("--seed", demo_command.seed, "The same number makes the same world")
      ->capture_default_str();
  demo->callback([&] { exit_code = RunDemo(demo_command, demo->remaining()); });

  CLI::App* import = program.add_subcommand("import", "Bring in what exists elsewhere");
  import->require_subcommand(1);
  ImportCommand import_command;
  const auto add_import = [&](const char* name, const char* description, ImportKind kind) {
    CLI::App* command = AddCommand(*import, name, description);
    command->add_option("FILE", import_command.file, "Plain text or gzip")->required();
    command->add_option("--server", import_command.server,
                        "A running server's URL; without it a stopped installation is written to");
    command->add_option("--token", import_command.token,
                        "An administrator's access token, for --server");
    if (kind == ImportKind::kGraph)
      command->add_flag("--both-ways", import_command.both_ways, "Each line is a friendship");
    command->callback([&, command, kind] {
      import_command.kind = kind;
      exit_code = RunImport(import_command, command->remaining());
    });
  };
  add_import("graph", "Follows: lines of `follower followee`", ImportKind::kGraph);
  add_import("posts", "Posts: JSON lines of {author, text, created_at?, privacy?}",
             ImportKind::kPosts);

  CLI::App* exports = program.add_subcommand("export", "Take along what is kept");
  exports->require_subcommand(1);
  ExportAccountCommand export_command;
  CLI::App* export_account =
      AddCommand(*exports, "account", "Everything that is kept about somebody, as a ZIP archive");
  export_account->add_option("USERNAME", export_command.username)->required();
  export_account->add_option("--output", export_command.output,
                             "A new file for it; without it standard output");
  auto* export_server = export_account->add_option(
      "--server", export_command.server,
      "A running server's URL; without it the installation in the data folder");
  export_account
      ->add_option("--token", export_command.token, "An access token of that person, for --server")
      ->needs(export_server);
  export_account->callback(
      [&] { exit_code = RunExportAccount(export_command, export_account->remaining()); });

  CLI::App* train = program.add_subcommand("train", "Fit models");
  train->require_subcommand(1);
  TrainRankerCommand ranker_command;
  CLI::App* ranker = train->add_subcommand(
      "ranker", "The ranked home's weights, on what the people of a demo world do");
  ranker->add_option("--people", ranker_command.people, "How many people live in it")
      ->check(CLI::Range(10, 1'000'000))
      ->capture_default_str();
  ranker->add_option("--seed", ranker_command.seed, "The same number makes the same world")
      ->capture_default_str();
  ranker->add_option("--rows", ranker_command.rows,
                     "Writes the training rows to this file, as CSV");
  ranker->callback([&] { exit_code = RunTrainRanker(ranker_command); });
  std::string backup_folder;
  CLI::App* backup = AddCommand(program, "backup", "Copy an installation, running or stopped");
  backup->add_option("DIR", backup_folder, "A new folder for it")->required();
  backup->callback([&] { exit_code = RunBackup(backup_folder, backup->remaining()); });
  CLI::App* restore = AddCommand(program, "restore", "Make a new data folder from a backup");
  restore->add_option("DIR", backup_folder, "The backup; --data names the new folder")->required();
  restore->callback([&] { exit_code = RunRestore(backup_folder, restore->remaining()); });

  CLI::App* admin = program.add_subcommand("admin", "Look into an installation, and mend it");
  admin->require_subcommand(1);
  CLI::App* state = AddCommand(*admin, "state", "Every component's state");
  state->callback([&] { exit_code = RunAdminGet("/v1/admin/state", state->remaining()); });
  CLI::App* topics = AddCommand(*admin, "topics", "The event log's topics, groups and lag");
  topics->callback([&] { exit_code = RunAdminGet("/v1/admin/topics", topics->remaining()); });

  CLI::App* lag = AddCommand(*admin, "lag", "How far consumers are behind");
  lag->callback([&] { exit_code = RunAdminGet("/v1/admin/lag", lag->remaining()); });
  CLI::App* audit = AddCommand(*admin, "audit", "What administrators did last");
  std::string audit_cursor;
  audit->add_option("--cursor", audit_cursor, "`next` of the page before");
  audit->callback([&] {
    exit_code = RunAdminGet(
        "/v1/admin/audit?limit=100" + (audit_cursor.empty() ? "" : "&cursor=" + audit_cursor),
        audit->remaining());
  });
  std::string rebuild_kind;
  CLI::App* rebuild = AddCommand(*admin, "rebuild", "Make timelines, counts or search anew");
  rebuild->add_option("KIND", rebuild_kind, "timelines, counts or search")->required();
  rebuild->callback([&] { exit_code = RunRebuild(rebuild_kind, rebuild->remaining()); });

  CLI::App* letters = admin->add_subcommand("dead-letters", "Records that could not be processed");
  letters->require_subcommand(1);
  std::string letter;
  CLI::App* list = AddCommand(*letters, "list", "Those of a topic");
  list->add_option("TOPIC", letter)->required();
  list->callback([&] {
    exit_code = RunAdminGet("/v1/admin/dead-letters?limit=100&topic=" + letter, list->remaining());
  });
  CLI::App* show = AddCommand(*letters, "show", "One of them");
  show->add_option("ID", letter)->required();
  show->callback(
      [&] { exit_code = RunAdminGet("/v1/admin/dead-letters/" + letter, show->remaining()); });
  CLI::App* replay = AddCommand(*letters, "replay", "Process one again");
  replay->add_option("ID", letter)->required();
  replay->callback([&] {
    exit_code =
        RunAdminSend("POST", "/v1/admin/dead-letters/" + letter + "/replay", replay->remaining());
  });
  CLI::App* discard = AddCommand(*letters, "discard", "Give one up for good");
  discard->add_option("ID", letter)->required();
  discard->callback([&] {
    exit_code = RunAdminSend("DELETE", "/v1/admin/dead-letters/" + letter, discard->remaining());
  });

  TokenCommand token_command;
  CLI::App* token =
      AddCommand(*admin, "token", "An access token, signed with the installation's keys");
  token->add_option("USERNAME", token_command.username)->required();
  token->add_option("--ttl", token_command.lifetime, "How long it works")->capture_default_str();
  token->add_option("--scope", token_command.scopes, "read, write, admin")->capture_default_str();
  token->callback([&] { exit_code = RunAdminToken(token_command, token->remaining()); });

  CLI::App* accounts = admin->add_subcommand("accounts", "People");
  accounts->require_subcommand(1);
  std::string username;
  CLI::App* grant = AddCommand(*accounts, "grant-admin", "Make somebody an administrator");
  grant->add_option("USERNAME", username)->required();
  grant->callback([&] { exit_code = RunGrantAdmin(username, grant->remaining()); });

  CLI::App* config = program.add_subcommand("config", "The configuration");
  config->require_subcommand(1);
  const auto add_config = [&](const char* name, const char* description, ConfigAction action) {
    CLI::App* command = AddCommand(*config, name, description);
    command->callback(
        [&, command, action] { exit_code = RunConfig(action, command->remaining()); });
  };
  add_config("check", "Says what is wrong with it", ConfigAction::kCheck);
  add_config("reference", "Every option, in Markdown", ConfigAction::kReference);
  add_config("print", "What is in force, as TOML", ConfigAction::kPrint);

  program.add_subcommand("version", "Print the version")->callback([] {
    std::cout << "freshet " << kVersion << "\n";
  });

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  umask(0077);  // what people write is nobody else's on this machine to read
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "freshet stopped: " << error.what() << "\n";
    return 1;
  }
}
