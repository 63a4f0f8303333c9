#include "services/social/graph_routes.h"

namespace freshet::social {
namespace {

using accounts::Account;
using net::Body;
using net::Caller;
using net::Page;
using net::PageQuery;
using net::Query;
using net::RateClass;
using net::Scope;
using Answer = Awaitable<Result<RelationshipAnswer>>;

struct MutedWordQuery {
  std::optional<std::string> word;

  static constexpr auto Describe() {
    return Description(
        "MutedWordQuery", "Which muted word.",
        Field("word", &MutedWordQuery::word).Length(1, 100).Doc("Left out: all of them."));
  }
};

void AddBlockRoutes(net::Routes& routes, Relationships& relationships, PeopleLists& people) {
  routes.Put("/v1/accounts/{id}/block", Scope::kWrite, RateClass::kWrite)
      .Summary("Block an account")
      .Tag("Graph")
      .Doc("Ends follows and requests both ways; neither sees the other any more.")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kNotFound)
      .Fails(ErrorKind::kInvalid, "own_account", "Nobody can block themselves.")
      .Fails(ErrorKind::kInvalid, "blocks_limit", "The reader blocks as many as one may.")
      .Handle(Changing(relationships, &Relationships::Block));
  routes.Delete("/v1/accounts/{id}/block", Scope::kWrite, RateClass::kWrite)
      .Summary("Unblock an account")
      .Tag("Graph")
      .Doc("What the block ended stays ended.")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle(Changing(relationships, &Relationships::Unblock));
  routes.Get("/v1/me/blocks", Scope::kRead, RateClass::kRead)
      .Summary("Whom the reader blocks")
      .Tag("Graph")
      .Answers<200, Page<Account>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&people](const Caller& caller,
                        Query<PageQuery> query) -> Awaitable<Result<Page<Account>>> {
        return people.Blocked(caller.account, std::move(query.value), caller.deadline);
      });
}

void AddMuteRoutes(net::Routes& routes, Relationships& relationships, PeopleLists& people) {
  routes.Put("/v1/accounts/{id}/mute", Scope::kWrite, RateClass::kWrite)
      .Summary("Mute an account")
      .Tag("Graph")
      .Doc(
          "Keeps it out of home, notifications and live streams, and nobody is told. Its page and "
          "its posts are there for who looks for them. Muting again sets the end anew.")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kNotFound)
      .Fails(ErrorKind::kInvalid, "own_account", "Nobody can mute themselves.")
      .Fails(ErrorKind::kInvalid, "mutes_limit", "The reader mutes as many as one may.")
      .Handle([&relationships](const Caller& caller, AccountId id,
                               Body<MuteAccount> request) -> Answer {
        CO_ASSIGN_OR_RETURN(const auto now,
                            co_await relationships.Mute(caller.account, id,
                                                        request.value.expires_at, caller.deadline));
        co_return RelationshipAnswer{now};
      });
  routes.Delete("/v1/accounts/{id}/mute", Scope::kWrite, RateClass::kWrite)
      .Summary("Unmute an account")
      .Tag("Graph")
      .Answers<200, RelationshipAnswer>()
      .Fails(ErrorKind::kInvalid, ErrorKind::kNotFound)
      .Handle(Changing(relationships, &Relationships::Unmute));
  routes.Get("/v1/me/mutes", Scope::kRead, RateClass::kRead)
      .Summary("Whom the reader mutes")
      .Tag("Graph")
      .Answers<200, Page<MutedAccount>>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&people](const Caller& caller,
                        Query<PageQuery> query) -> Awaitable<Result<Page<MutedAccount>>> {
        return people.Muted(caller.account, std::move(query.value), caller.deadline);
      });
}

}  // namespace

void AddRestrictionRoutes(net::Routes& routes, Relationships& relationships,
                          Restrictions& restrictions, PeopleLists& people) {
  AddBlockRoutes(routes, relationships, people);
  AddMuteRoutes(routes, relationships, people);
  routes.Get("/v1/me/muted-words", Scope::kRead, RateClass::kRead)
      .Summary("What the reader does not want to read")
      .Tag("Graph")
      .Answers<200, MutedWords>()
      .Handle([&restrictions](const Caller& caller) -> Awaitable<Result<MutedWords>> {
        return restrictions.Words(caller.account, caller.deadline);
      });
  routes.Put("/v1/me/muted-words", Scope::kWrite, RateClass::kWrite)
      .Summary("Mute words and phrases")
      .Tag("Graph")
      .Doc(
          "Adds them to those that are muted; one that is muted already gets the new end. Posts of "
          "others in which one stands are kept out of home.")
      .Answers<200, MutedWords>()
      .Fails(ErrorKind::kInvalid, "muted_words_limit", "The reader mutes as many as one may.")
      .Handle([&restrictions](const Caller& caller,
                              Body<MutedWords> request) -> Awaitable<Result<MutedWords>> {
        return restrictions.AddWords(caller.account, std::move(request.value), caller.deadline);
      });
  routes.Delete("/v1/me/muted-words", Scope::kWrite, RateClass::kWrite)
      .Summary("Unmute a word, or all of them")
      .Tag("Graph")
      .Answers<200, MutedWords>()
      .Fails(ErrorKind::kInvalid)
      .Handle([&restrictions](const Caller& caller,
                              Query<MutedWordQuery> query) -> Awaitable<Result<MutedWords>> {
        return restrictions.RemoveWords(caller.account, std::move(query.value.word),
                                        caller.deadline);
      });
}

}  // namespace freshet::social
