#include "services/engagement/service.h"

#include "net/json/json_writer.h"
#include "services/engagement/counter_spaces.h"

namespace freshet::engagement {

EngagementService::EngagementService(social::SocialReads& social, stores::Counters& counters,
                                     stores::EventLog& log, const Clock& clock)
    : social_(social), counters_(counters), log_(log), clock_(clock) {}

Awaitable<Result<social::PostTallies>> EngagementService::React(AccountId account, PostId post,
                                                                Reaction reaction, bool present,
                                                                Deadline deadline) {
  CO_ASSIGN_OR_RETURN(const auto shown, co_await social_.Show(account, {&post.value, 1}, deadline));
  if (!shown.front()) co_return NotFound("There is no such post.");
  social::PostTallies tallies = shown.front()->tallies();
  bool& is_so = reaction == Reaction::kLike ? tallies.viewer.liked : tallies.viewer.saved;
  if (is_so == present) co_return tallies;
  // The fact comes first: a membership that nobody was told of would never reach the author.
  CO_RETURN_IF_ERROR(co_await Publish({.reaction = reaction,
                                       .post_id = post,
                                       .author_id = shown.front()->author(),
                                       .account_id = account,
                                       .present = present,
                                       .at = clock_.Now()},
                                      deadline));
  std::vector<stores::Membership> membership{
      {.set = ReactionsTo(post, reaction), .member = account}};
  CO_ASSIGN_OR_RETURN(const auto changes,
                      present ? co_await counters_.AddMembers(std::move(membership), deadline)
                              : co_await counters_.RemoveMembers(std::move(membership), deadline));
  is_so = present;
  if (reaction == Reaction::kLike) tallies.counts.likes = changes.front().count;
  co_return tallies;
}

Awaitable<Result<>> EngagementService::Publish(const ReactionChanged& event, Deadline deadline) {
  std::vector<stores::Record> records;
  records.push_back(
      {.key = std::to_string(event.post_id.value), .value = net::ToJson(event), .headers = {}});
  CO_RETURN_IF_ERROR(
      co_await log_.Append(std::string(kEngagementTopic), std::move(records), deadline));
  co_return Result<>();
}

}  // namespace freshet::engagement
