#include "net/api/docs_page.h"

#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "net/api/testing/api_fixture.h"

namespace freshet::net {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

class DocsPageTest : public ApiFixture {
 protected:
  DocsPageTest() {
    routes.Post("/v1/posts/{id}/comments", Scope::kWrite, RateClass::kPublish)
        .Summary("Comment on a post")
        .Doc("Use <b> & `code`.\n\nSecond.")
        .Answers<201, Comment>()
        .Fails(ErrorKind::kConflict, "post_deleted", "It is gone.")
        .Handle([](const Caller&, PostId, Body<CreatePost>) -> Awaitable<Result<Comment>> {
          co_return Comment();
        });
    routes.Get("/v1/feed", Scope::kPublic, RateClass::kNone)
        .Handle([](const Caller&, Query<FeedQuery>) -> Awaitable<Result<Page<StoredPost>>> {
          co_return Page<StoredPost>();
        });
  }
  std::string Html() { return RenderDocsPage(routes).html; }
};

std::set<std::string> Matches(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::set<std::string> matches;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    matches.insert((*at)[1]);
  }
  return matches;
}

TEST_F(DocsPageTest, EveryLinkIntoThePageLeadsSomewhere) {
  const std::string html = Html();
  const auto ids = Matches(html, " id=\"([^\"]+)\"");
  for (const auto& link : Matches(html, "href=\"#([^\"]+)\"")) {
    EXPECT_TRUE(ids.contains(link)) << link;
  }
  EXPECT_TRUE(ids.contains("post-v1-posts-id-comments"));
  EXPECT_TRUE(ids.contains("type-CreatePost"));
  EXPECT_TRUE(ids.contains("problem-post_deleted"));
}

TEST_F(DocsPageTest, EscapesWhatItShows) {
  EXPECT_THAT(Html(), HasSubstr("<p>Use &lt;b&gt; &amp; <code>code</code>.</p>\n<p>Second.</p>"));
}

TEST_F(DocsPageTest, HasAnExampleForEachRoute) {
  EXPECT_THAT(
      Html(),
      HasSubstr("<pre><code>curl -X POST 'https://feed.example/v1/posts/7214501938012160/comments' "
                "\\\n  -H &quot;Authorization: Bearer $TOKEN&quot; \\\n"
                "  -H &quot;Idempotency-Key: $(uuidgen)&quot; \\\n"
                "  -H 'Content-Type: application/json' \\\n  -d '{"));
  EXPECT_THAT(Html(), HasSubstr("<pre><code>curl 'https://feed.example/v1/feed'</code></pre>"));
}

TEST_F(DocsPageTest, NeedsNothingFromElsewhere) {
  EXPECT_THAT(Html(), Not(HasSubstr("<script")));
  EXPECT_THAT(Html(), Not(HasSubstr("<link")));
  EXPECT_THAT(Html(), Not(HasSubstr("style=\"")));
  EXPECT_THAT(RenderDocsPage(routes).content_security_policy, HasSubstr("style-src 'sha256-"));
}

}  // namespace
}  // namespace freshet::net
