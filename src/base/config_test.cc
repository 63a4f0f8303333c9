#include "base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace freshet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

enum class Mode { kCareful, kFast };

}  // namespace

template <>
struct Enumerators<Mode> {
  static constexpr std::array kNames{std::pair{Mode::kCareful, "careful"},
                                     std::pair{Mode::kFast, "fast"}};
};

namespace {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";
  std::int64_t backlog = 128;
  std::uint16_t threads = 2;
  std::uint64_t body_bytes = 1 << 20;
  double ratio = 0.5;
  Duration idle{30'000};
  bool compress = true;
  Mode mode = Mode::kCareful;
  std::vector<std::string> origins{"a.example"};
  Secret key;

  static constexpr auto Describe() {
    return Description(
        "server", "How people reach it.",
        Field("listen", &ServerOptions::listen).Length(1, 40).Doc("Address | port."),
        Field("backlog", &ServerOptions::backlog).Range(1, 1'000).Doc("Waiting connections."),
        Field("threads", &ServerOptions::threads).Doc("Threads."),
        Field("body_bytes", &ServerOptions::body_bytes).Unit("bytes").Range(1'024, 1LL << 40),
        Field("ratio", &ServerOptions::ratio).Range(0, 1).Doc("A share."),
        Field("idle", &ServerOptions::idle).Range(10, 86'400'000).Unit("ms").Reloadable(),
        Field("compress", &ServerOptions::compress).Reloadable(),
        Field("mode", &ServerOptions::mode), Field("origins", &ServerOptions::origins).Length(0, 3),
        Field("key", &ServerOptions::key).Length(4, 64).Doc("Signs."));
  }
};

struct DiskOptions {
  std::string folder = "data";

  static constexpr auto Describe() {
    return Description("disk", "Where it is kept.",
                       Field("folder", &DiskOptions::folder)
                           .Check([](const std::string& folder) -> std::string_view {
                             return folder.find(' ') == std::string::npos ? ""
                                                                          : "must not hold spaces";
                           }));
  }
};

class ConfigTest : public testing::Test {
 public:
  ConfigTest() {
    loader_.AddSection<ServerOptions>("server");
    loader_.AddSection<DiskOptions>("disk");
    loader_.AddAlias("listen", "server.listen");
  }

  ConfigTest& File(std::string text) {
    files_["test.toml"] = std::move(text);
    return *this;
  }
  ConfigTest& Set(std::string assignment) {
    environment_.push_back(std::move(assignment));
    return *this;
  }
  ConfigTest& Flag(std::string argument) {
    arguments_.push_back(std::move(argument));
    return *this;
  }
  Result<Config> Load() {
    return loader_.Load({.arguments = arguments_,
                         .environment = environment_,
                         .default_file = "test.toml",
                         .read_file = [this](const std::string& path) -> Result<std::string> {
                           const auto file = files_.find(path);
                           if (file == files_.end()) return NotFound("cannot open " + path);
                           return file->second;
                         }});
  }
  ServerOptions Server() {
    auto config = Load();
    EXPECT_TRUE(config) << config.error().ToString();
    return config ? config->Get<ServerOptions>() : ServerOptions();
  }
  std::string Complaint() {
    auto config = Load();
    if (config) return "no complaint";
    EXPECT_EQ(config.error().kind(), ErrorKind::kInvalid);
    return config.error().message();
  }

  ConfigLoader loader_;
  std::map<std::string, std::string> files_;
  std::vector<std::string> environment_, arguments_;
};

TEST_F(ConfigTest, GivesDefaultsWhenNothingIsSaid) {
  const auto config = Load();
  ASSERT_TRUE(config);
  EXPECT_EQ(config->Get<ServerOptions>().listen, "127.0.0.1:8080");
  EXPECT_EQ(config->Get<DiskOptions>("disk").folder, "data");
  EXPECT_EQ(config->Origin("server.listen"), "");
}

TEST_F(ConfigTest, TheFileWinsOverTheDefault) {
  File("[server]\nlisten = 'file:1'\n");
  EXPECT_EQ(Server().listen, "file:1");
  EXPECT_EQ(Load()->Origin("server.listen"), "test.toml:2");
}

TEST_F(ConfigTest, TheEnvironmentWinsOverTheFile) {
  File("[server]\nlisten = 'file:1'").Set("FRESHET_SERVER_LISTEN=environment:1");
  EXPECT_EQ(Server().listen, "environment:1");
  EXPECT_EQ(Load()->Origin("server.listen"), "FRESHET_SERVER_LISTEN");
}

TEST_F(ConfigTest, AFlagWinsOverTheEnvironment) {
  File("server.listen = 'file:1'").Set("FRESHET_LISTEN=environment:1").Flag("--listen=flag:1");
  EXPECT_EQ(Server().listen, "flag:1");
  EXPECT_EQ(Load()->Origin("server.listen"), "--listen");
}

TEST_F(ConfigTest, TheLastOfEqualFlagsWins) {
  Flag("--listen=first:1").Flag("--server.listen=second:1");
  EXPECT_EQ(Server().listen, "second:1");
}

TEST_F(ConfigTest, FlagsTakeTheirValueInEitherPlaceAndSpelling) {
  Flag("--server.listen").Flag("there:1").Flag("--server.body-bytes=4096");
  EXPECT_EQ(Server().listen, "there:1");
  EXPECT_EQ(Server().body_bytes, 4096U);
}

TEST_F(ConfigTest, ABareFlagMeansTrueAndDoesNotSwallowTheNext) {
  File("server.compress = false").Flag("--server.compress").Flag("--server.backlog=7");
  EXPECT_TRUE(Server().compress);
  EXPECT_EQ(Server().backlog, 7);
}

TEST_F(ConfigTest, ReadsEveryTypeFromToml) {
  File(R"([server]
backlog = 9
threads = 65535
body_bytes = "256MiB"
ratio = 1
idle = "5m"
compress = false
mode = "fast"
origins = ["x.example", "y, z"]
key = "hush"
)");
  const auto server = Server();
  EXPECT_EQ(server.backlog, 9);
  EXPECT_EQ(server.threads, 65535);
  EXPECT_EQ(server.body_bytes, 256ULL << 20);
  EXPECT_EQ(server.ratio, 1.0);
  EXPECT_EQ(server.idle, std::chrono::minutes(5));
  EXPECT_FALSE(server.compress);
  EXPECT_EQ(server.mode, Mode::kFast);
  EXPECT_THAT(server.origins, ElementsAre("x.example", "y, z"));
  EXPECT_EQ(server.key.Reveal(), "hush");
}

TEST_F(ConfigTest, ReadsEveryTypeFromTheEnvironment) {
  Set("FRESHET_SERVER_BACKLOG=9").Set("FRESHET_SERVER_RATIO=0.25").Set("FRESHET_SERVER_IDLE=2s");
  Set("FRESHET_SERVER_COMPRESS=false").Set("FRESHET_SERVER_MODE=fast");
  Set("FRESHET_SERVER_ORIGINS=x.example, y.example,").Set("FRESHET_SERVER_KEY=hush");
  Set("FRESHET_SERVER_BODY_BYTES=1GB");
  const auto server = Server();
  EXPECT_EQ(server.backlog, 9);
  EXPECT_EQ(server.ratio, 0.25);
  EXPECT_EQ(server.idle, std::chrono::seconds(2));
  EXPECT_FALSE(server.compress);
  EXPECT_EQ(server.mode, Mode::kFast);
  EXPECT_THAT(server.origins, ElementsAre("x.example", "y.example"));
  EXPECT_EQ(server.key.Reveal(), "hush");
  EXPECT_EQ(server.body_bytes, 1'000'000'000U);
}

TEST_F(ConfigTest, AnEmptyListIsAList) {
  Set("FRESHET_SERVER_ORIGINS=");
  EXPECT_THAT(Server().origins, IsEmpty());
}

TEST_F(ConfigTest, ReadsDurationsInEveryUnit) {
  const std::vector<std::pair<std::string, std::int64_t>> cases{
      {"1500", 1'500}, {"1500ms", 1'500},   {"30s", 30'000},
      {"5m", 300'000}, {"24h", 86'400'000}, {"1 d", 86'400'000}};
  for (const auto& [text, milliseconds] : cases) {
    environment_ = {"FRESHET_SERVER_IDLE=" + text};
    EXPECT_EQ(Server().idle.count(), milliseconds) << text;
  }
}

TEST_F(ConfigTest, RefusesWhatIsNoDuration) {
  for (const std::string text : {"", "s", "5 parsecs", "1.5s", "0x10", "9223372036854775807d",
                                 "99999999999999999999", "5", "2d", "--5s", "- 5"}) {
    environment_ = {"FRESHET_SERVER_IDLE=" + text};
    EXPECT_THAT(Complaint(), HasSubstr("must be a duration such as")) << text;
  }
}

TEST_F(ConfigTest, RefusesAValueOutOfBoundsAndNamesThem) {
  File("[server]\n\nbacklog = 1001");
  EXPECT_THAT(Complaint(),
              HasSubstr("test.toml:3: server.backlog = 1001 must be an integer, 1 to 1000"));
  environment_ = {"FRESHET_SERVER_BACKLOG=0", "FRESHET_SERVER_RATIO=nan"};
  files_.clear();
  EXPECT_THAT(Complaint(), AllOf(HasSubstr("FRESHET_SERVER_BACKLOG: server.backlog = \"0\""),
                                 HasSubstr("server.ratio = \"nan\" must be a number, 0 to 1")));
}

TEST_F(ConfigTest, RefusesWhatTheTypeCannotHold) {
  File("server.threads = 65536");
  EXPECT_THAT(Complaint(), HasSubstr("must be an integer, 0 to 65535"));
  File("server.threads = -1");
  EXPECT_THAT(Complaint(), HasSubstr("must be an integer, 0 to 65535"));
}

TEST_F(ConfigTest, RefusesAValueOfAnotherType) {
  File(R"([server]
listen = 1
backlog = "9"
compress = "true"
origins = ["a", 1]
mode = "slow"
idle = 1.5
)");
  EXPECT_THAT(Complaint(), AllOf(HasSubstr("listen = 1 must be a text, 1 to 40 characters"),
                                 HasSubstr("backlog = \"9\" must be an integer"),
                                 HasSubstr("compress = \"true\" must be true or false"),
                                 HasSubstr("origins = an array of 2 must be a list of texts"),
                                 HasSubstr("mode = \"slow\" must be one of \"careful\", \"fast\""),
                                 HasSubstr("idle = 1.5 must be a duration")));
}

TEST_F(ConfigTest, CountsTextsInCodePoints) {
  std::string forty;
  for (int i = 0; i < 40; ++i) forty += "ü";
  Set("FRESHET_LISTEN=" + forty);
  EXPECT_EQ(Server().listen, forty);
  environment_ = {"FRESHET_LISTEN=" + forty + "x"};
  EXPECT_THAT(Complaint(), HasSubstr("1 to 40 characters"));
}

TEST_F(ConfigTest, RefusesTextThatIsNotUtf8) {
  Set("FRESHET_LISTEN=\xff");
  EXPECT_THAT(Complaint(), HasSubstr("must be a text"));
}

TEST_F(ConfigTest, AsksTheFieldsOwnCheck) {
  Set("FRESHET_DISK_FOLDER=a b");
  EXPECT_THAT(Complaint(), HasSubstr("disk.folder = \"a b\" must not hold spaces"));
}

TEST_F(ConfigTest, NamesTheNearestKnownOption) {
  File("[server]\nlissten = 'x'\n[dsk]\nfolder = 'x'\n").Set("FRESHET_SERVER_KEE=x");
  Flag("--lisden=x").Flag("--server.bakclog").Flag("3");
  EXPECT_THAT(
      Complaint(),
      AllOf(HasSubstr("test.toml:2: unknown option \"server.lissten\"; the nearest known one is "
                      "server.listen"),
            HasSubstr("test.toml:3: unknown section \"[dsk]\"; the nearest known one is [disk]"),
            HasSubstr("unknown variable \"FRESHET_SERVER_KEE\"; the nearest known one is "
                      "FRESHET_SERVER_KEY"),
            HasSubstr("unknown flag \"--lisden\"; the nearest known one is --listen"),
            HasSubstr("unknown flag \"--server.bakclog\"; the nearest known one is "
                      "--server.backlog"),
            StartsWith("The configuration has 5 problems:")));
}

TEST_F(ConfigTest, RefusesStrayArguments) {
  Flag("stray").Flag("-x").Flag("--").Flag("--server.listen");
  EXPECT_THAT(Complaint(), AllOf(HasSubstr("\"stray\""), HasSubstr("\"-x\""), HasSubstr("\"--\""),
                                 HasSubstr("--server.listen: needs a value")));
}

TEST_F(ConfigTest, PassesOverVariablesOfOthers) {
  Set("PATH=/bin").Set("FRESHET").Set("fresHET_X=1").Set("FRESHET_PORT=tcp://10.0.0.1:80");
  Set("FRESHET_SERVICE_HOST=10.0.0.1").Set("FRESHET_PORT_80_TCP_ADDR=10.0.0.1");
  EXPECT_EQ(Server().listen, "127.0.0.1:8080");
}

TEST_F(ConfigTest, RefusesOneOptionSetTwiceInTheEnvironment) {
  Set("FRESHET_LISTEN=a:1").Set("FRESHET_SERVER_LISTEN=b:1");
  EXPECT_THAT(Complaint(), HasSubstr("FRESHET_SERVER_LISTEN: server.listen is already set by "
                                     "FRESHET_LISTEN"));
}

TEST_F(ConfigTest, ReadsASecretFromAFile) {
  files_["/run/key"] = "from file\n";
  Set("FRESHET_SERVER_KEY_FILE=/run/key");
  EXPECT_EQ(Server().key.Reveal(), "from file");
  environment_.clear();
  File("server.key_file = '/run/key'");
  EXPECT_EQ(Server().key.Reveal(), "from file");
  files_.erase("test.toml");
  Flag("--server.key_file=/run/key");
  EXPECT_EQ(Server().key.Reveal(), "from file");
}

TEST_F(ConfigTest, ComplainsAboutASecretsFileThatIsNotThere) {
  Set("FRESHET_SERVER_KEY_FILE=/run/none");
  EXPECT_THAT(Complaint(), HasSubstr("server.key_file: cannot open /run/none"));
}

TEST_F(ConfigTest, RefusesASecretAndItsFileTogether) {
  files_["/run/key"] = "from file";
  Set("FRESHET_SERVER_KEY=direct").Set("FRESHET_SERVER_KEY_FILE=/run/key");
  EXPECT_THAT(Complaint(), HasSubstr("server.key is already set by FRESHET_SERVER_KEY"));
}

TEST_F(ConfigTest, RefusesASecretAsAFlag) {
  Flag("--server.key=very-hidden");
  EXPECT_THAT(Complaint(), AllOf(HasSubstr("use FRESHET_SERVER_KEY or --server.key_file"),
                                 Not(HasSubstr("very-hidden"))));
}

TEST_F(ConfigTest, NeverShowsASecret) {
  File("server.key = 'abc'").Set("FRESHET_SERVER_KEY=xyz");
  files_["/run/key"] = "uvw";
  Flag("--server.key_file=/run/key");
  EXPECT_THAT(Complaint(),
              AllOf(HasSubstr("server.key = *** must be a text, 4 to 64 characters"),
                    Not(HasSubstr("abc")), Not(HasSubstr("xyz")), Not(HasSubstr("uvw"))));
  arguments_.clear();
  environment_.clear();
  File("server.key = 'hidden-key'");
  EXPECT_THAT(Load()->RenderToml(),
              AllOf(HasSubstr("key = \"***\""), Not(HasSubstr("hidden-key"))));
}

TEST_F(ConfigTest, ComplainsAboutBrokenTomlByLine) {
  File("[server]\nlisten = 'x'\nbacklog = = 3\n");
  EXPECT_THAT(Complaint(), HasSubstr("test.toml:3: "));
}

TEST_F(ConfigTest, AFileThatIsNamedMustBeThere) {
  Flag("--config=none.toml");
  EXPECT_THAT(Complaint(), HasSubstr("--config: cannot open none.toml"));
  arguments_.clear();
  Set("FRESHET_CONFIG=none.toml");
  EXPECT_THAT(Complaint(), HasSubstr("FRESHET_CONFIG: cannot open none.toml"));
}

TEST_F(ConfigTest, TheFileOfTheFlagWinsOverTheVariables) {
  files_["a.toml"] = "server.backlog = 1";
  files_["b.toml"] = "server.backlog = 2";
  Set("FRESHET_CONFIG=a.toml").Flag("--config").Flag("b.toml");
  EXPECT_EQ(Server().backlog, 2);
}

TEST_F(ConfigTest, ForeignTextsStayOnOneLine) {
  Set("FRESHET_SERVER_BACKLOG=1\n2\x1b[31m").Set("FRESHET_" + std::string(5'000, 'X') + "=1");
  const auto complaint = Complaint();
  EXPECT_EQ(std::ranges::count(complaint, '\n'), 2);
  EXPECT_THAT(complaint, AllOf(HasSubstr("\\u001b"), Not(HasSubstr("\x1b"))));
  EXPECT_LT(complaint.size(), 1'000U);
}

TEST_F(ConfigTest, ARenderedConfigurationReadsBackAsItself) {
  File(R"([server]
listen = "a\"b\\c\u0007 é"
body_bytes = 1536
idle = 61000
ratio = 1e-9
origins = ["x", "\"y\""]
mode = "fast"
)");
  const auto before = Load();
  ASSERT_TRUE(before) << before.error().message();
  File(before->RenderToml());
  const auto after = Load();
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_THAT(Diff(*before, *after), IsEmpty());
  EXPECT_EQ(after->Get<ServerOptions>().idle.count(), 61'000);
}

TEST_F(ConfigTest, ARenderedConfigurationSaysWhoSetWhat) {
  File("server.idle = 90000").Set("FRESHET_LISTEN=a:1");
  EXPECT_THAT(Load()->RenderToml(), AllOf(HasSubstr("listen = \"a:1\"  # FRESHET_LISTEN\n"),
                                          HasSubstr("idle = \"90s\"  # test.toml:1\n"),
                                          HasSubstr("body_bytes = \"1MiB\"\n"),
                                          HasSubstr("[disk]\nfolder = \"data\"\n")));
}

TEST_F(ConfigTest, TellsWhatChangedAndWhatNeedsARestart) {
  const auto before = Load();
  File("server.idle = 90000\nserver.key = 'changed'\ndisk.folder = 'elsewhere'");
  const auto after = Load();
  EXPECT_THAT(Diff(*before, *after),
              ElementsAre(ConfigChange{"server.idle", true}, ConfigChange{"server.key", false},
                          ConfigChange{"disk.folder", false}));
  EXPECT_THAT(Diff(*after, *after), IsEmpty());
}

TEST_F(ConfigTest, TheReferenceNamesEveryOption) {
  const auto page = loader_.RenderReference();
  EXPECT_THAT(
      page,
      AllOf(HasSubstr("## server\n\nHow people reach it.\n"),
            HasSubstr("| `server.listen` | text | `\"127.0.0.1:8080\"` | 1 to 40 characters | "
                      "restart | `FRESHET_SERVER_LISTEN` | Address \\| port. |"),
            HasSubstr("| `server.body_bytes` | size | `\"1MiB\"` | 1KiB to 1TiB | restart |"),
            HasSubstr("| `server.idle` | duration | `\"30s\"` | 10ms to 1d | reload |"),
            HasSubstr("| `server.mode` | choice | `\"careful\"` | `careful`, `fast` |"),
            HasSubstr("| `--listen` | `FRESHET_LISTEN` | `server.listen` |")));
}

TEST_F(ConfigTest, NamesThatAreTakenAreBugs) {
  EXPECT_THROW(loader_.AddSection<DiskOptions>("disk"), std::logic_error);
  EXPECT_THROW(loader_.AddSection<DiskOptions>("Disk"), std::logic_error);
  EXPECT_THROW(loader_.AddAlias("listen", "disk.folder"), std::logic_error);
  EXPECT_THROW(loader_.AddAlias("config", "disk.folder"), std::logic_error);
  EXPECT_THROW(loader_.AddAlias("server_listen", "disk.folder"), std::logic_error);
  EXPECT_THROW(loader_.AddAlias("folder", "disk.foldr"), std::logic_error);
}

TEST_F(ConfigTest, OneTypeMayStandForSeveralSections) {
  loader_.AddSection<DiskOptions>("other", {.folder = "elsewhere"});
  const auto config = Load();
  EXPECT_EQ(config->Get<DiskOptions>("other").folder, "elsewhere");
  EXPECT_EQ(config->Get<DiskOptions>("disk").folder, "data");
  EXPECT_THROW(config->Get<DiskOptions>(), std::logic_error);
  EXPECT_THROW(config->Get<LogOptions>(), std::logic_error);
  EXPECT_THROW(config->Get<DiskOptions>("server"), std::logic_error);
}

TEST(ReadConfigFileTest, ReadsAFileAndSaysWhatIsWrongWithOthers) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("freshet_config_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "small") << "text\n";
  std::ofstream(folder / "large") << std::string((1 << 20) + 1, 'x');
  EXPECT_EQ(ReadConfigFile(folder / "small"), "text\n");
  EXPECT_EQ(ReadConfigFile(folder / "large").error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(ReadConfigFile(folder / "none").error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ReadConfigFile(folder).error().kind(), ErrorKind::kUnavailable);
  std::filesystem::create_symlink("itself", folder / "itself");
  const Error cannot_open = ReadConfigFile(folder / "itself").error();
  EXPECT_EQ(cannot_open.kind(), ErrorKind::kUnavailable) << "only what is absent is not found";
  EXPECT_THAT(cannot_open.message(), HasSubstr((folder / "itself").string()));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace freshet
