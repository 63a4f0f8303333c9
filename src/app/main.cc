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

// The program's front: which commands there are, and what they are given.
class CommandLine {
 public:
  CommandLine() {
    program_.require_subcommand(1);
    AddServing();
    AddImport();
    AddExport();
    AddTraining();
    AddBackups();
    AddAdmin();
    AddConfig();
    program_.add_subcommand("version", "Print the version")->callback([] {
      std::cout << "freshet " << kVersion << "\n";
    });
  }

  int Run(int argc, char** argv) {
    try {
      program_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return program_.exit(error) == 0 ? 0 : 2;
    }
    return exit_code_;
  }

 private:
  void AddServing() {
    CLI::App* serve = AddCommand(program_, "serve", "Serve an installation");
    serve->callback([=, this] { exit_code_ = Serve(serve->remaining()); });

    CLI::App* demo = AddCommand(program_, "demo", "Fill an empty installation with a demo world");
    demo->add_option("--people", demo_.people, "How many people live in it")
        ->check(CLI::Range(10, 1'000'000))
        ->capture_default_str();
    demo->add_option("--seed", demo_.seed, "The same number makes the same world")
        ->capture_default_str();
    demo->callback([=, this] { exit_code_ = RunDemo(demo_, demo->remaining()); });

    CLI::App* residents =
        AddCommand(program_, "residents", "Let people of the demo world go on living on a server");
    residents->add_option("--server", residents_.server,
                          "A running server's URL; without it the one on the data folder");
    residents->add_option("--pace", pace_, "Milliseconds between two actions, on average")
        ->check(CLI::Range(1, 3'600'000))
        ->capture_default_str();
    residents->add_option("--actions", residents_.actions, "End after so many; 0: go on");
    residents->add_flag("--with-parent", residents_.with_parent,
                        "End when the process that started it does");
    residents->callback([=, this] {
      residents_.pace = freshet::Duration(pace_);
      exit_code_ = RunResidents(residents_, residents->remaining());
    });
  }

  void AddImport() {
    CLI::App* import = program_.add_subcommand("import", "Bring in what exists elsewhere");
    import->require_subcommand(1);
    const auto add_import = [=, this](const char* name, const char* description, ImportKind kind) {
      CLI::App* command = AddCommand(*import, name, description);
      command->add_option("FILE", import_.file, "Plain text or gzip")->required();
      command->add_option(
          "--server", import_.server,
          "A running server's URL; without it a stopped installation is written to");
      command->add_option("--token", import_.token,
                          "An administrator's access token, for --server");
      if (kind == ImportKind::kGraph)
        command->add_flag("--both-ways", import_.both_ways, "Each line is a friendship");
      command->callback([=, this] {
        import_.kind = kind;
        exit_code_ = RunImport(import_, command->remaining());
      });
    };
    add_import("graph", "Follows: lines of `follower followee`", ImportKind::kGraph);
    add_import("posts", "Posts: JSON lines of {author, text, created_at?, privacy?}",
               ImportKind::kPosts);
  }

  void AddExport() {
    CLI::App* exports = program_.add_subcommand("export", "Take along what is kept");
    exports->require_subcommand(1);
    CLI::App* account =
        AddCommand(*exports, "account", "Everything that is kept about somebody, as a ZIP archive");
    account->add_option("USERNAME", export_.username)->required();
    account->add_option("--output", export_.output,
                        "A new file for it; without it standard output");
    auto* server = account->add_option(
        "--server", export_.server,
        "A running server's URL; without it the installation in the data folder");
    account->add_option("--token", export_.token, "An access token of that person, for --server")
        ->needs(server);
    account->callback([=, this] { exit_code_ = RunExportAccount(export_, account->remaining()); });
  }

  void AddTraining() {
    CLI::App* train = program_.add_subcommand("train", "Fit models");
    train->require_subcommand(1);
    CLI::App* ranker = train->add_subcommand(
        "ranker", "The ranked home's weights, on what the people of a demo world do");
    ranker->add_option("--people", ranker_.people, "How many people live in it")
        ->check(CLI::Range(10, 1'000'000))
        ->capture_default_str();
    ranker->add_option("--seed", ranker_.seed, "The same number makes the same world")
        ->capture_default_str();
    ranker->add_option("--rows", ranker_.rows, "Writes the training rows to this file, as CSV");
    ranker->callback([=, this] { exit_code_ = RunTrainRanker(ranker_); });
  }

  void AddBackups() {
    CLI::App* backup = AddCommand(program_, "backup", "Copy an installation, running or stopped");
    backup->add_option("DIR", backup_folder_, "A new folder for it")->required();
    backup->callback([=, this] { exit_code_ = RunBackup(backup_folder_, backup->remaining()); });
    CLI::App* restore = AddCommand(program_, "restore", "Make a new data folder from a backup");
    restore->add_option("DIR", backup_folder_, "The backup; --data names the new folder")
        ->required();
    restore->callback([=, this] { exit_code_ = RunRestore(backup_folder_, restore->remaining()); });
  }

