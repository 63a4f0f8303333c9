#include "net/http/static_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/io_threads.h"
#include "net/http/byte_range.h"
#include "net/http/http_date.h"

namespace freshet::net {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest()
      : folder_(fs::path(::testing::TempDir()) / fmt::format("static_files_{}", ::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "root" / "assets");
    options_.root = folder_ / "root";
    Write("root/index.html", "<h1>home</h1>");
    Write("root/assets/app.js", "0123456789");
    Write("secret.txt", "secret");
    Write("root/.env", "secret");
  }
  ~StaticFilesTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
  }
  Result<StaticFiles> Open() {
    const auto refuse = [this](int status, std::string_view, std::string_view) {
      refused_on_ = std::this_thread::get_id();
      return Response{.status = status, .headers = {}, .body = {}};
    };
    return StaticFiles::Open(options_, refuse, pool_);
  }
  Response Get(std::string_view path, std::vector<std::pair<std::string, std::string>> fields = {},
               Method method = Method::kGet) {
    Request request;
    request.method = method;
    for (const auto& [name, value] : fields) request.headers.Add(name, value);
    const auto files = Open();
    return RunBlocking(files->Serve(request, std::string(path)));
  }
  // The bytes that the server would send.
  static std::string Body(const Response& response) {
    const auto* file = std::get_if<FileBody>(&response.body);
    if (file == nullptr) return "no file";
    std::ifstream stream(file->path);
    std::string bytes(file->length, '\0');
    stream.seekg(static_cast<std::streamoff>(file->offset));
    stream.read(bytes.data(), static_cast<std::streamsize>(file->length));
    return bytes;
  }

  const fs::path folder_;
  StaticFilesOptions options_;
  Metrics metrics_;
  std::thread::id refused_on_;
  BlockingPool pool_{"files", 1, 1, metrics_};
};

TEST_F(StaticFilesTest, LooksAtTheDiskOnThePoolsThreads) {
  EXPECT_EQ(Get("missing.js").status, 404);
  EXPECT_NE(refused_on_, std::this_thread::get_id());
}

