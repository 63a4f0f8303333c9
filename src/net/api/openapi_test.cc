#include "net/api/openapi.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <set>

#include "net/api/example.h"
#include "net/api/testing/api_fixture.h"
#include "net/json/json_reader.h"

namespace freshet::net {
namespace {

namespace json = boost::json;
using namespace testing;
using ::testing::Contains;

class OpenApiTest : public ApiFixture {
 protected:
  OpenApiTest() {
    routes.Post("/v1/posts/{id}/comments", Scope::kWrite, RateClass::kPublish)
        .Summary("Comment on a post")
        .Answers<201, Comment>("The comment.")
        .Fails(ErrorKind::kConflict, "post_deleted", "It is gone.")
        .Handle([](const Caller&, PostId, Body<CreatePost>) -> Awaitable<Result<Comment>> {
          co_return Comment();
        });
    routes.Get("/v1/feed", Scope::kPublic, RateClass::kNone)
        .Conditional()
        .Handle([](const Caller&, Query<FeedQuery>,
                   Query<PageQuery>) -> Awaitable<Result<Page<StoredPost>>> {
          co_return Page<StoredPost>();
        });
    routes.Get("/media/{path...}", Scope::kPublic, RateClass::kNone)
        .AnswersWith<200>("image/webp", "The picture.")
        .Handle([](const Caller&, std::string) -> Awaitable<Result<RawResponse>> {
          co_return RawResponse();
        });
  }

  const json::value& Document() {
    if (document_.is_null()) document_ = json::parse(RenderOpenApi(routes));
    return document_;
  }
  json::value At(std::string_view pointer) { return Document().at_pointer(pointer); }
  std::string Text(std::string_view pointer) { return json::serialize(At(pointer)); }

 private:
  json::value document_;
};

void CollectReferences(const json::value& value, std::set<std::string>& out) {
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (member.key() == "$ref")
        out.insert(std::string(std::string_view(member.value().as_string())));
      CollectReferences(member.value(), out);
    }
  }
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) CollectReferences(element, out);
  }
}

TEST_F(OpenApiTest, HasEveryRoute) {
  EXPECT_EQ(Text("/openapi"), "\"3.1.0\"");
  const auto& comment = At("/paths/~1v1~1posts~1{id}~1comments/post");
  EXPECT_EQ(comment.at("operationId"), "post-v1-posts-id-comments");
  EXPECT_EQ(comment.at("x-freshet-scope"), "write");
  EXPECT_EQ(comment.at("x-freshet-rate-class"), "publish");
  EXPECT_EQ(json::serialize(comment.at("security")), R"([{"bearer":["write"]}])");
  EXPECT_EQ(Text("/paths/~1v1~1feed/get/security"), R"([{},{"bearer":[]}])");
  EXPECT_NO_THROW(At("/paths/~1media~1{path}/get/responses/200/content/image~1webp"));
}

TEST_F(OpenApiTest, DescribesParameters) {
  const std::string text = Text("/paths/~1v1~1feed/get/parameters");
  const auto parameters = At("/paths/~1v1~1feed/get/parameters").as_array();
  ASSERT_EQ(parameters.size(), 5U);
  EXPECT_EQ(json::serialize(parameters[0]),
            R"({"name":"privacy","in":"query","required":false,"description":"Whose.",)"
            R"("schema":{"type":"string","enum":["public","friends","private"],)"
            R"("default":"public"}})");
  EXPECT_EQ(parameters[1].at("explode"), false);
  EXPECT_EQ(json::serialize(parameters[3].at("schema")),
            R"({"type":"integer","minimum":1,"maximum":100,"format":"int32","default":20})");
}

TEST_F(OpenApiTest, DescribesTypesAsRequestsAndAnswersHaveThem) {
  const auto request = At("/components/schemas/CreatePost");
  EXPECT_EQ(json::serialize(request.at("required")), R"(["text"])");
  EXPECT_EQ(request.at("additionalProperties"), false);
  EXPECT_EQ(json::serialize(request.at_pointer("/properties/quote_of/type")),
            R"(["string","null"])");
  const auto answer = At("/components/schemas/PageOfPost");
  EXPECT_EQ(json::serialize(answer.at("required")), R"(["items","next"])");
  EXPECT_FALSE(answer.as_object().contains("additionalProperties"));
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  std::set<std::string> references;
  CollectReferences(Document(), references);
  EXPECT_THAT(references, Contains("#/components/schemas/Comment"));
  for (const auto& reference : references) {
    EXPECT_NO_THROW(Document().at_pointer(reference.substr(1))) << reference;
  }
}

TEST_F(OpenApiTest, ListsTheProblemsOfARoute) {
  const auto responses = At("/paths/~1v1~1posts~1{id}~1comments/post/responses").as_object();
  EXPECT_EQ(responses.at("409").at("description"),
            "Conflict: `idempotency_key_in_use`, `post_deleted`");
  for (const auto* status :
       {"201", "400", "401", "403", "404", "413", "415", "422", "429", "503"}) {
    EXPECT_TRUE(responses.contains(status)) << status;
  }
  EXPECT_TRUE(At("/paths/~1v1~1feed/get/responses").as_object().contains("304"));
}

TEST_F(OpenApiTest, IsTheSameEveryTime) { EXPECT_EQ(RenderOpenApi(routes), RenderOpenApi(routes)); }

template <class T>
void ExpectReadable() {
  const std::string example = ExampleJson(kSchema<T>);
  const auto read = ReadJson<T>(example);
  EXPECT_TRUE(read) << example << ": " << read.error().ToString();
}

TEST_F(OpenApiTest, ExamplesAreRequestsThatAreAccepted) {
  ExpectReadable<CreatePost>();
  ExpectReadable<SignIn>();
  ExpectReadable<Comment>();
  ExpectReadable<Everything>();
}

}  // namespace
}  // namespace freshet::net