  void AddAdmin() {
    CLI::App* admin = program_.add_subcommand("admin", "Look into an installation, and mend it");
    admin->require_subcommand(1);
    CLI::App* state = AddCommand(*admin, "state", "Every component's state");
    state->callback([=, this] { exit_code_ = RunAdminGet("/v1/admin/state", state->remaining()); });
    CLI::App* topics = AddCommand(*admin, "topics", "The event log's topics, groups and lag");
    topics->callback(
        [=, this] { exit_code_ = RunAdminGet("/v1/admin/topics", topics->remaining()); });

    CLI::App* lag = AddCommand(*admin, "lag", "How far consumers are behind");
    lag->callback([=, this] { exit_code_ = RunAdminGet("/v1/admin/lag", lag->remaining()); });
    CLI::App* audit = AddCommand(*admin, "audit", "What administrators did last");
    audit->add_option("--cursor", audit_cursor_, "`next` of the page before");
    audit->callback([=, this] {
      exit_code_ = RunAdminGet(
          "/v1/admin/audit?limit=100" + (audit_cursor_.empty() ? "" : "&cursor=" + audit_cursor_),
          audit->remaining());
    });
    CLI::App* rebuild = AddCommand(*admin, "rebuild", "Make timelines, counts or search anew");
    rebuild->add_option("KIND", rebuild_kind_, "timelines, counts or search")->required();
    rebuild->callback([=, this] { exit_code_ = RunRebuild(rebuild_kind_, rebuild->remaining()); });
    AddDeadLetters(*admin);
    AddPeople(*admin);
  }

  void AddDeadLetters(CLI::App& admin) {
    CLI::App* letters = admin.add_subcommand("dead-letters", "Records that could not be processed");
    letters->require_subcommand(1);
    CLI::App* list = AddCommand(*letters, "list", "Those of a topic");
    list->add_option("TOPIC", letter_)->required();
    list->callback([=, this] {
      exit_code_ =
          RunAdminGet("/v1/admin/dead-letters?limit=100&topic=" + letter_, list->remaining());
    });
    CLI::App* show = AddCommand(*letters, "show", "One of them");
    show->add_option("ID", letter_)->required();
    show->callback([=, this] {
      exit_code_ = RunAdminGet("/v1/admin/dead-letters/" + letter_, show->remaining());
    });
    CLI::App* replay = AddCommand(*letters, "replay", "Process one again");
    replay->add_option("ID", letter_)->required();
    replay->callback([=, this] {
      exit_code_ = RunAdminSend("POST", "/v1/admin/dead-letters/" + letter_ + "/replay",
                                replay->remaining());
    });
    CLI::App* discard = AddCommand(*letters, "discard", "Give one up for good");
    discard->add_option("ID", letter_)->required();
    discard->callback([=, this] {
      exit_code_ =
          RunAdminSend("DELETE", "/v1/admin/dead-letters/" + letter_, discard->remaining());
    });
  }

  void AddPeople(CLI::App& admin) {
    CLI::App* token =
        AddCommand(admin, "token", "An access token, signed with the installation's keys");
    token->add_option("USERNAME", token_.username)->required();
    token->add_option("--ttl", token_.lifetime, "How long it works")->capture_default_str();
    token->add_option("--scope", token_.scopes, "read, write, admin")->capture_default_str();
    token->callback([=, this] { exit_code_ = RunAdminToken(token_, token->remaining()); });

    CLI::App* accounts = admin.add_subcommand("accounts", "People");
    accounts->require_subcommand(1);
    CLI::App* grant = AddCommand(*accounts, "grant-admin", "Make somebody an administrator");
    grant->add_option("USERNAME", username_)->required();
    grant->callback([=, this] { exit_code_ = RunGrantAdmin(username_, grant->remaining()); });
  }

  void AddConfig() {
    CLI::App* config = program_.add_subcommand("config", "The configuration");
    config->require_subcommand(1);
    const auto add_config = [=, this](const char* name, const char* description,
                                      ConfigAction action) {
      CLI::App* command = AddCommand(*config, name, description);
      command->callback([=, this] { exit_code_ = RunConfig(action, command->remaining()); });
    };
    add_config("check", "Says what is wrong with it", ConfigAction::kCheck);
    add_config("reference", "Every option, in Markdown", ConfigAction::kReference);
    add_config("print", "What is in force, as TOML", ConfigAction::kPrint);
  }

  CLI::App program_{"freshet: a feed engine"};
  int exit_code_ = 0;
  DemoCommand demo_;
  ResidentsCommand residents_;
  std::int64_t pace_ = residents_.pace.count();
  ImportCommand import_;
  ExportAccountCommand export_;
  TrainRankerCommand ranker_;
  TokenCommand token_;
  std::string backup_folder_;
  std::string audit_cursor_;
  std::string rebuild_kind_;
  std::string letter_;
  std::string username_;
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  umask(0077);  // what people write is nobody else's on this machine to read
  try {
    return CommandLine().Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "freshet stopped: " << error.what() << "\n";
    return 1;
  }
}
