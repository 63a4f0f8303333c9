#include "app/demo/residents.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "app/demo/demo_login.h"
#include "services/ops/types.h"

namespace freshet::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostResidents = 12;
constexpr std::size_t kOfEachLanguage = 2;

Result<json::value> Parse(const std::string& body) {
  boost::system::error_code wrong;
  auto value = json::parse(body, wrong);
  if (wrong) return Unavailable("the server's answer is no JSON");
  return value;
}

// The list that a page holds; empty where the answer has another form.
const json::array& ItemsOf(const json::value& page) {
  static const json::array kNone;
  const auto* object = page.if_object();
  const auto* items = object ? object->if_contains("items") : nullptr;
  return items && items->is_array() ? items->get_array() : kNone;
}

std::string TextAt(const json::value& value, std::string_view pointer) {
  boost::system::error_code missing;
  const auto* at = value.find_pointer(pointer, missing);
  return at && at->is_string() ? std::string(at->get_string()) : std::string();
}

bool TrueAt(const json::value& value, std::string_view pointer) {
  boost::system::error_code missing;
  const auto* at = value.find_pointer(pointer, missing);
  return at && at->is_bool() && at->get_bool();
}

std::int64_t NumberAt(const json::value& value, std::string_view pointer) {
  boost::system::error_code missing;
  const auto* at = value.find_pointer(pointer, missing);
  return at && at->is_int64() ? at->get_int64() : 0;
}

AccountId AccountAt(const json::value& value, std::string_view pointer) {
  return AccountId{ParseId(TextAt(value, pointer)).value_or(0)};
}

std::string BodyWith(std::string_view text, std::string_view reply_to = {}) {
  json::object body{{"text", text}};
  if (!reply_to.empty()) body["reply_to"] = reply_to;
  return json::serialize(body);
}

// A person of the demo world has told in their bio, in their language, what they like.
const DemoLanguage* LanguageOfBio(std::string_view bio) {
  for (std::size_t i = 0; i < kDemoLanguages; ++i) {
    const DemoLanguage& language = LanguageAt(i);
    const auto begins = language.bio.substr(0, language.bio.find('{'));
    if (bio.starts_with(begins)) return &language;
  }
  return nullptr;
}

struct Subject {
  const DemoLanguage* language = nullptr;  // null: not of the demo world
  std::size_t topic = 0;
};

Subject SubjectOf(std::string_view post) {
  for (std::size_t i = 0; i < kDemoLanguages; ++i) {
    for (std::size_t topic = 0; topic < kDemoTopics; ++topic) {
      const auto& lines = LanguageAt(i).topics[topic].lines;
      if (std::ranges::any_of(lines, [&](auto line) { return post.starts_with(line); }))
        return {.language = &LanguageAt(i), .topic = topic};
    }
  }
  return {};
}

bool IsCommentIn(const DemoLanguage& language, std::string_view text) {
  return std::ranges::any_of(language.comments, [&](std::string_view comment) {
    const auto beginning = comment.substr(0, comment.find('{'));
    return !beginning.empty() && text.starts_with(beginning);
  });
}

// Whoever has no language in common speaks English.
const DemoLanguage& Common(bool common, const Resident& who) {
  return common ? *who.language : LanguageAt(0);
}

}  // namespace

struct Residents::Seen {
  std::string post;
  bool liked = false;
  Subject subject;
};

Result<std::string_view> Residents::Act() {
  const Resident& who = residents_[Below(residents_.size())];
  const std::size_t mood = Below(20);
  if (mood < 6) return Post(who);
  if (mood < 13) return Like(who);
  if (mood < 17) return Comment(who);
  return AnswerComment(who);
}

Duration Residents::NextPause(Duration pace) {
  const auto bound = static_cast<std::size_t>(pace.count()) + 1;
  return pace / 2 + Duration(static_cast<std::int64_t>(Below(bound)));
}

Result<std::string_view> Residents::Post(const Resident& who) {
  const DemoTopic& topic = who.language->topics[Below(kDemoTopics)];
  std::string text(topic.lines[Below(kDemoLines)]);
  if (Below(3) == 0) {
    text += fmt::format(fmt::runtime(who.language->at), fmt::arg("place", topic.place));
  }
  if (Below(2) == 0) text += fmt::format(" #{}", topic.tag);
  RETURN_IF_ERROR(call_(who.account, net::Method::kPost, "/v1/posts", BodyWith(text)));
  return "posts";
}

