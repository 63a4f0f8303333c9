#include <benchmark/benchmark.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "net/json/json_reader.h"
#include "net/json/json_writer.h"
#include "net/json/testing/sample.h"

namespace freshet::net {
namespace {

struct Author {
  AccountId id;
  std::string username;
  std::string display_name;
  std::string avatar_url;
  bool verified = false;

  static constexpr auto Describe() {
    return Description(
        "Author", "Who wrote a post.", Field("id", &Author::id),
        Field("username", &Author::username), Field("display_name", &Author::display_name),
        Field("avatar_url", &Author::avatar_url), Field("verified", &Author::verified));
  }
};

struct Post {
  PostId id;
  Author author;
  std::string text;
  testing::Privacy privacy = testing::Privacy::kPublic;
  std::optional<testing::Location> location;
  std::vector<std::string> media;
  Timestamp created_at;
  Nullable<Timestamp> edited_at;
  testing::Counts counts;

  static constexpr auto Describe() {
    return Description("Post", "A post.", Field("id", &Post::id), Field("author", &Post::author),
                       Field("text", &Post::text), Field("privacy", &Post::privacy),
                       Field("location", &Post::location), Field("media", &Post::media),
                       Field("created_at", &Post::created_at), Field("edited_at", &Post::edited_at),
                       Field("counts", &Post::counts));
  }
};

std::vector<Post> FiftyPosts() {
  std::vector<Post> posts(50);
  for (std::size_t i = 0; i < posts.size(); ++i) {
    Post& post = posts[i];
    post.id = PostId{7214501938012160 + i};
    post.author = {AccountId{7214501938000000 + i % 7}, "ana_the_sailor", "Ana Öğretmen",
                   "/media/avatars/7214501938000000/128.webp", true};
    post.text =
        "The tide came in faster than anybody said it would, and the \"old\" quay "
        "is under water again.\nPhotos tomorrow. #tide @ben";
    post.created_at = Timestamp(std::chrono::milliseconds(1'769'846'709'123 + i));
    post.counts = {1234, 56, 7};
  }
  return posts;
}

void BM_WritePageOf50Posts(benchmark::State& state) {
  const std::vector<Post> posts = FiftyPosts();
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string json = ToJson(posts);
    bytes += json.size();
    benchmark::DoNotOptimize(json.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(BM_WritePageOf50Posts);

// The peer: the same page from a tree of values, without building the tree.
void BM_WritePageOf50PostsWithBoostJson(benchmark::State& state) {
  const auto tree = boost::json::parse(ToJson(FiftyPosts()));
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string json = boost::json::serialize(tree);
    bytes += json.size();
    benchmark::DoNotOptimize(json.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(BM_WritePageOf50PostsWithBoostJson);

constexpr std::string_view kRequest =
    R"({"text":"The tide came in faster than anybody said","privacy":"friends",)"
    R"("location":{"name":"Quay","lat":1.5,"lng":-2},"media_ids":["7","8"]})";

void BM_ReadRequest(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ReadJson<testing::CreatePost>(kRequest));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRequest.size()));
}
BENCHMARK(BM_ReadRequest);

void BM_ParseRequestWithBoostJson(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(boost::json::parse(kRequest));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRequest.size()));
}
BENCHMARK(BM_ParseRequestWithBoostJson);

}  // namespace
}  // namespace freshet::net