TEST_F(StaticFilesTest, ServesAFileWithItsType) {
  const auto response = Get("assets/app.js");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Body(response), "0123456789");
  EXPECT_EQ(response.headers.Get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(response.headers.Get("Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, ServesTheIndexOfAFolder) {
  for (const char* path : {"", "/", "index.html"})
    EXPECT_EQ(Body(Get(path)), "<h1>home</h1>") << path;
  EXPECT_EQ(Get("assets/").status, 404);
}

TEST_F(StaticFilesTest, NothingOutsideTheFolderExists) {
  fs::create_symlink(folder_ / "secret.txt", folder_ / "root" / "link.txt");
  fs::create_directory_symlink(folder_, folder_ / "root" / "up");
  for (const char* path :
       {"../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "assets/../../secret.txt", ".env",
        "assets//app.js", "//etc/passwd", "link.txt", "up/secret.txt", "a%00b", "assets%5capp.js"})
    EXPECT_EQ(Get(path).status, 404) << path;
  EXPECT_EQ(Get("%zz").status, 400);
}

TEST_F(StaticFilesTest, LinksWithinTheFolderAreFollowed) {
  fs::create_symlink("assets/app.js", folder_ / "root" / "current.js");
  EXPECT_EQ(Body(Get("current.js")), "0123456789");
}

TEST_F(StaticFilesTest, OnlyReadingIsAllowed) {
  const auto response = Get("index.html", {}, Method::kPost);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.Get("Allow"), "GET, HEAD");
}

TEST_F(StaticFilesTest, WhatTheClientHasIsNotSentAgain) {
  const std::string tag(Get("index.html").headers.Get("ETag"));
  EXPECT_EQ(Get("index.html", {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(Get("index.html", {{"If-None-Match", "\"x\", W/" + tag}}).status, 304);
  EXPECT_EQ(Get("index.html", {{"If-None-Match", "*"}}).status, 304);
  EXPECT_EQ(Get("index.html", {{"If-None-Match", "\"x\""}}).status, 200);
  const std::string modified(Get("index.html").headers.Get("Last-Modified"));
  EXPECT_EQ(Get("index.html", {{"If-Modified-Since", modified}}).status, 304);
  EXPECT_EQ(Get("index.html", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status,
            200);
  EXPECT_EQ(Get("index.html", {{"If-Modified-Since", modified}, {"If-None-Match", "\"x\""}}).status,
            200)
      << "the tag decides";
}

TEST_F(StaticFilesTest, ANewContentHasANewTag) {
  const std::string before(Get("index.html").headers.Get("ETag"));
  Write("root/index.html", "<h1>other</h1>");
  EXPECT_NE(Get("index.html").headers.Get("ETag"), before);
}

TEST_F(StaticFilesTest, SendsTheRangeThatIsAskedFor) {
  const auto part = Get("assets/app.js", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(Body(part), "234");
  EXPECT_EQ(part.headers.Get("Content-Range"), "bytes 2-4/10");
  const auto beyond = Get("assets/app.js", {{"Range", "bytes=10-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.headers.Get("Content-Range"), "bytes */10");
  EXPECT_EQ(Body(Get("assets/app.js", {{"Range", "bytes=0-1,4-5"}})), "0123456789");
  EXPECT_EQ(Get("assets/app.js", {{"Range", "bytes=0-1"}}, Method::kHead).status, 200);
}

TEST_F(StaticFilesTest, ARangeOfWhatHasChangedIsTheWhole) {
  const std::string tag(Get("assets/app.js").headers.Get("ETag"));
  EXPECT_EQ(Get("assets/app.js", {{"Range", "bytes=2-4"}, {"If-Range", tag}}).status, 206);
  EXPECT_EQ(Get("assets/app.js", {{"Range", "bytes=2-4"}, {"If-Range", "\"old\""}}).status, 200);
  EXPECT_EQ(Get("assets/app.js", {{"Range", "bytes=2-4"}, {"If-Range", "W/" + tag}}).status, 200);
}

TEST_F(StaticFilesTest, PrefersASmallerSibling) {
  Write("root/assets/app.js.gz", "gz");
  Write("root/assets/app.js.br", "br");
  const auto brotli = Get("assets/app.js", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(Body(brotli), "br");
  EXPECT_EQ(brotli.headers.Get("Content-Encoding"), "br");
  EXPECT_EQ(brotli.headers.Get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(Body(Get("assets/app.js", {{"Accept-Encoding", "gzip, br;q=0.5"}})), "gz");
  const auto plain = Get("assets/app.js");
  EXPECT_EQ(Body(plain), "0123456789");
  EXPECT_EQ(plain.headers.Get("Vary"), "Accept-Encoding");
  EXPECT_NE(plain.headers.Get("ETag"), brotli.headers.Get("ETag"));
}

TEST_F(StaticFilesTest, CacheRulesGoByPrefix) {
  options_.cache_rules = {{.prefix = "assets/", .cache_control = "public, immutable"}};
  EXPECT_EQ(Get("assets/app.js").headers.Get("Cache-Control"), "public, immutable");
  EXPECT_EQ(Get("index.html").headers.Get("Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, AnApplicationsOwnPathsShowItsPage) {
  options_.fallback = "index.html";
  EXPECT_EQ(Body(Get("people/ana")), "<h1>home</h1>");
  EXPECT_EQ(Get("assets/gone.js").status, 404);
  EXPECT_EQ(Get("../secret").status, 404);
}

TEST_F(StaticFilesTest, ARootThatIsNoFolderIsAnError) {
  options_.root = folder_ / "secret.txt";
  EXPECT_FALSE(Open());
}

TEST(ByteRange, FollowsTheStandard) {
  const auto parse = [](std::string_view value) -> std::pair<RangeVerdict, ByteRange> {
    ByteRange range;
    const auto verdict = ParseRange(value, 100, range);
    return {verdict, range};
  };
  using enum RangeVerdict;
  EXPECT_EQ(parse("bytes=0-0"), (std::pair{kPart, ByteRange{0, 1}}));
  EXPECT_EQ(parse("Bytes=90-"), (std::pair{kPart, ByteRange{90, 10}}));
  EXPECT_EQ(parse("bytes=-5"), (std::pair{kPart, ByteRange{95, 5}}));
  EXPECT_EQ(parse("bytes=-500"), (std::pair{kPart, ByteRange{0, 100}}));
  EXPECT_EQ(parse("bytes=50-999"), (std::pair{kPart, ByteRange{50, 50}}));
  EXPECT_EQ(parse("bytes=100-").first, kUnsatisfiable);
  EXPECT_EQ(parse("bytes=-0").first, kUnsatisfiable);
  for (const char* whole : {"", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=1-2,5-6",
                            "lines=1-2", "bytes=1", "bytes=99999999999999999999-"})
    EXPECT_EQ(parse(whole).first, kWhole) << whole;
}

TEST(HttpDate, IsWrittenAndReadInAllForms) {
  const Timestamp time{std::chrono::seconds(784'111'777)};
  EXPECT_EQ(FormatHttpDate(time), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(ParseHttpDate(text).value_or(Timestamp{}), time) << text;
  for (const char* text : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 GMT+1"})
    EXPECT_FALSE(ParseHttpDate(text)) << text;
}

}  // namespace
}  // namespace freshet::net