Result<std::vector<Residents::Seen>> Residents::ReadHome(const Resident& who) {
  ASSIGN_OR_RETURN(const auto body,
                   call_(who.account, net::Method::kGet, "/v1/feed?order=latest&limit=30", {}));
  ASSIGN_OR_RETURN(const auto page, Parse(body));
  std::vector<Seen> seen;
  for (const auto& item : ItemsOf(page)) {
    if (AccountAt(item, "/post/author/id") == who.account) continue;
    seen.push_back({.post = TextAt(item, "/post/id"),
                    .liked = TrueAt(item, "/post/viewer/liked"),
                    .subject = SubjectOf(TextAt(item, "/post/text"))});
  }
  return seen;
}

Result<std::string_view> Residents::Like(const Resident& who) {
  ASSIGN_OR_RETURN(auto seen, ReadHome(who));
  std::erase_if(seen, [](const Seen& post) { return post.liked; });
  if (seen.empty()) return "reads";
  const Seen& liked = seen[Below(seen.size())];
  RETURN_IF_ERROR(
      call_(who.account, net::Method::kPut, fmt::format("/v1/posts/{}/like", liked.post), {}));
  return "likes";
}

Result<std::string_view> Residents::Comment(const Resident& who) {
  ASSIGN_OR_RETURN(const auto seen, ReadHome(who));
  if (seen.empty()) return "reads";
  const Seen& about = seen[Below(std::min<std::size_t>(seen.size(), 10))];
  const DemoLanguage& language = Common(about.subject.language == who.language, who);
  RETURN_IF_ERROR(call_(who.account, net::Method::kPost,
                        fmt::format("/v1/posts/{}/comments", about.post),
                        BodyWith(CommentIn(language, about.subject.topic, random_()))));
  return "comments";
}

Result<std::string_view> Residents::AnswerComment(const Resident& who) {
  ASSIGN_OR_RETURN(const auto own,
                   call_(who.account, net::Method::kGet,
                         fmt::format("/v1/accounts/{}/posts?limit=10", who.account.value), {}));
  ASSIGN_OR_RETURN(const auto posts, Parse(own));
  for (const auto& post : ItemsOf(posts)) {
    if (NumberAt(post, "/counts/comments") == 0) continue;
    const std::string path = fmt::format("/v1/posts/{}/comments", TextAt(post, "/id"));
    ASSIGN_OR_RETURN(const auto body, call_(who.account, net::Method::kGet, path, {}));
    ASSIGN_OR_RETURN(const auto comments, Parse(body));
    for (const auto& comment : ItemsOf(comments)) {
      const bool own_comment = AccountAt(comment, "/author/id") == who.account;
      if (own_comment || NumberAt(comment, "/counts/replies") > 0) continue;
      const auto& language = Common(IsCommentIn(*who.language, TextAt(comment, "/text")), who);
      RETURN_IF_ERROR(call_(who.account, net::Method::kPost, path,
                            BodyWith(ReplyIn(language, random_()), TextAt(comment, "/id"))));
      return "answers";
    }
  }
  return "reads";
}

Result<std::vector<Resident>> ChooseResidents(const CallAs& call) {
  ASSIGN_OR_RETURN(const auto visitor_body,
                   call(ops::kOperator, net::Method::kGet,
                        fmt::format("/v1/accounts/lookup?username={}", kDemoUsername), {}));
  ASSIGN_OR_RETURN(const auto visitor, Parse(visitor_body));
  const auto visitor_id = AccountAt(visitor, "/id");
  ASSIGN_OR_RETURN(const auto body,
                   call(ops::kOperator, net::Method::kGet,
                        fmt::format("/v1/accounts/{}/following?limit=100", visitor_id.value), {}));
  ASSIGN_OR_RETURN(const auto page, Parse(body));
  std::vector<Resident> residents;
  for (const auto& account : ItemsOf(page)) {
    const DemoLanguage* language = LanguageOfBio(TextAt(account, "/bio"));
    if (!language || residents.size() == kMostResidents) continue;
    const auto same = std::ranges::count(residents, language, &Resident::language);
    if (static_cast<std::size_t>(same) == kOfEachLanguage) continue;
    residents.push_back({.account = AccountAt(account, "/id"),
                         .username = TextAt(account, "/username"),
                         .language = language});
  }
  if (residents.empty()) return NotFound("nobody of the demo world lives here");
  return residents;
}

}  // namespace freshet::app
